"""group-leakage without a column that names the entity: near copies on both sides of the split."""

import numpy as np
import pandas as pd
import pytest

from cases import apply, case_of, diabetes, findings_of

RULE = "group-leakage"


def measured(copies=3, noise=0.01, seed=0):
    """A table of real measurements, each row `copies` times with a little noise, in any order."""
    rng = np.random.default_rng(seed)
    frame = diabetes()
    frame = frame.loc[np.repeat(frame.index, copies)].reset_index(drop=True)
    numbers = [name for name in frame.columns if name != "target"]
    frame[numbers] = frame[numbers] * (1 + rng.normal(0, noise, (len(frame), len(numbers))))
    return frame.sample(frac=1.0, random_state=seed).reset_index(drop=True)


def halves(frame):
    """Training and test by row."""
    cut = int(0.75 * len(frame))
    return frame[:cut].reset_index(drop=True), frame[cut:].reset_index(drop=True)


def test_finds_noisy_copies_and_confirms_by_keeping_them_together():
    """No column names the person; the forest knows them all the same."""
    train, test = halves(measured())
    case = case_of(train, test=test, target="target")
    found = findings_of(RULE, case)

    assert [each.severity for each in found] == ["critical"]
    assert apply(found[0], case).verdict == "confirmed"


def test_a_split_to_come_is_a_warning():
    """Without a test set."""
    assert [each.severity for each in findings_of(RULE, case_of(measured(), target="target"))] == ["warning"]


def test_copies_on_one_side_only_are_right():
    """Made of training rows after the split."""
    frame = diabetes()
    test = frame[300:].reset_index(drop=True)
    train = pd.concat([frame[:300]] * 3, ignore_index=True)
    numbers = [name for name in frame.columns if name != "target"]
    train[numbers] = train[numbers] * (1 + np.random.default_rng(1).normal(0, 0.01, (len(train), len(numbers))))

    assert findings_of(RULE, case_of(train, test=test, target="target")) == []


@pytest.mark.parametrize("shape", ["even", "clumps", "a line", "zeros"])
def test_stays_silent_on_rows_that_are_near_by_nature(shape):
    """Evenly spread, in tight clumps, along a curve, and with most values at zero."""
    rng = np.random.default_rng(2)
    spread = {
        "even": lambda: rng.uniform(size=(900, 4)),
        "clumps": lambda: rng.normal(size=(12, 4))[rng.integers(0, 12, 900)] + 0.02 * rng.normal(size=(900, 4)),
        "a line": lambda: np.outer(rng.uniform(size=900), [1, 2, 3, 4]) + 0.01 * rng.normal(size=(900, 4)),
        "zeros": lambda: np.where(rng.random((900, 4)) < 0.7, 0.0, rng.exponential(size=(900, 4))),
    }[shape]()
    frame = pd.DataFrame(spread, columns=list("abcd")).assign(
        target=(spread[:, 0] + rng.normal(0, 0.3, 900) > np.median(spread[:, 0])).astype(int)
    )
    train, test = halves(frame)

    assert findings_of(RULE, case_of(train, test=test, target="target")) == []
