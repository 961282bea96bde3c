"""mixed-types: numbers and texts in one column."""

import numpy as np
import pandas as pd
import pytest

from cases import case_of, diabetes, findings_of

RULE = "mixed-types"


def typed(cells):
    """A real table whose bmi is text, with these cells in some rows."""
    frame = diabetes()
    texts = (100 * frame["bmi"]).round(3).astype(str)
    for place, cell in enumerate(cells):
        texts.iloc[7 * place + 3] = cell
    return frame.assign(bmi=texts)


def broken():
    """Units, separators and words among numbers."""
    return case_of(typed(["12 kg", "1,200", "n/a", "<5", "unknown"]), target="target")


def healthy():
    """Numbers."""
    return case_of(diabetes(), target="target")


def test_names_column_and_cells():
    """The finding shows what cannot be read."""
    found = findings_of(RULE, broken())

    assert [(each.subject.names, each.severity, each.subject.rows) for each in found] == [(("bmi",), "warning", (3, 10, 17, 24, 31))]


def test_object_columns_of_mixed_python_types_are_seen():
    """Strings among floats in a pandas object column."""
    values = diabetes()["bmi"].astype(object)
    values.iloc[[4, 90]] = ["not available", "12 kg"]

    assert [each.subject.names for each in findings_of(RULE, case_of(diabetes().assign(bmi=values), target="target"))] == [("bmi",)]


@pytest.mark.parametrize(
    "make",
    [
        lambda rng, n: [f"{each:05d}" for each in rng.integers(0, 99_999, n)],  # zip codes
        lambda rng, n: [
            f"{each}{letter}" for each, letter in zip(rng.integers(1, 90, n), rng.choice(list("ABCDE"), n), strict=True)
        ],  # house numbers
        lambda rng, n: rng.choice(["1", "2", "3+"], n).tolist(),  # classes
        lambda rng, n: [f"A{each}" for each in rng.integers(1, 500, n)],  # codes
        lambda rng, n: [f"07{each}" for each in rng.integers(10**7, 10**8, n)],  # telephone numbers
    ],
)
def test_stays_silent_on_codes(make):
    """Codes look like numbers and are none."""
    frame = pd.DataFrame({"code": make(np.random.default_rng(0), 442), **diabetes()})

    assert [each for each in findings_of(RULE, case_of(frame, target="target")) if each.severity != "note"] == []
