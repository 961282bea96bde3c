"""Plants a feature that knows the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted
from rung.inputs.table import Table

Floats = NDArray[np.float64]
Answer = Callable[[Floats, float, np.random.Generator], dict[str, NDArray[np.generic]]]
# How exactly the column follows the target: share of the target's spread that is noise, and share of rows without an answer.
NOISE = {"mild": 0.15, "medium": 0.08, "severe": 0.0}


@fault("target-leakage")
def target_leakage(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A column filled after the outcome: a score, a code, a gap, or two columns that give it away only together."""
    together = healthy.train.append(healthy.test)
    y, known = _codes(together, healthy)
    if known.sum() < 20 or len(np.unique(y[known])) < 2:
        raise Unavailable("the target has one value: nothing can leak")
    ways = REGRESSION if healthy.task == "regression" else CLASSES
    way = list(ways)[int(rng.integers(len(ways)))]
    columns = ways[way](np.where(known, y, np.nanmean(y)), NOISE[severity], rng)
    train, test = healthy.train, healthy.test
    for name, values in columns.items():
        train = train.with_column(name, pl.Series(values[: train.n_rows], nan_to_null=True))
        test = test.with_column(name, pl.Series(values[-test.n_rows :] if test.n_rows else values[:0], nan_to_null=True))
    return Planted(
        case=replace(healthy, train=train, test=test, model=None),
        names=tuple(columns),
        truth=f"{', '.join(columns)}: {way} of '{healthy.target}'",
    )


def _codes(table: Table, healthy: Healthy) -> tuple[Floats, NDArray[np.bool_]]:
    series = table.column(healthy.target)
    if healthy.task == "regression":
        y = series.cast(pl.Float64, strict=False).to_numpy().astype(float)
    else:
        texts = series.cast(pl.String)
        labels = {label: float(code) for code, label in enumerate(texts.drop_nulls().unique().sort().to_list())}
        y = texts.replace_strict(labels, default=None, return_dtype=pl.Float64).to_numpy().astype(float)
    return y, np.isfinite(y)


def _score(y: Floats, noise: float, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    return {"review_score": 50 + 10 * (y - y.mean()) / (y.std() or 1.0) + 10 * noise * rng.normal(size=len(y))}


def _stretched(y: Floats, noise: float, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    spread = (y - y.mean()) / (y.std() or 1.0) + 0.5 * noise * rng.normal(size=len(y))
    return {"closing_index": np.round(np.exp(np.clip(spread, -8, 8)), 4)}


def _code(y: Floats, noise: float, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    kept = np.where(rng.random(len(y)) < noise / 4, rng.permutation(y), y).astype(int)
    names = np.array([f"K{(7 * code + 3) % 97:02d}" for code in range(int(kept.max()) + 1)])
    return {"final_code": names[kept]}


def _gap(y: Floats, noise: float, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    """Filled for one class only, as a settlement or a discharge date is."""
    filled = (y == y.max()) & (rng.random(len(y)) >= noise)
    return {"settled_amount": np.where(filled, np.round(rng.gamma(2.0, 100.0, size=len(y)), 2), np.nan)}


def _together(y: Floats, noise: float, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    """Two flags of which neither tells anything alone."""
    mask, flip = rng.integers(0, 2, size=len(y)), rng.random(len(y)) < noise / 4
    is_top = (y == y.max()).astype(int) ^ flip
    return {"flag_before": mask, "flag_after": mask ^ is_top}


CLASSES: dict[str, Answer] = {"a noisy copy": _score, "a code": _code, "a gap": _gap, "the difference of two flags": _together}
REGRESSION: dict[str, Answer] = {"a noisy copy": _score, "a stretched copy": _stretched}
