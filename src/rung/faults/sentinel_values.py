"""Plants a code that stands for 'missing'."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

SHARES = {"mild": (0.01, 0.03), "medium": (0.05, 0.12), "severe": (0.15, 0.3)}
WRITTEN = ("?", "N/A", "missing", "NULL", "-")


@fault("sentinel-values")
def sentinel_values(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Some values of one column were never taken, and the source wrote a code in their place, in training and test alike."""
    numbers = [name for name in _free(healthy) if healthy.train.frame.schema[name].is_numeric() and _codes(healthy.train.column(name))]
    texts = [name for name in _free(healthy) if healthy.train.frame.schema[name] in (pl.String, pl.Categorical)]
    if not numbers and not texts:
        raise Unavailable("no column that could hold a code")
    as_text = bool(texts) and (not numbers or rng.random() < 0.2)
    column = str(rng.choice(texts if as_text else numbers))
    code: object = str(rng.choice(WRITTEN)) if as_text else float(rng.choice(_codes(healthy.train.column(column))))
    share = float(rng.uniform(*SHARES[severity]))
    train, rows = _written(healthy.train, column, code, share, rng)
    test, _ = _written(healthy.test, column, code, share, rng)
    return Planted(
        case=replace(healthy, train=train, test=test),
        names=(column,),
        rows=tuple(rows.tolist()),
        truth=f"{len(rows)} of {train.n_rows} rows of '{column}' hold {code!r} for 'missing'",
    )


def _free(healthy: Healthy) -> list[str]:
    return [name for name in healthy.train.columns if name not in (healthy.target, healthy.time, healthy.groups)]


def _codes(series: pl.Series) -> list[float]:
    """Codes that a source would choose for such a column: outside what can occur. None for a column of few values."""
    known = series.cast(pl.Float64).drop_nulls()
    known = known.filter(known.is_finite())
    if known.n_unique() < 15:
        return []
    low, high = float(known.min()), float(known.max())  # type: ignore[arg-type]
    codes = [-999.0, -9999.0] if low > -500 else []
    codes += [-1.0] if low >= 0 and high > 5 else []
    codes += [code for code in (99.0, 999.0, 9999.0, 99999.0) if 1.6 * high < code < 300 * high + 1][:2]
    return codes + ([0.0] if low > 0.4 * high > 0 else [])


def _written(table: Table, column: str, code: object, share: float, rng: np.random.Generator) -> tuple[Table, np.ndarray]:
    rows = np.sort(rng.choice(table.n_rows, max(3, int(share * table.n_rows)), replace=False))
    series = table.column(column)
    plain = series.cast(pl.String if isinstance(code, str) else (pl.Float64 if series.dtype.is_float() else pl.Int64))
    mask = pl.Series(np.isin(np.arange(table.n_rows), rows))
    return table.with_column(column, plain.set(mask, code if isinstance(code, str) or series.dtype.is_float() else int(code))), rows  # type: ignore[call-overload]
