"""Columns whose scale was set by training and test rows together, told from the tables alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.marks import fact
from rung.facts.schema import Schema
from rung.inputs.case import Test, Train
from rung.inputs.model import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """Mean, standard deviation (divisor n), smallest and largest value of one column, and how many rows hold the extremes."""

    n: int
    mean: float
    sd: float
    low: float
    high: float
    n_low: int
    n_high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledTogether:
    """Numeric columns with decimals: name -> its centre in training rows, in test rows, and in both."""

    columns: dict[str, tuple[Centre, Centre, Centre]]


@fact(cost="pass")
def scaled_together(train: Train, test: Test, schema: Schema) -> ScaledTogether:
    """Centres over all rows: a sample would not show that a mean is exactly nought."""
    names = [each.name for each in schema.features_of("numeric") if not each.integer and each.name in test.table.columns]
    found = {}
    for name in names:
        if test.table.column(name).dtype.is_numeric():
            a, b = (_known(table.table.column(name).to_numpy()) for table in (train, test))
            found[name] = (centre(a), centre(b), centre(np.concatenate([a, b])))
    return ScaledTogether(columns=found)


def _known(values: Floats) -> Floats:
    numbers = values.astype(float)
    return numbers[np.isfinite(numbers)]


def centre(x: Floats) -> Centre:
    """The centre of finite values; NaN without any."""
    if not x.size:
        return Centre(n=0, mean=np.nan, sd=np.nan, low=np.nan, high=np.nan, n_low=0, n_high=0)
    low, high = float(x.min()), float(x.max())
    return Centre(
        n=x.size, mean=float(x.mean()), sd=float(x.std()), low=low, high=high, n_low=int((x == low).sum()), n_high=int((x == high).sum())
    )
