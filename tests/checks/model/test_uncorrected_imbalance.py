"""uncorrected-imbalance: ranked well, never called."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from cases import apply, findings_of
from cases.models import with_estimator

RULE = "uncorrected-imbalance"


def rare(shift: float = 1.2, share: float = 0.05) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    y = (rng.random(2000) < share).astype(int)
    return pd.DataFrame({f"x{place}": rng.normal(size=2000) + shift * y * (place < 2) for place in range(5)}).assign(target=y)


def broken():
    """The case on which the rule must fire."""
    return with_estimator(rare(), LogisticRegression())


def healthy():
    """The case on which it must stay silent."""
    return with_estimator(rare(), LogisticRegression(class_weight="balanced"))


def test_names_the_missed_class_and_moves_the_threshold():
    """The experiment finds the rare rows without touching the model."""
    case = broken()
    found = findings_of(RULE, case)

    assert "rare class '1'" in found[0].message
    assert apply(found[0], case).verdict == "confirmed"


def test_stays_silent_where_it_is_handled():
    """Class weights, or a signal so strong that one half is enough."""
    assert findings_of(RULE, healthy()) == []
    assert findings_of(RULE, with_estimator(rare(shift=5.0), LogisticRegression())) == []


def test_stays_silent_without_a_ranking():
    """Noise cannot be called by any threshold."""
    assert findings_of(RULE, with_estimator(rare(shift=0.0), LogisticRegression())) == []


def test_few_calls_of_a_class_that_is_not_rare_are_honest():
    """At 17 % and an AUC of 0.7 few probabilities reach one half: the nature of the task, not of the threshold."""
    assert findings_of(RULE, with_estimator(rare(shift=0.5, share=0.17), LogisticRegression())) == []


def test_declared_costs_decide_and_not_balanced_accuracy():
    """A miss that costs no more than a false alarm makes one half right; one that costs thirty times as much is a matter of the declared costs."""
    for cost_fn in (1.0, 30.0):
        assert findings_of(RULE, with_estimator(rare(), LogisticRegression(), cost_fp=1.0, cost_fn=cost_fn)) == []

    assert findings_of("default-threshold", with_estimator(rare(), LogisticRegression(), cost_fp=1.0, cost_fn=30.0))
