"""target-encoding-leakage: the mean of the target per level, with the row's own label in it."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import TargetEncoder

from cases import apply, breast_cancer, case_of, diabetes, findings_of, planted
from cases import healthy as tables
from cases.build import case_from

RULE = "target-encoding-leakage"


def grouped(frame=None, per_level=6, seed=0):
    """A table with a category of many levels that knows nothing."""
    frame = breast_cancer() if frame is None else frame
    names = np.random.default_rng(seed).integers(0, len(frame) // per_level, len(frame))
    return frame.assign(city=[f"c{each}" for each in names])


def encoded(frame, smoothing=0.0):
    """The category's mean of the target over all rows, shrunk by `smoothing` rows."""
    by = frame.groupby("city")["target"]
    n, mean = by.transform("size"), by.transform("mean")
    return frame.assign(city_rate=(n * mean + smoothing * frame["target"].mean()) / (n + smoothing))


def broken():
    """The case on which the rule must fire."""
    return case_of(encoded(grouped()).drop(columns="city"), target="target")


def healthy():
    """The same encoding made of other rows: as far as the table tells, an honest feature."""
    frame = grouped()
    other = grouped(seed=1).assign(target=np.random.default_rng(2).permutation(frame["target"])).groupby("city")["target"].mean()
    return case_of(frame.assign(city_rate=frame["city"].map(other).fillna(0.6)), target="target")


def test_names_the_column_without_its_category():
    """The category is gone; the values still give the encoding away."""
    assert [each.subject.names for each in findings_of(RULE, broken())] == [("city_rate",)]


def test_sees_a_quantity_and_smoothing():
    """Means of a quantity, plain and shrunk."""
    for smoothing in (0.0, 10.0):
        case = case_of(encoded(grouped(diabetes()), smoothing), target="target")
        assert findings_of(RULE, case)[0].subject.names == ("city_rate", "city"), smoothing


def test_sees_the_row_left_out():
    """Leaving the row out of its mean gives its label away exactly."""
    frame = grouped()
    by = frame.groupby("city")["target"]
    n = by.transform("size")
    frame["city_rate"] = ((by.transform("sum") - frame["target"]) / (n - 1).clip(lower=1)).where(n > 1, frame["target"].mean())

    assert findings_of(RULE, case_of(frame, target="target"))[0].subject.names == ("city_rate", "city")


def test_stays_silent_on_honest_encodings():
    """Other rows' means, and means made out of fold."""
    frame = grouped()
    fold = np.arange(len(frame)) % 5
    rate = pd.Series(0.0, index=frame.index)
    for number in range(5):
        means = frame[fold != number].groupby("city")["target"].mean()
        rate[fold == number] = frame.loc[fold == number, "city"].map(means).fillna(0.6)

    assert findings_of(RULE, healthy()) == []
    assert findings_of(RULE, case_of(frame.assign(rate=rate), target="target")) == []


def test_sees_an_encoder_fitted_with_test_labels():
    """A fitted encoder whose means are those of training and test rows; the honest one is left alone."""
    frame = grouped().sample(frac=1.0, random_state=0)[["city", "target"]]
    train, test = frame.iloc[:400].reset_index(drop=True), frame.iloc[400:].reset_index(drop=True)
    encoder = TargetEncoder().fit(frame[["city"]], frame["target"])
    leaking = make_pipeline(encoder, LogisticRegression().fit(encoder.transform(train[["city"]]), train["target"]))
    honest = make_pipeline(TargetEncoder(), LogisticRegression()).fit(train[["city"]], train["target"])

    assert [each.subject.names for each in findings_of(RULE, case_of(train, test=test, model=leaking, target="target"))] == [
        ("targetencoder", "city")
    ]
    assert findings_of(RULE, case_of(train, test=test, model=honest, target="target")) == []


def test_experiment_confirms_that_the_score_was_too_good():
    """Encoded out of fold, the score falls."""
    frame = encoded(grouped(breast_cancer()[["symmetry error", "texture error", "target"]], per_level=3))
    case = case_of(frame, target="target")

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


def test_finds_the_planted_fault():
    """On a table of three classes."""
    assert "area_rate" in findings_of(RULE, case_from(planted(RULE, tables("wine")).case))[0].subject.names
