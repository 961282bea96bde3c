"""The catalogue of real tables keeps its promises; nothing is downloaded here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from benchmarks import realtable
from benchmarks.realtable import RealTable, table
from benchmarks.tables import BASE, CLEAN, EXCLUDED, by_name


def _entry(**changes: object) -> RealTable:
    made = table("made", "sklearn:iris", "y", "binary", rows=400, half="dev", traits="small")
    return replace(made, **changes)


def _frame(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    days = rng.integers(0, 40, n)
    return pd.DataFrame({"y": rng.random(n) < 0.2, "day": days, "who": rng.integers(0, 30, n), "row": np.arange(n)})


def test_offers_enough_tables() -> None:
    """At least 55 clean tables, 14 to plant faults into, and named examples of real faults."""
    assert len(CLEAN) >= 55
    assert len(BASE) >= 14
    assert len(EXCLUDED) >= 30


def test_names_are_unique() -> None:
    """One name, one table, in both lists."""
    names = [t.name for t in CLEAN] + [e.name for e in EXCLUDED]

    assert len(set(names)) == len(names)


def test_base_tables_are_large_enough_and_of_all_kinds() -> None:
    """Faults are planted into tables of at least 500 rows, of every task."""
    assert min(t.rows for t in BASE) >= 500
    assert {t.task for t in BASE} == {"binary", "multiclass", "regression"}


@pytest.mark.parametrize("trait", sorted(realtable.TRAITS))
def test_both_halves_have_every_trait(trait: str) -> None:
    """What is measured on the held-out half could be learnt on the dev half."""
    halves = {t.half for t in CLEAN if trait in t.traits}

    assert halves == {"dev", "held-out"}


def test_size_traits_say_the_size() -> None:
    """Tiny, small, medium and large follow from the number of rows."""
    for entry in CLEAN:
        sizes = {"tiny": (0, 170), "small": (170, 1001), "medium": (1001, 10_000), "large": (10_000, 400_000)}
        said = entry.traits & sizes.keys()
        assert len(said) == 1, entry.name
        low, high = sizes[said.pop()]
        assert low <= entry.rows <= high, entry.name


def test_repaired_examples_name_a_clean_table() -> None:
    """A faulty example that was mended points at its clean twin."""
    for example in EXCLUDED:
        if example.repaired_as is not None:
            assert by_name(example.repaired_as).name == example.repaired_as


def test_unknown_traits_are_refused() -> None:
    """A misspelt trait fails at import."""
    with pytest.raises(ValueError, match="smal"):
        table("x", "sklearn:iris", "y", "binary", rows=1, half="dev", traits="smal")


def test_random_split_keeps_class_shares() -> None:
    """A table without time or group is stratified, 75/25."""
    train, test = realtable.split(_entry(), _frame(), seed=0)

    assert len(test) == pytest.approx(100, abs=1)
    assert test["y"].mean() == pytest.approx(train["y"].mean(), abs=0.01)
    assert not set(train["row"]) & set(test["row"])


def test_group_split_keeps_groups_whole() -> None:
    """No group lies on both sides."""
    train, test = realtable.split(_entry(group="who"), _frame(), seed=1)

    assert not set(train["who"]) & set(test["who"])
    assert 0.15 < len(test) / 400 < 0.35


def test_time_split_goes_forward() -> None:
    """Every tested moment is later than every trained one, whatever the seed."""
    train, test = realtable.split(_entry(time="day", group="who"), _frame(), seed=2)

    assert train["day"].max() < test["day"].min()
    assert 0.15 < len(test) / 400 < 0.35


def test_split_is_deterministic_and_seeded() -> None:
    """Same seed, same rows; another seed, other rows."""
    rows = [tuple(realtable.split(_entry(), _frame(), seed=s)[1]["row"]) for s in (5, 5, 6)]

    assert rows[0] == rows[1]
    assert rows[0] != rows[2]


def test_regression_split_is_stratified_by_quantile() -> None:
    """The target's mean stays put on a continuous target."""
    frame = _frame().assign(y=lambda f: np.exp(np.arange(len(f)) / 50))

    train, test = realtable.split(_entry(task="regression"), frame, seed=0)

    assert test["y"].mean() == pytest.approx(train["y"].mean(), rel=0.25)
