"""Frames of other libraries with types that few tables hold."""

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from rung.adapters.frames import to_table

ODD = pd.DataFrame({"month": pd.period_range("2020-01", periods=3, freq="M"), "range": pd.arrays.IntervalArray.from_breaks([0, 1, 2, 3])})


@pytest.mark.parametrize("hand_over", [lambda frame: frame, pl.from_pandas, pa.Table.from_pandas], ids=["pandas", "polars", "pyarrow"])
def test_periods_and_intervals_become_plain_types(hand_over):
    """Numbers or texts, in their order, whatever library wraps them."""
    table = to_table(hand_over(ODD))

    assert all(table.column(name).dtype in (pl.Int64, pl.String) for name in table.columns)
    assert [table.column(name).n_unique() for name in table.columns] == [3, 3]
    assert table.column("month").is_sorted()
