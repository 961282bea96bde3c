"""Honest folds: by group where there is one, forward in time where the rows have a time, by class share otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.matrix import Matrix, numbers_of
from rung.facts.sample import row_keys
from rung.facts.schema import Schema
from rung.facts.target import Target
from rung.inputs.case import Train
from rung.inputs.settings import Settings

Ints = NDArray[np.int64]
FEWEST_GROUPS = 3  # entities from which some can be held out while others differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Folds:
    """Fold number of each row of the matrix; -1 for rows that are only ever trained on (the first block in time).

    scheme : 'random', 'grouped' or 'forward'.
    """

    fold: Ints
    n_folds: int
    scheme: str

    def splits(self) -> Iterator[tuple[Ints, Ints]]:
        """(training rows, scored rows) of each fold as positions in the matrix."""
        for number in range(self.n_folds):
            scored = np.flatnonzero(self.fold == number)
            trained = np.flatnonzero(self.fold < number if self.scheme == "forward" else self.fold != number)
            yield trained, scored


@fact(cost="instant")
def folds(matrix: Matrix, target: Target, schema: Schema, train: Train, settings: Settings) -> Folds:
    """Five folds that are the same whatever happens to columns, and nearly the same when rows come or go. Few entities make as many folds as they are;
    one or two cannot stand for others, and rows are drawn at random.
    """
    n_folds = 5 if len(matrix.y) >= 50 else 3
    positions = train.table.positions[matrix.rows]
    groups = train.table.column(schema.groups)[matrix.rows].cast(pl.String).fill_null("") if schema.groups is not None else None
    if groups is not None and groups.n_unique() >= FEWEST_GROUPS:
        n_folds = min(n_folds, groups.n_unique())
        return Folds(fold=_grouped(groups, n_folds, settings.seed), n_folds=n_folds, scheme="grouped")
    if schema.time is not None:
        when = numbers_of(
            train.table.column(schema.time),
            "datetime" if not _numeric(train, schema.time) else "numeric",
            schema.column(schema.time).date_format,
        )
        if np.isfinite(when[matrix.rows]).mean() > 0.9 and len(np.unique(when[matrix.rows])) >= 10 * n_folds:
            return Folds(fold=_forward(when[matrix.rows], n_folds), n_folds=n_folds, scheme="forward")
    fold = _stratified(matrix.y if target.is_classification else np.zeros(len(matrix.y)), positions, n_folds, settings.seed)
    return Folds(fold=fold, n_folds=n_folds, scheme="random")


def _numeric(train: Train, name: str) -> bool:
    return train.table.column(name).dtype.is_numeric()


def _grouped(named: pl.Series, n_folds: int, seed: int) -> Ints:
    distinct = named.unique().sort()
    number = dict(
        zip(distinct.to_list(), _stratified(np.zeros(distinct.len()), np.arange(distinct.len()), n_folds, seed).tolist(), strict=True)
    )
    return named.replace_strict(number, return_dtype=pl.Int64).to_numpy().copy()


def _forward(when: NDArray[np.float64], n_folds: int) -> Ints:
    """Blocks of equal size in time; rows of one moment stay together; the first block is only trained on."""
    filled = np.where(np.isfinite(when), when, np.nanmin(when))
    edges = np.quantile(filled, np.linspace(0, 1, n_folds + 2)[1:-1])
    return np.searchsorted(edges, filled, side="right").astype(np.int64) - 1


def _stratified(labels: NDArray[np.float64], positions: Ints, n_folds: int, seed: int) -> Ints:
    """Fold numbers, balanced within each label, drawn by each row's own key."""
    keys = row_keys(positions, seed + 2)
    fold = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) >= 50 * n_folds:
            # By the key alone: a row keeps its fold when others are removed, so that before and after score the same rows.
            fold[members] = np.minimum((keys[members] * n_folds).astype(np.int64), n_folds - 1)
        else:
            fold[members[np.argsort(keys[members], kind="stable")]] = np.arange(len(members)) % n_folds
    return fold
