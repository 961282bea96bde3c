"""A snapshot: small, without rows, and the same after a round through its file."""

import json

import numpy as np
import pandas as pd
import pytest

import rung
from cases.production import model_of, population
from rung.adapters.snapshots import read_snapshot, write_snapshot
from rung.core.errors import BadInput


def test_reads_back_what_was_written(tmp_path):
    """Equal to the last digit."""
    train = population(1500, 1)
    kept = rung.snapshot(train, model=model_of(train), target="late", time="day")
    place = tmp_path / "reference.json"
    place.write_text(write_snapshot(kept))

    assert read_snapshot(place).snapshot == kept


def test_a_hundred_columns_fit_into_200_kb():
    """Numbers, times and categories of many levels, with windows in time."""
    rng = np.random.default_rng(0)
    n = 6_000
    frame = pd.DataFrame({f"number {place}": rng.normal(size=n) * 10.0 ** (place % 7) for place in range(80)})
    levels = {f"level {place}": pd.Series(rng.integers(0, 10 * 2**place, n)).map("kind {}".format) for place in range(8)}
    counts = {f"count {place}": rng.poisson(place + 1, n) for place in range(10)}
    frame = frame.assign(**levels, **counts, when=pd.date_range("2024-01-01", periods=n, freq="min"), y=rng.integers(0, 2, n))

    assert len(write_snapshot(rung.snapshot(frame, target="y", time="when"))) <= 200_000


def test_holds_no_row():
    """Rare texts appear as hashes only, and no value of a number but the cut points."""
    rng = np.random.default_rng(0)
    names = [f"person {place} of some street" for place in range(300)]
    frame = pd.DataFrame({"who": rng.choice(names, 900), "x": rng.normal(size=900), "y": rng.integers(0, 2, 900)})
    text = write_snapshot(rung.snapshot(frame, target="y"))
    shown = sum(name in text for name in names)

    assert shown <= 40
    assert sum(repr(value) in text for value in frame.x) <= 45


@pytest.mark.parametrize(
    ("text", "said"), [("", "cannot be read"), ("[1]", "no snapshot"), ('{"snapshot": 99}', "expected 1"), ('{"snapshot": 1}', "broken")]
)
def test_says_what_is_wrong_with_a_file(tmp_path, text, said):
    """One clear error and what to do."""
    place = tmp_path / "reference.json"
    place.write_text(text)

    with pytest.raises(BadInput, match=said) as error:
        read_snapshot(place)
    assert "rung snapshot" in str(error.value) or "Update rung" in str(error.value)


def test_columns_that_json_finds_hard():
    """Infinities, huge numbers, all missing, other names."""
    frame = pd.DataFrame({7: [np.inf, 1.0] * 30, "a b": [1e300, -1e300] * 30, "none": [None] * 60, "y": [0, 1] * 30})
    kept = rung.snapshot(frame, target="y")

    assert json.loads(write_snapshot(kept))["rows"] == 60
