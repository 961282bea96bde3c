"""no-baseline: a number beside what a constant gets."""

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

from cases import case_of, findings_of
from cases.evaluation import broken_by, judged, real_case, sound_case, table

RULE = "no-baseline"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE, severity="severe")


def healthy():
    """The case on which it must stay silent."""
    return sound_case(metric="accuracy")


def rare() -> pd.DataFrame:
    """One positive in twelve; the ranking is fine."""
    frame = table(6000)[["x2", "x3", "x1", "kind", "site", "target"]]
    return frame[(frame.target == 0) | (np.arange(len(frame)) % 12 == 0)].reset_index(drop=True)


def test_declared_accuracy_that_the_frequent_class_gets_too():
    """A warning with both numbers where accuracy is what is reported; a note where nothing is declared."""
    assert findings_of(RULE, judged(rare(), metric="accuracy"))[0].severity == "warning"
    assert all(each.severity == "note" for each in findings_of(RULE, judged(rare())))


def test_the_same_predictions_under_a_ranking_metric():
    """AUC is far from one half: nothing to say."""
    assert findings_of(RULE, judged(rare(), metric="roc_auc")) == []


def test_stays_silent_on_a_weak_but_real_regression():
    """R2 of 0.45 is clearly above zero, MAE below the median's."""
    for metric in ("r2", "mae", "rmse"):
        assert findings_of(RULE, real_case("diabetes", Ridge(), metric=metric)) == []


def test_a_weak_but_sure_r2_of_a_heavy_tailed_target_is_skill():
    """Few visits and some with very many: error and variance swell together, and the small R2 is known well."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=3000)
    frame = pd.DataFrame({"x": x, "target": rng.negative_binomial(0.4, 0.4 / (0.4 + np.exp(0.5 + 0.6 * x)))})
    frame["score"] = np.exp(0.5 + 0.6 * x)

    assert findings_of(RULE, case_of(frame, target="target", prediction="score", task="regression")) == []
