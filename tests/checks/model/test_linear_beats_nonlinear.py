"""linear-beats-nonlinear: why a straight line is ahead, and never the scale."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.tree import DecisionTreeClassifier

from cases import apply, breast_cancer, case_of, findings_of
from cases.models import with_estimator

RULE = "linear-beats-nonlinear"


def additive(scale: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 8))
    frame = pd.DataFrame(x * scale, columns=[f"x{place}" for place in range(8)])
    return frame.assign(target=x.sum(axis=1) + rng.normal(size=400))


def broken():
    """The case on which the rule must fire."""
    return with_estimator(additive(), RandomForestRegressor(20, max_depth=4, random_state=0))


def healthy():
    """The case on which it must stay silent."""
    return with_estimator(breast_cancer(), HistGradientBoostingClassifier(max_iter=50))


def test_names_the_additive_signal():
    """Plain boosted trees lose too: the signal is a sum."""
    case = broken()
    found = findings_of(RULE, case)

    assert "additive" in found[0].message
    assert "scale" not in found[0].message + found[0].remedy.cause
    assert apply(found[0], case).verdict == "confirmed"


def test_stays_silent_on_good_trees_and_on_lines():
    """Trees that keep up, and a linear model itself."""
    assert findings_of(RULE, healthy()) == []
    assert findings_of(RULE, with_estimator(additive(), Ridge())) == []


def test_does_not_depend_on_the_scale():
    """Columns a million times larger give the same finding: seed fault A8."""
    large = findings_of(RULE, with_estimator(additive(1e6), RandomForestRegressor(20, max_depth=4, random_state=0)))

    assert large[0].message.split(":")[0] == findings_of(RULE, broken())[0].message.split(":")[0]


def test_a_stump_is_a_setting_and_no_kind():
    """Trees with plain settings close the gap as well: depth is at fault."""
    found = findings_of(RULE, with_estimator(breast_cancer(), DecisionTreeClassifier(max_depth=1)))

    assert [each for each in found if each.weight] == []


def test_test_rows_that_deny_it_leave_a_note():
    """The line is ahead on the folds, and on test rows where the truth bends as the trees do it is behind: no warning."""
    frame = additive()
    model = RandomForestRegressor(20, max_depth=4, random_state=0).fit(frame.drop(columns="target"), frame["target"])
    test = pd.DataFrame(np.random.default_rng(1).normal(size=(600, 8)), columns=frame.columns[:8])
    test = test.assign(target=model.predict(test))

    found = findings_of(RULE, case_of(frame, test=test, model=model, target="target"))

    assert [str(each.severity) for each in found] == ["note"]
