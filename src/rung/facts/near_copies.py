"""Rows that lie so near to each other that one must have been made from the other, or both from one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.matrix import numbers_of
from rung.facts.measurements import Measurements
from rung.facts.schema import Schema
from rung.inputs.case import Test
from rung.inputs.settings import Settings
from rung.inputs.table import Rows, Table
from rung.stats.intervals import wilson

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
MOST_ROWS = 50_000
ASKED, KNOWN = 800, 12_000  # rows whose neighbours are looked up, and among how many
LEAST_COLUMNS, MOST_COLUMNS, LEAST_DISTINCT = 3, 24, 50  # columns fine enough that two rows do not meet by rounding
NEIGHBOURS, MOST_COPIES = 11, 4
CHANCE, FAR = 1e-3, 3.0  # of one row; and how much farther the first stranger must lie than the last copy. Chosen by hand
LEAST_SHARE = 0.02  # of the asked rows
LARGEST = 20.0  # spreads; farther is far


@dataclass(frozen=True, slots=True, kw_only=True)
class NearCopies:
    """Clusters of near copies, found in the fine numeric columns.

    share : of the rows asked, with a copy; 0 where they are no more than chance brings.   dimension : in how many directions the rows spread.
    radius : distance, in spreads of the columns, within which nine of ten copies lie.   rows, cluster : rows of the training table that were looked at, and the cluster of each; a row without a copy
    is a cluster of its own.   shared_share : test rows with a copy in training, NaN without a test set.   columns : that were compared.
    """

    share: float
    dimension: float
    radius: float
    rows: Rows
    cluster: Ints
    shared_share: float
    columns: tuple[str, ...]


@fact(cost="pass")
def near_copies(measured: Measurements, schema: Schema, test: Test | None, settings: Settings) -> NearCopies:
    """Neighbour by neighbour: is the next one out of all proportion farther than the last?

    In m directions of locally even density, m k log(d[k + 1] / d[k]) is a standard exponential for the k-th neighbour of any row, whatever the
    density. Rows equal in all columns are left to the rules on duplicates; rows that follow time are near each other by nature.
    Source: Facco et al. (2017) for the ratios and the number of directions.
    """
    if schema.time is not None:
        raise Unavailable("rows that follow time are near each other by nature")
    known = measured.x[:KNOWN]
    fine = [k for k in range(known.shape[1]) if len(np.unique(known[np.isfinite(known[:, k]), k])) >= LEAST_DISTINCT][:MOST_COLUMNS]
    if len(fine) < LEAST_COLUMNS or len(measured.x) < 100:
        raise Unavailable(f"needs 100 rows and {LEAST_COLUMNS} columns of fine numbers")
    z = _placed(known[:, fine], known[:, fine])
    asked = np.sort(settings.rng("near copies").permutation(len(z))[:ASKED])
    places, distance = _neighbours(z, asked)
    dimension = _dimension(distance)
    copies = _copies(distance, dimension)
    found = int((copies > 0).sum())
    if wilson(found, len(asked), 0.99).low < LEAST_SHARE:
        copies = np.zeros_like(copies)
    within = np.concatenate([row[:count] for row, count in zip(distance, copies, strict=True)])
    radius = float(np.quantile(within, 0.9)) if len(within) else 0.0
    rows, cluster = _clusters(len(z), asked, places, copies)
    return NearCopies(
        share=float(np.mean(copies > 0)), dimension=dimension, radius=radius, rows=measured.rows[rows], cluster=cluster,
        shared_share=_shared(test, measured, z, fine, radius), columns=tuple(measured.names[k] for k in fine),
    )  # fmt: skip


def _neighbours(z: Floats, asked: Ints) -> tuple[Ints, Floats]:
    """Positions and distances of each asked row's nearest others that are not equal to it, shape (asked, NEIGHBOURS), infinite where none is left."""
    from scipy.spatial import KDTree

    tree = KDTree(z)
    distance, places = tree.query(z[asked], k=min(len(z), NEIGHBOURS + 1 + MOST_COPIES))
    apart = (distance > 1e-12) & (places < len(z))
    order = np.argsort(~apart, axis=1, kind="stable")[:, :NEIGHBOURS]
    sorted_distance = np.take_along_axis(np.where(apart, distance, np.inf), order, axis=1)
    return np.take_along_axis(places, order, axis=1), sorted_distance


