"""Rows of one entity: intervals become as wide as repeated drawing of entities asks for."""

import numpy as np
import polars as pl
import pytest

from rung.core.experiment import Estimate
from rung.facts.together_rows import widened, widening
from rung.inputs.table import Table
from rung.stats.intervals import mean_interval


def drawn(seed, entities=15, each=30, effect=1.0):
    """Values around zero that rows of one entity share in part, and their table."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(entities), each)
    return rng.normal(0, effect, entities)[who] + rng.normal(size=len(who)), Table(frame=pl.DataFrame({"who": who}), source="t")


@pytest.mark.parametrize(("effect", "least"), [(1.0, 0.9), (0.0, 0.9)])
def test_intervals_cover_where_entities_are_drawn(effect, least):
    """Zero is inside about 95 times in a hundred; of plain intervals it is so with no effect alone."""
    plain, wide = [], []
    for seed in range(200):
        values, table = drawn(seed, effect=effect)
        found = mean_interval(values)
        given = Estimate(value=found.value, low=found.low, high=found.high, n=len(values))
        better = widened(given, widening(table, "who", np.arange(len(values)), values))
        plain.append(given.low <= 0 <= given.high)
        wide.append(better.low <= 0 <= better.high)

    assert np.mean(wide) >= least
    assert (np.mean(plain) < 0.6) == (effect > 0)


def test_without_entities_nothing_is_widened():
    """No declared entity, one row each, a column that is not there."""
    values, table = drawn(0)
    rows = np.arange(len(values))

    assert widening(table, None, rows, values) == 1
    assert widening(table, "absent", rows, values) == 1
    assert widening(Table(frame=pl.DataFrame({"who": rows}), source="t"), "who", rows, values) == 1


def test_rows_of_one_entity_are_worth_one():
    """Thirty rows of one: wider than the rows' own spread by far, and finite."""
    values, table = drawn(0, entities=1)
    factor = widening(table, "who", np.arange(len(values)), values)

    assert np.sqrt(30) < factor < np.inf
    assert widened(Estimate(value=1.0, low=0.5, high=1.5), factor).low < -1
