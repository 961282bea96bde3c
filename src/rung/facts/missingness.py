"""What it tells of the target that a value is missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.matrix import Matrix
from rung.facts.sample import Sample
from rung.facts.schema import Schema
from rung.facts.target import Target
from rung.stats.arrays import midranks
from rung.stats.clusters import independent_share
from rung.stats.distributions import normal_p
from rung.stats.multiplicity import holm
from rung.stats.scores import normal_scores

Floats: TypeAlias = NDArray[np.float64]
LEAST = 10  # rows with and without a value
MAX_LEVELS = 50
MAX_ADJUSTED, MAX_ROWS, MAX_DESIGN = 10, 5_000, 400  # bounds the least squares to about a second


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPattern:
    """One pattern of missing values, shared by `columns`.

    n_missing of n rows with a known target.   correlation : between the pattern and the target (its clearest class, or its ranks).
    label : that class, '' for numbers.   inside, outside : its share, or the mean target, of rows with and without the value missing.
    p : corrected for all patterns and classes, rows of one declared entity counted by what they are worth.   auc : how well the pattern alone ranks the target.
    explained : share of the pattern that the other columns explain.   beyond : correlation with the target once they are taken out; NaN
    unknown.
    place : where the missing rows lie together: a level of another column or a stretch of rows, '' where they are scattered.
    """

    columns: tuple[str, ...]
    n_missing: int
    n: int
    correlation: float
    label: str
    inside: float
    outside: float
    p: float
    auc: float
    place: str
    rows: tuple[int, ...]
    explained: float = float("nan")
    beyond: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missingness:
    """All patterns, the clearest first."""

    patterns: tuple[MissingPattern, ...]


@fact(cost="pass")
def missingness(sample: Sample, schema: Schema, target: Target, matrix: Matrix | None) -> Missingness:
    """Compare the target of rows with and without each value. Unavailable where no feature has missing values."""
    y = target.y[sample.rows]
    known = np.flatnonzero(~np.isnan(y))
    y = y[known]
    patterns = _patterns(sample, schema, known)
    if not patterns:
        raise Unavailable(f"no feature has {LEAST} missing and {LEAST} present values")
    masks = np.column_stack([mask for mask, _ in patterns])
    outcomes, labels = _outcomes(y, target)
    each = _correlations(masks, outcomes)
    worth = _worth(masks, sample, schema, known)
    p = holm(np.array([normal_p(z) for z in (each * np.sqrt(np.maximum(worth * len(y) - 1, 0.0))[:, None]).ravel().tolist()])).reshape(
        each.shape
    )
    clearest = np.argmax(np.abs(each), axis=1)
    found = [
        _pattern(columns, mask, outcomes[:, clearest[place]], labels[clearest[place]], float(each[place, clearest[place]]), float(p[place].min()), y, sample, schema, known)
        for place, (mask, columns) in enumerate(patterns)
    ]  # fmt: skip
    ordered = sorted(found, key=lambda pattern: -abs(pattern.correlation))
    clear = [each for each in ordered if each.p < 0.01][:MAX_ADJUSTED]
    adjusted = [_beyond(each, matrix, target) if matrix is not None and each in clear else each for each in ordered]
    return Missingness(patterns=tuple(adjusted))


def _worth(masks: NDArray[np.bool_], sample: Sample, schema: Schema, known: NDArray[np.int64]) -> Floats:
    """For each pattern, independent rows over rows: a declared entity misses its values together. shape (patterns,)."""
    if schema.groups is None:
        return np.ones(masks.shape[1])
    entity = sample.table.column(schema.groups)[known].cast(pl.String).fill_null("").rank("dense").to_numpy()
    return np.array([independent_share(entity, mask) for mask in masks.T])


def _beyond(pattern: MissingPattern, matrix: Matrix, target: Target) -> MissingPattern:
    """Take out of pattern and target what the other columns explain by least squares (curves, levels and gaps of their own included)."""
    place = matrix.place(pattern.columns[0])
    rows = np.linspace(0, len(matrix.y) - 1, min(len(matrix.y), MAX_ROWS)).astype(int)
    others = [each for each, name in enumerate(matrix.names) if name not in pattern.columns]
    if place is None or not others:
        return pattern
    blocks = [_shape(matrix.x[rows, each], categorical=bool(matrix.categorical[each])) for each in others]
    design = np.column_stack([np.ones(len(rows)), *blocks])[:, :MAX_DESIGN]
    if design.shape[1] * 3 > len(rows):
        return pattern
    outcomes, labels = _outcomes(matrix.y[rows], target)
    both = np.column_stack([np.isnan(matrix.x[rows, place]).astype(float), outcomes[:, labels.index(pattern.label)]])
    left = both - design @ np.linalg.lstsq(design, both, rcond=None)[0]
    spread = left.std(axis=0)
    if (spread < 1e-9).any():
        return replace(pattern, explained=1.0, beyond=0.0)
    explained = 1 - spread[0] ** 2 / max(float(both[:, 0].var()), 1e-12)
    return replace(pattern, explained=float(explained), beyond=float(np.mean(left[:, 0] * left[:, 1]) / (spread[0] * spread[1])))


def _shape(x: Floats, *, categorical: bool) -> Floats:
    """One column as least squares can use it: rank, its square, its smallest value and its gaps; or its commonest levels."""
    gap = np.isnan(x)
    if categorical:
        levels = np.unique(x[~gap])[:20]
        return np.column_stack([x[:, None] == levels, gap]).astype(float)
    z = np.nan_to_num(normal_scores(x[:, None])[:, 0])
    return np.column_stack([z, z**2, z == z.min(), gap]).astype(float)


def _patterns(sample: Sample, schema: Schema, known: NDArray[np.int64]) -> list[tuple[NDArray[np.bool_], tuple[str, ...]]]:
    """Each different pattern of missing rows once, with the columns that share it."""
    shared: defaultdict[bytes, list[str]] = defaultdict(list)
    for column in schema.features:
        if column.n_missing:
            mask = sample.table.column(column.name).is_null().to_numpy()[known]
            if LEAST <= mask.sum() <= len(mask) - LEAST:
                shared[np.packbits(mask).tobytes()].append(column.name)
    return [
        (np.unpackbits(np.frombuffer(packed, dtype=np.uint8), count=len(known)).astype(bool), tuple(names))
        for packed, names in shared.items()
    ]


def _outcomes(y: Floats, target: Target) -> tuple[Floats, tuple[str, ...]]:
    """Columns to be told of: the positive class, every class of several, or the ranks of a number."""
    if target.task == "regression":
        return (midranks(y) / len(y))[:, None], ("",)
    if target.task == "binary":
        return (y == target.positive).astype(float)[:, None], (target.classes[target.positive],)
    return (y[:, None] == np.arange(len(target.classes))).astype(float), target.classes


def _correlations(masks: NDArray[np.bool_], outcomes: Floats) -> Floats:
    """shape (patterns, outcomes), 0 where a column does not vary."""
    left, right = masks - masks.mean(axis=0), outcomes - outcomes.mean(axis=0)
    scale = np.outer(left.std(axis=0), right.std(axis=0)) * len(masks)
    return np.divide(left.T @ right, scale, out=np.zeros(scale.shape), where=scale > 0)


def _pattern(
    columns: tuple[str, ...], mask: NDArray[np.bool_], outcome: Floats, label: str, correlation: float, p: float,
    y: Floats, sample: Sample, schema: Schema, known: NDArray[np.int64],
) -> MissingPattern:  # fmt: skip
    shown = outcome if label else y
    positive = outcome > 0.5
    auc = 0.5 + (mask[positive].mean() - mask[~positive].mean()) / 2 if positive.any() and not positive.all() else 0.5
    return MissingPattern(
        columns=columns,
        n_missing=int(mask.sum()),
        n=len(mask),
        correlation=correlation,
        label=label,
        inside=float(shown[mask].mean()),
        outside=float(shown[~mask].mean()),
        p=p,
        auc=float(auc),
        place=_place(mask, columns, sample, schema, known) if p < 0.01 else "",
        rows=tuple(sample.rows[known[mask][:50]].tolist()),
    )


def _place(mask: NDArray[np.bool_], columns: tuple[str, ...], sample: Sample, schema: Schema, known: NDArray[np.int64]) -> str:
    """A level, or a stretch of rows, that holds nearly all missing values and in which nearly all values are missing."""
    rows = np.flatnonzero(mask)
    first, last = int(np.quantile(rows, 0.01)), int(np.quantile(rows, 0.99))
    if mask[first : last + 1].mean() > 0.9 and last - first < 0.9 * len(mask):
        return f"rows {int(known[first]):,} to {int(known[last]):,}"
    for column in schema.columns:
        if column.name not in columns and column.kind in ("category", "boolean") and 2 <= column.n_distinct <= MAX_LEVELS:
            levels = sample.table.column(column.name)[known].cast(pl.String)
            common = levels.filter(pl.Series(mask)).mode()
            if common.len() == 1 and common[0] is not None:
                at = (levels == common[0]).fill_null(value=False).to_numpy()
                if mask[at].mean() > 0.9 and at[mask].mean() > 0.9:
                    return f"'{column.name}' is {common[0]!r}"
    return ""