def _dimension(distance: Floats) -> float:
    """From the outermost two neighbours: copies are few, strangers many."""
    known = np.isfinite(distance[:, -1])
    ratio = np.log(distance[known, -1] / distance[known, -2]) if known.any() else np.zeros(0)
    middle = float(np.median(ratio)) if len(ratio) else 0.0
    return float(np.clip(np.log(2) / ((distance.shape[1] - 1) * middle), 1.0, distance.shape[1] * 4)) if middle > 0 else 1.0


def _copies(distance: Floats, dimension: float) -> Ints:
    """How many near copies each asked row has, shape (asked,)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = distance[:, 1 : MOST_COPIES + 1] / distance[:, :MOST_COPIES]
        chance = MOST_COPIES * ratio ** (-dimension * np.arange(1, MOST_COPIES + 1))
    far = np.isfinite(ratio) & (ratio >= FAR) & (chance <= CHANCE)
    return np.where(far.any(axis=1), far.argmax(axis=1) + 1, 0).astype(np.int64)


def _clusters(n: int, asked: Ints, places: Ints, copies: Ints) -> tuple[Ints, Ints]:
    """The asked rows with all their copies, and the connected cluster of each."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    left = np.repeat(asked, copies)
    right = np.concatenate([row[:count] for row, count in zip(places, copies, strict=True)])
    label = connected_components(coo_array((np.ones(len(left)), (left, right)), shape=(n, n)), directed=False)[1]
    rows = np.union1d(asked, right).astype(np.int64)
    return rows, np.unique(label[rows], return_inverse=True)[1].astype(np.int64)


def _shared(test: Test | None, measured: Measurements, z: Floats, fine: list[int], radius: float) -> float:
    """Share of the test rows that lie as near to a training row as copies do."""
    from scipy.spatial import KDTree

    names = [measured.names[k] for k in fine]
    if test is None or not radius or not test.table.n_rows or not set(names) <= set(test.table.columns):
        return float("nan")
    values = np.column_stack([test.table.column(name).cast(pl.Float64, strict=False).to_numpy()[:ASKED] for name in names])
    distance = KDTree(z).query(_placed(values, measured.x[:KNOWN, fine]))[0]
    return float(np.mean((distance <= radius) & (distance > 1e-12)))


def copies_in_training(copies: NearCopies, measured: Measurements, train: Table, test: Table) -> Rows:
    """Positions of the training rows that lie as near to a test row as copies do. Unavailable for more than 50,000, and where the columns differ."""
    from scipy.spatial import KDTree

    if not set(copies.columns) <= set(test.columns) & set(train.columns) or train.n_rows > MOST_ROWS:
        raise Unavailable(f"near copies are looked up in at most {MOST_ROWS:,} training rows, in columns that both tables hold")
    scale = measured.x[:KNOWN, [measured.names.index(name) for name in copies.columns]]
    sides = [np.column_stack([numbers_of(table.column(name), "numeric") for name in copies.columns]) for table in (train, test)]
    fitted, scored = (_placed(side, scale) for side in sides)
    return np.flatnonzero(KDTree(scored).query(fitted, distance_upper_bound=copies.radius + 1e-12)[0] <= copies.radius)


def _placed(values: Floats, known: Floats) -> Floats:
    """Values on the scale of the known ones, shape (n, k): spreads from the middle, the missing in the middle. Not ranks: those blow small noise on
    a value that many rows share up to the width of the share.
    """
    low, middle, high = np.nanpercentile(np.where(np.isfinite(known), known, np.nan), [10, 50, 90], axis=0)
    spread = (high - low) / 2.56  # of a normal column: its standard deviation
    spread = np.where(spread > 0, spread, np.maximum(np.nanstd(np.where(np.isfinite(known), known, np.nan), axis=0), 1e-12))
    return np.clip(np.where(np.isfinite(values), (values - middle) / spread, 0.0), -LARGEST, LARGEST)
