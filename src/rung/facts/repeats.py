"""Rows that occur more than once, and rows alike in all features with different labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.schema import Schema
from rung.facts.target import Target
from rung.inputs.case import Train

# Columns that depend on each other repeat more often than shuffled ones. Chosen by hand, see fault bench: ten times as often is natural.
DEPENDENCE = 10.0
# Columns with more than 20 values: from three on a whole row repeats by accident only in tables of counts. Chosen by hand.
DISTINCTIVE = 3
MAX_CLASSES = 20  # a target of more values has no classes to balance
LEAST_KINDS = 20
BALANCED = 0.8  # rows of the raised class over those of the most frequent other: what a random split leaves of balance
RAISED = 0.4  # copies beyond the first, a row
ENOUGH = 1_000_000  # rows looked at; repeats of more are counted in these


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Repeats among the rows looked at.

    n_rows : rows looked at.   n_extra : rows beyond the first of each kind, label included.   expected : the same if the columns were
    combined at random with the shares they have.   extra : positions of those rows.   largest : size of the largest group.
    n_features : columns compared.   distinctive : columns with more than 20 values.
    """

    n_rows: int
    n_extra: int
    expected: float
    extra: NDArray[np.int64]
    largest: int
    n_features: int
    distinctive: int

    def unnatural(self, min_share: float = 0.01) -> bool:
        """Whether so many rows repeat that somebody must have repeated them."""
        beyond = self.n_extra > DEPENDENCE * (self.expected + 1) and self.distinctive >= DISTINCTIVE
        return beyond and self.n_extra >= min_share * self.n_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversampled:
    """label : the class whose rows were repeated to make it as frequent as the others, empty for none.   elsewhere : share of repeats in the others."""

    label: str
    elsewhere: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicts:
    """Rows alike in every feature whose labels differ.

    n_rows : rows of such groups.   total : rows looked at.   ceiling : best share of right labels (or R2) that these groups allow.
    rows : first rows, group by group.   expected : conflicts if every group drew its labels by the table's shares.   n_alike : rows with a
    twin.   distinctive : columns with more than 20 values.
    """

    n_rows: int
    total: int
    ceiling: float
    rows: tuple[int, ...]
    n_alike: int
    disagreement: float
    expected: float
    distinctive: int


@fact(cost="pass")
def repeats(train: Train, schema: Schema) -> Repeats:
    """Hash every row over features and target. Unavailable with fewer than 20 rows or without features."""
    names = [each.name for each in schema.columns if each.role in ("feature", "target", "time", "group")]
    if train.table.n_rows < 20 or len(names) < 2:
        raise Unavailable("too few rows or columns to speak of repeats")
    frame = train.table.frame.head(ENOUGH).select(names)
    order = pl.Series(frame.hash_rows()).to_frame("h").with_row_index("i")
    seen = order.with_columns(n=pl.len().over("h"), nth=pl.int_range(pl.len()).over("h"))
    extra = seen.filter(pl.col("nth") > 0)["i"].to_numpy().astype(np.int64)
    wide = sum(each.n_distinct > 20 for each in schema.features)
    return Repeats(
        n_rows=frame.height,
        n_extra=len(extra),
        expected=_expected(frame) if len(extra) else 0.0,
        extra=extra,
        largest=int(seen["n"].max() or 1),  # type: ignore[arg-type]
        n_features=len(names) - 1,
        distinctive=wide,
    )


def _expected(frame: pl.DataFrame) -> float:
    """Repeats under independence: each column shuffled by itself, then counted again. Dependence makes more; the check allows for it."""
    rng = np.random.default_rng(0)
    shuffled = frame.select(pl.Series(name, frame.get_column(name).gather(rng.permutation(frame.height))) for name in frame.columns)
    return float(frame.height - shuffled.hash_rows().n_unique())


