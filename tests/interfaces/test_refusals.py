"""Cases that cannot work are refused before any check runs."""

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier

from cases import breast_cancer
from rung.core.errors import BadInput, BadSetting
from rung.interfaces.api import diagnose


def table(**columns) -> pd.DataFrame:
    """Forty rows, two classes."""
    return pd.DataFrame({"a": range(40), "y": [0, 1] * 20, **columns})


class Says:
    """A model that answers with whatever this function makes of the rows."""

    def __init__(self, answer):
        self.predict = answer


def broken(_rows):
    """Raises."""
    raise RuntimeError("no such layer")


IMPOSSIBLE = {
    "no rows": (BadInput, table().head(0), {}),
    "target without values": (BadInput, table(y=None), {}),
    "two classes asked of many": (BadInput, table(y=range(40)), {"task": "binary"}),
    "numbers asked of texts": (BadInput, table(y=["n", "s"] * 20), {"task": "regression"}),
    "time that reads as no date": (BadInput, table(when=["soon", "later"] * 20), {"time": "when"}),
    "prediction column that is not there": (BadInput, table(), {"prediction": "score"}),
    "unknown task": (BadSetting, table(), {"task": "ranking"}),
    "unknown metric": (BadSetting, table(), {"metric": "acuracy"}),
    "negative cost": (BadSetting, table(), {"cost_fn": -1.0}),
    "a percentage for a share": (BadSetting, table(), {"min_recall": 90.0}),
    "nothing is ever positive": (BadSetting, table(), {"prevalence": 0.0}),
    "model that raises": (BadInput, table(), {"model": Says(broken)}),
    "model that answers for too few rows": (BadInput, table(), {"model": Says(lambda rows: [0] * (len(rows) - 1))}),
    "model that answers nothing": (BadInput, table(), {"model": Says(lambda rows: None)}),
    "model that answers NaN": (BadInput, table(), {"model": Says(lambda rows: [float("nan")] * len(rows))}),
    "model of two targets": (
        BadInput,
        table(),
        {"model": MultiOutputClassifier(LogisticRegression()).fit(table()[["a"]], [[0, 1], [1, 0]] * 20)},
    ),
    "protected column that is not there": (BadInput, table(), {"protected": ["sex"]}),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_work_is_refused_with_a_hint(name):
    """The error says what is wrong, the hint what to do."""
    error, frame, options = IMPOSSIBLE[name]

    with pytest.raises(error) as caught:
        diagnose(frame, target="y", **options)
    assert caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("metric", ["roc_auc", "ROC AUC", "neg_log_loss", "f1_score", "RMSE", "normalised_gini"])
def test_spellings_of_metrics_are_known(metric):
    """scikit-learn's names, rung's own and people's."""
    diagnose(table(), target="y", metric=metric, select="constant-feature", experiments=False)


def test_a_model_that_wants_other_columns_is_refused():
    """The missing columns are named."""
    frame = breast_cancer()
    model = LogisticRegression(max_iter=5_000).fit(frame[["mean area", "mean radius"]], frame["target"])

    with pytest.raises(BadInput, match="'mean area'"):
        diagnose(frame.drop(columns="mean area"), target="target", model=model)
