"""A table of any size that looks like real ones: rows of real tables drawn again, numbers jittered, columns repeated under new names."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.tables import load

#: Real tables whose columns are drawn from: mixed kinds, missing values, dates and levels. The first brings the target.
SOURCES = ("acs_income", "credit_data", "attrition", "ames")
TARGET = "outcome"


def mixed(rows: int, columns: int, seed: int = 0) -> pd.DataFrame:
    """A frame of `columns` features and a binary target that some of them carry; about half numbers, the rest levels, flags and a date."""
    rng = np.random.default_rng(seed)
    pools = [load(name) for name in SOURCES]
    found: dict[str, pd.Series] = {"booked_on": _dates(rows, rng)}
    turn = 0
    while len(found) < columns:
        pool = pools[turn % len(pools)]
        name = str(pool.columns[turn // len(pools) % pool.shape[1]])
        found[f"{name.lower().replace(' ', '_')}_{turn}"] = _again(pool[name], rows, rng)
        turn += 1
    frame = pd.DataFrame(found)
    return frame.assign(**{TARGET: _outcome(frame, rng)})


def _dates(rows: int, rng: np.random.Generator) -> pd.Series:
    return pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 365, rows), unit="D"))


def _again(values: pd.Series, rows: int, rng: np.random.Generator) -> pd.Series:
    """The column drawn with replacement; decimals are jittered by a hundredth of their spread, so that values stay different."""
    drawn = values.iloc[rng.integers(0, len(values), rows)].reset_index(drop=True)
    if pd.api.types.is_float_dtype(drawn.dtype) and values.nunique() > 100:
        return drawn.astype(float) + rng.normal(0.0, 0.01 * float(values.std()), rows)
    return drawn


def _outcome(frame: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Yes or no, by a few of the numbers and levels and much chance: a model reaches an AUC of about 0.8."""
    total = np.zeros(len(frame))
    for place, name in enumerate(list(frame.columns)[1:9]):
        codes = pd.Series(pd.factorize(frame[name], sort=True)[0] if not pd.api.types.is_numeric_dtype(frame[name]) else frame[name])
        ranks = codes.astype(float).rank(pct=True).fillna(0.5).to_numpy()
        total += (1.0 if place % 2 else -1.0) * (ranks - 0.5)
    chance = rng.logistic(0.0, 0.5, len(frame))
    return pd.Series(np.where(total + chance > 0.3, "yes", "no"))