@fact(cost="pass")
def oversampled(train: Train, schema: Schema, target: Target, repeats: Repeats) -> Oversampled:
    """Whether the rarest class (by rows that differ) repeats all over and evenly, as drawing with replacement makes it, and the others hardly do."""
    if not target.is_classification:
        raise Unavailable("only classes are balanced by repeated rows")
    none = Oversampled(label="", elsewhere=repeats.n_extra / repeats.n_rows)
    y = target.y[: repeats.n_rows]
    if not repeats.n_extra or len(target.classes) > MAX_CLASSES:
        return none
    first = np.ones(repeats.n_rows, dtype=bool)
    first[repeats.extra] = False
    known = ~np.isnan(y)
    all_rows = np.bincount(y[known].astype(int), minlength=len(target.classes))
    kinds = np.bincount(y[known & first].astype(int), minlength=len(target.classes))
    seen = np.flatnonzero(kinds)
    rarest = int(seen[kinds[seen].argmin()])
    others = seen[seen != rarest]
    if not len(others) or kinds[rarest] < LEAST_KINDS:
        return none
    copies, elsewhere = all_rows[rarest] / kinds[rarest], all_rows[others].sum() / kinds[others].sum()
    balanced = all_rows[rarest] >= BALANCED * all_rows[others].max()
    raised = copies - 1 >= RAISED and copies - 1 >= 5 * (elsewhere - 1)
    if not (balanced and raised and _even(train, schema, y == rarest, copies)):
        return none
    return Oversampled(label=target.classes[rarest], elsewhere=float(1 - 1 / elsewhere))


def _even(train: Train, schema: Schema, inside: NDArray[np.bool_], copies: float) -> bool:
    """Copies of rows that were drawn with replacement follow a Poisson law about their mean; a few rows that recur by nature do not."""
    names = [each.name for each in schema.columns if each.role in ("feature", "target", "time", "group")]
    counts = train.table.frame.head(len(inside)).filter(pl.Series(inside)).select(names).hash_rows().value_counts()["count"].to_numpy()
    return bool(counts.max() <= 3 * (copies + 6 * np.sqrt(copies) + 1) and np.median(counts) >= copies / 2)


@fact(cost="pass")
def conflicts(train: Train, schema: Schema, target: Target) -> Conflicts:
    """Group rows by all features. Unavailable where no two rows are alike."""
    names = [each.name for each in schema.features]
    if not names:
        raise Unavailable("no features")
    frame = train.table.frame.head(ENOUGH)
    data = pl.DataFrame({"h": frame.select(names).hash_rows(), "y": target.y[: frame.height], "i": np.arange(frame.height)})
    twins = data.filter(pl.col("y").is_not_nan()).with_columns(n=pl.len().over("h")).filter(pl.col("n") > 1)
    if not twins.height:
        raise Unavailable("no two rows are alike in all features")
    spread = twins.with_columns(kinds=pl.col("y").n_unique().over("h"))
    mixed = spread.filter(pl.col("kinds") > 1).sort("h", "i")
    right, expected = _ceiling(target, data, twins)
    return Conflicts(
        n_rows=mixed.height,
        total=frame.height,
        ceiling=right,
        rows=tuple(mixed["i"].head(50).to_list()),
        n_alike=twins.height,
        disagreement=mixed.height / twins.height,
        expected=expected,
        distinctive=sum(each.n_distinct > 20 for each in schema.features),
    )


def _ceiling(target: Target, data: pl.DataFrame, twins: pl.DataFrame) -> tuple[float, float]:
    """Best attainable accuracy or R2, and the share of twins in conflict if labels were drawn by their overall shares."""
    known = target.y[target.known]
    n = int(target.known[: data.height].sum())
    if not target.is_classification:
        within = float(twins.select(((pl.col("y") - pl.col("y").mean().over("h")) ** 2).sum()).item())
        return 1 - within / max(float(((known - known.mean()) ** 2).sum()), 1e-300), 1.0
    per_label = twins.group_by("h", "y").len()
    best = int(per_label.group_by("h").agg(pl.col("len").max())["len"].sum())
    shares = np.bincount(known.astype(int)) / len(known)
    sizes = twins.group_by("h").len()["len"].to_numpy()
    apart = 1 - (shares[None, :] ** sizes[:, None]).sum(axis=1)
    return (n - twins.height + best) / max(n, 1), float((apart * sizes).sum() / sizes.sum())
