"""sentinel-values: codes that stand for 'missing'."""

import numpy as np
import pandas as pd
import pytest

from cases import apply, breast_cancer, case_of, diabetes, findings_of

RULE = "sentinel-values"


def coded(code, column="bmi", share=0.08, frame=None):
    """A real table with a code in some rows of one column."""
    frame = diabetes() if frame is None else frame
    rows = np.random.default_rng(0).random(len(frame)) < share
    return frame.assign(**{column: frame[column].where(~rows, code)})


def broken():
    """-999 in the column that matters most."""
    return case_of(coded(-999.0), target="target")


def healthy():
    """The same table as it was."""
    return case_of(diabetes(), target="target")


def test_names_column_and_code():
    """The finding names both and counts the rows."""
    found = findings_of(RULE, broken())

    assert [(each.subject.names, each.severity, each.subject.detail) for each in found] == [(("bmi",), "warning", "bmi = -999")]


def test_experiment_confirms_that_the_code_means_missing():
    """With the code read as missing the linear model gains."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


@pytest.mark.parametrize("code", [0.0, 9999.0, -1.0])
def test_finds_other_codes(code):
    """Zero, nines and minus one in columns where they cannot occur."""
    frame = coded(code, "mean radius", frame=breast_cancer())

    assert ("mean radius",) in [each.subject.names for each in findings_of(RULE, case_of(frame, target="target"))]


def test_stays_silent_on_true_zeros_and_caps():
    """A shop without sales sells 0, a scale that ends at 100 shows 100: the other columns say so."""
    rng = np.random.default_rng(1)
    size = rng.normal(size=800)
    noisy = size + rng.normal(size=800) / 2
    frame = pd.DataFrame(
        {"size": size, "sales": np.maximum(0, 50 + 40 * noisy), "score": np.minimum(99, 80 + 20 * noisy), "y": (noisy > 0.2) * 1}
    )

    assert findings_of(RULE, case_of(frame, target="y")) == []


def test_finds_texts_and_days():
    """'?' among levels and 1900-01-01 among recent days are looked up."""
    rng = np.random.default_rng(2)
    day = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, 400), unit="D")
    day = day.where(rng.random(400) > 0.1, pd.Timestamp("1900-01-01"))
    frame = pd.DataFrame({"day": day, "job": rng.choice(["clerk", "cook", "?"], 400, p=[0.5, 0.4, 0.1]), "y": rng.integers(0, 2, 400)})

    assert {each.subject.names[0] for each in findings_of(RULE, case_of(frame, target="y"))} == {"day", "job"}


def test_a_plain_word_is_only_noted():
    """'unknown' may be an honest level."""
    frame = breast_cancer().assign(smoker=np.random.default_rng(3).choice(["yes", "no", "unknown"], 569))

    assert [each.severity for each in findings_of(RULE, case_of(frame, target="target"))] == ["note"]


def test_a_tail_that_goes_a_little_below_zero_is_true():
    """Years of experience worked out from age and schooling: -1 and -2 are fewer than 0, 1 and 2."""
    rng = np.random.default_rng(7)
    years = np.floor(rng.gamma(2.5, 6.0, 2000) - 2).clip(-2)
    frame = pd.DataFrame({"years": years, "x": rng.normal(size=2000), "target": rng.integers(0, 2, 2000)})

    assert 2 <= (years == -1).sum() <= (years == 0).sum() + 60
    assert findings_of(RULE, case_of(frame, target="target")) == []


def test_a_step_of_a_scale_is_no_code():
    """-1 on a scale from -1 to 4, as frequent as the other steps."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"scale": rng.integers(-1, 5, 900), "x": rng.normal(size=900), "target": rng.integers(0, 2, 900)})

    assert findings_of(RULE, case_of(frame, target="target")) == []
