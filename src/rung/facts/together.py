"""How the numeric columns go together in the reference, kept as correlations: what one production row can be held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.current_drift import share_of
from rung.facts.matrix import Floats, numbers_of
from rung.facts.reference_columns import ReferenceColumns
from rung.facts.sample import draw, take
from rung.inputs.case import Current, Train
from rung.inputs.settings import Settings
from rung.inputs.snapshot import ColumnSketch, Reach, Reference, Together
from rung.inputs.table import Table
from rung.stats.reach import limits
from rung.stats.sketch import normal_scores, rounded

MAX_ROWS = 20_000
MAX_COLUMNS = 60
MIN_VALUES, MAX_ATOM = 10, 0.5
SHRINK = 0.02  # pulls the correlations a little to none, so that two copies of one column do not divide by nought
MAX_PATTERNS = 300  # sets of missing values
TOTALS = (0.5, 0.9, 0.95, 0.99, 0.999)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceTogether:
    """What the reference tells, from a snapshot or worked out."""

    together: Together


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprise:
    """Production rows against the reference, one column a numeric feature.

    alone : normal scores of each value in its own column; joint : its distance from what the other columns foretell, in standard deviations;
    both of shape (n_rows, k), 0 for a missing value.   total : the largest of both in a row, shape (n_rows,).
    correlations : production's own correlations, same order as in Together, NaN for a column of one value or none; empty below 50 rows.   share : rows that count as independent.
    """

    names: tuple[str, ...]
    alone: Floats
    joint: Floats
    total: Floats
    correlations: tuple[float, ...]
    rows: int
    share: float


@fact(cost="pass")
def reference_together(
    reference: Reference | None, train: Train | None, columns: ReferenceColumns, settings: Settings
) -> ReferenceTogether:
    """The snapshot's, else worked out on at most 20,000 rows. Unavailable below 50 rows or two numeric features."""
    if reference is not None:
        if reference.snapshot.together is None:
            raise Unavailable("the snapshot holds fewer than two numeric columns")
        return ReferenceTogether(together=reference.snapshot.together)
    if train is None:
        raise Unavailable("needs a reference")
    table = take(train.table, draw(train.table, MAX_ROWS, settings.seed))
    names = tuple(each.name for each in _numeric(columns, table))[:MAX_COLUMNS]
    if len(names) < 2 or table.n_rows < 50:
        raise Unavailable("needs two numeric columns and 50 rows in the reference")
    given = scores_of(table, names, columns)
    z = np.nan_to_num(given)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlations = np.asarray(np.nan_to_num(np.corrcoef(z.T)), dtype=float)
    joint = joint_of(given, correlations)
    reach = tuple(_reach(joint[:, place]) for place in range(len(names)))
    total = np.maximum(np.abs(z).max(axis=1), np.abs(joint).max(axis=1))
    upper = tuple(rounded(float(each), 4) for each in correlations[np.triu_indices(len(names), 1)])
    totals = tuple(rounded(float(each)) for each in np.quantile(total, TOTALS))
    return ReferenceTogether(together=Together(names=names, correlations=upper, reach=reach, totals=totals, rows=table.n_rows))


def _numeric(columns: ReferenceColumns, table: Table) -> list[ColumnSketch]:
    return [
        each for each in columns.columns
        if each.role == "feature" and each.kind == "numeric" and not each.clock and _spreads(each) and each.name in table.columns
    ]  # fmt: skip


def _spreads(sketch: ColumnSketch) -> bool:
    """Whether normal scores make sense: many values, none of which half of the rows share."""
    atoms = np.subtract(sketch.upto, sketch.below)
    return len(sketch.edges) > MIN_VALUES and float(atoms.max()) <= MAX_ATOM


def _reach(values: Floats) -> Reach:
    low, high = limits(values)
    return Reach(low=tuple(rounded(each) for each in low), high=tuple(rounded(each) for each in high))


def scores_of(table: Table, names: tuple[str, ...], columns: ReferenceColumns) -> Floats:
    """Normal scores of every value, NaN where it is missing or the column is not there."""
    found = np.full((table.n_rows, len(names)), np.nan)
    for place, name in enumerate(names):
        sketch = columns.of(name)
        if sketch is not None and name in table.columns:
            values = numbers_of(table.column(name), "numeric")
            edges, below, upto = (np.array(part) for part in (sketch.edges, sketch.below, sketch.upto))
            found[:, place] = normal_scores(values, edges, below, upto, sketch.n)
    return found


def square(together: Together) -> Floats:
    """The whole matrix of correlations."""
    size = len(together.names)
    matrix = np.eye(size)
    matrix[np.triu_indices(size, 1)] = together.correlations
    return np.maximum(matrix, matrix.T) + np.minimum(matrix, matrix.T) - np.eye(size)


def joint_of(z: Floats, correlations: Floats) -> Floats:
    """Each score minus what those in the row that are there foretell, in standard deviations of that error; 0 where it is missing itself.

    Source: conditional law of a normal vector; the precision matrix gives all regressions at once (Lauritzen, 1996).
    """
    size = correlations.shape[0]
    shrunk = (1 - SHRINK) * correlations + SHRINK * np.eye(size)
    gone = np.isnan(z)
    codes = gone @ (np.uint64(1) << np.arange(size, dtype=np.uint64))  # MAX_COLUMNS bits
    _, first, which, counts = np.unique(codes, return_index=True, return_inverse=True, return_counts=True)
    joint = np.zeros_like(z)
    # Each set of missing values asks for regressions of its own; rows of the rarest sets are not judged.
    for place in np.argsort(-counts, kind="stable")[:MAX_PATTERNS]:
        held, rows = np.flatnonzero(~gone[first[place]]), np.flatnonzero(which == place)
        if held.size:
            precision = np.linalg.inv(shrunk[np.ix_(held, held)])
            joint[np.ix_(rows, held)] = z[np.ix_(rows, held)] @ precision / np.sqrt(np.diag(precision))
    return joint


@fact(cost="pass")
def surprise(found: ReferenceTogether, columns: ReferenceColumns, current: Current, settings: Settings) -> Surprise:
    """Every production row, at most 100,000 of them."""
    table = take(current.table, draw(current.table, settings.sample_rows, settings.seed))
    together = found.together
    given = scores_of(table, together.names, columns)
    z, joint = np.nan_to_num(given), joint_of(given, square(together))
    total = np.maximum(np.abs(z).max(axis=1), np.abs(joint).max(axis=1)) if z.size else np.zeros(table.n_rows)
    own: tuple[float, ...] = ()
    if table.n_rows >= 50:
        with np.errstate(invalid="ignore", divide="ignore"):
            matrix = np.asarray(np.corrcoef(np.clip(z, -4, 4).T), dtype=float)
        own = tuple(matrix[np.triu_indices(len(together.names), 1)].tolist())
    return Surprise(
        names=together.names, alone=z, joint=joint, total=total, correlations=own, rows=table.n_rows, share=share_of(columns, current.table)
    )
