"""Columns that hold the mean of the target per level, with the row's own label in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.schema import Schema
from rung.facts.target import Target, TestTarget, label_texts
from rung.inputs.case import Test, Train
from rung.inputs.model import Floats

Form = Literal["mean", "smoothed mean", "leave-one-out mean"]
MAX_COLUMNS = 200
MAX_GROUPINGS = 60  # category columns that are tried as the groups of an encoding
MAX_CLASSES = 10
Y = "__rung_y__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """One column that equals a mean of the target.

    grouping : the column whose levels were averaged, '' where only the encoded values are left.   label : class counted, '' for a quantity.
    over : 'training' rows, or 'training and test' rows.   n_levels, n_rows : groups and rows behind the match.
    matched_share : share of rows whose value is the mean, 0..1.   values, means : shape (n_levels,), at most 1,000 of them.
    """

    column: str
    grouping: str
    form: Form
    label: str
    over: str
    n_levels: int
    n_telling: int
    n_rows: int
    matched_share: float
    values: Floats
    means: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetEncodings:
    """Every encoding found, the closest match of each column only."""

    found: tuple[Encoding, ...]


@fact(cost="pass")
def target_encodings(train: Train, schema: Schema, target: Target, test: Test | None, truth: TestTarget | None) -> TargetEncodings:
    """Group every numeric column by its own values and by each category column, over all rows: a sample has other means."""
    found_columns = [each for each in schema.features_of("numeric") if not each.integer and each.n_distinct > 2]
    # An encoding repeats its values: in a very wide table only the columns that repeat most are looked at.
    columns = sorted(found_columns, key=lambda each: each.n_distinct)[:MAX_COLUMNS]
    names = [each.name for each in columns if each.n_distinct < 0.8 * max(each.n_sampled, 1)]
    levels = [each.name for each in schema.features if each.kind in ("category", "boolean") or (each.kind == "numeric" and each.integer)]
    groupings = [name for name in levels if 1 < schema.column(name).n_distinct < 0.8 * train.table.n_rows][:MAX_GROUPINGS]
    loose = [each.name for each in columns]
    found: dict[str, Encoding] = {}
    for over, frame, y in _views(train, target, test, truth):
        for label, numbers in _numbers(y, target):
            for each in _search(frame, numbers, names, groupings, loose):
                best = found.get(each.column)
                if best is None or (each.matched_share, bool(each.grouping)) > (best.matched_share, bool(best.grouping)):
                    found[each.column] = _labelled(each, label, over)
    return TargetEncodings(found=tuple(found.values()))


def _labelled(each: Encoding, label: str, over: str) -> Encoding:
    from dataclasses import replace

    return replace(each, label=label, over=over)


def _views(train: Train, target: Target, test: Test | None, truth: TestTarget | None) -> Iterator[tuple[str, pl.DataFrame, Floats]]:
    yield "training", train.table.frame, target.y
    if test is not None and truth is not None and set(train.table.columns) <= set(test.table.columns):
        try:
            both = pl.concat([train.table.frame, test.table.frame.select(train.table.columns)], how="vertical_relaxed")
        except pl.exceptions.PolarsError:  # kinds differ between the tables: other rules say so
            return
        yield "training and test", both, np.concatenate([target.y, truth.y])


def _numbers(y: Floats, target: Target) -> Iterator[tuple[str, Floats]]:
    """The numbers whose means may have been taken: the quantity, or one class against the rest."""
    missing = np.isnan(y)
    if not target.is_classification:
        yield "", y
        return
    codes = range(min(len(target.classes), MAX_CLASSES)) if target.task == "multiclass" else (target.positive, 1 - target.positive)
    for code in codes:
        if 0 <= code < len(target.classes):
            yield target.classes[code], np.where(missing, np.nan, (y == code).astype(float))
    texts = label_texts(pl.Series(list(target.classes))).cast(pl.Float64, strict=False)
    if target.task == "multiclass" and texts.null_count() == 0:
        values = texts.to_numpy()
        yield "", np.where(missing, np.nan, values[np.where(missing, 0, y).astype(int)])


def _search(frame: pl.DataFrame, y: Floats, names: list[str], groupings: list[str], loose: list[str]) -> Iterator[Encoding]:
    known = ~np.isnan(y)
    part = frame.with_columns(pl.Series(Y, y)).filter(pl.Series(known))
    # A column of numbers in training may hold texts elsewhere.
    names, loose = ([each for each in some if part.schema[each].is_numeric()] for some in (names, loose))
    prior, spread = float(y[known].mean()), float(y[known].var())
    if part.height < 20 or not spread > 0:
        return
    plausible = _plausible(part, loose, spread)
    names, loose = ([each for each in some if each in plausible] for some in (names, loose))
    for name in names:
        yield from _constant_within(part, name, name, prior, spread)
    for grouping in groupings:
        yield from _within(part, grouping, [name for name in loose if name != grouping], prior, spread)


def _plausible(part: pl.DataFrame, names: list[str], spread: float) -> set[str]:
    """Columns that can be means of the target: within its range, and with its mean over the rows that have a value.

    Any mean of labels, shrunk or with the row left out, lies between them, and averages over rows to their own average.
    """
    if not names:
        return set()
    low, high, deviation = float(part[Y].min()), float(part[Y].max()), float(np.sqrt(spread))  # type: ignore[arg-type]
    slack = 0.01 * (high - low)  # an encoding may be rounded to two decimals
    values = [pl.col(name).cast(pl.Float64) for name in names]
    table = part.select(
        *[each.min().alias(f"low {place}") for place, each in enumerate(values)],
        *[each.max().alias(f"high {place}") for place, each in enumerate(values)],
        *[(each.mean() - pl.col(Y).filter(each.is_not_null()).mean()).alias(f"off {place}") for place, each in enumerate(values)],
    ).row(0, named=True)
    found = set()
    for place, name in enumerate(names):
        bounds = table[f"low {place}"], table[f"high {place}"], table[f"off {place}"]
        # A column with a value that is no number (nan) is judged by the full comparison.
        if None not in bounds and not (bounds[0] < low - slack or bounds[1] > high + slack or abs(bounds[2]) > 0.1 * deviation + slack):
            found.add(name)
    return found


def _within(part: pl.DataFrame, grouping: str, names: list[str], prior: float, spread: float) -> Iterator[Encoding]:
    """Encodings of one category column: constant within its levels, or constant within level and label (leave one out)."""
    if not names:
        return
    spans = part.group_by(grouping).agg([(pl.col(name).max() - pl.col(name).min()).alias(name) for name in names])
    others = _others_means(part, grouping)
    for name in names:
        flat = (spans[name].fill_null(0.0).abs() < 1e-12).mean()
        if flat == 1.0:
            yield from _constant_within(part, name, grouping, prior, spread)
        else:
            yield from _left_out(part, name, grouping, others)


def _constant_within(part: pl.DataFrame, name: str, grouping: str, prior: float, spread: float) -> Iterator[Encoding]:
    values = pl.col(name).cast(pl.Float64)
    groups = part.filter(pl.col(name).is_not_null()).group_by(grouping).agg(
        pl.len().alias("n"), pl.col(Y).mean().alias("mean"), pl.col(Y).var(ddof=0).alias("var"), values.first().alias("value")
    )  # fmt: skip
    n, mean, var, value = (groups[each].to_numpy().astype(float) for each in ("n", "mean", "var", "value"))
    if len(n) < 3:
        return
    forms: tuple[tuple[Form, Floats], ...] = (
        ("mean", mean),
        ("smoothed mean", _bayes(n, mean, var, prior, spread)),
        ("smoothed mean", _shrunk(n, mean, value, prior)),
    )
    for form, expected in forms:
        close = np.abs(value - expected) <= _tolerance(value)
        share = float(n[close].sum() / n.sum())
        telling = int((close & (var > 0)).sum())
        yield _encoding(name, grouping if grouping != name else "", form, n, telling, share, value, expected)


def _encoding(name: str, grouping: str, form: Form, n: Floats, telling: int, share: float, value: Floats, expected: Floats) -> Encoding:
    return Encoding(
        column=name, grouping=grouping, form=form, label="", over="", n_levels=len(n), n_telling=telling, n_rows=int(n.sum()),
        matched_share=share, values=value[:1_000].copy(), means=expected[:1_000].copy(),
    )  # fmt: skip


def _tolerance(value: Floats) -> float:
    """Half a unit of the last decimal that the column keeps, up to six of them."""
    known = value[np.isfinite(value)]
    for decimals in (2, 3, 4, 5, 6):
        if known.size and np.allclose(known, np.round(known, decimals), rtol=0, atol=1e-9):
            return 0.5001 * 10.0**-decimals
    return 1e-7 * max(1.0, float(np.abs(known).max()) if known.size else 1.0)


def _bayes(n: Floats, mean: Floats, var: Floats, prior: float, spread: float) -> Floats:
    """Empirical-Bayes shrinkage, Micci-Barreca (2001): the weight of a level is n * V / (n * V + v), V and v the variances of all rows and of the level."""
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(n * spread + var > 0, n * spread / (n * spread + var), 1.0)
    return weight * mean + (1 - weight) * prior


def _shrunk(n: Floats, mean: Floats, value: Floats, prior: float) -> Floats:
    """Means shrunk by the one pseudo-count m that fits the column best; NaN where no positive one does."""
    with np.errstate(invalid="ignore", divide="ignore"):
        counts = n * (mean - value) / (value - prior)
    usable = counts[np.isfinite(counts) & (counts > 1e-6) & (np.abs(value - prior) > 1e-3 * (np.abs(prior) + 1e-12))]
    m = float(np.median(usable)) if usable.size >= 5 else np.nan
    m = round(m) if abs(m - round(m if np.isfinite(m) else 0)) < 1e-3 * max(m, 1) else m
    return (n * mean + m * prior) / (n + m)


def _others_means(part: pl.DataFrame, grouping: str) -> tuple[NDArray[np.int64], Floats, NDArray[np.bool_]]:
    """For at most 5,000 rows of levels with several: their positions, the mean of the level's other rows, and whether the own label is not the level's mean."""
    sums = part.select(pl.len().over(grouping).alias("n"), pl.col(Y).sum().over(grouping).alias("sum"), pl.col(Y))
    n, total, y = (sums[each].to_numpy().astype(float) for each in ("n", "sum", Y))
    rows = np.flatnonzero(n > 1)[:5_000]
    return rows, (total[rows] - y[rows]) / (n[rows] - 1), np.abs(total[rows] / n[rows] - y[rows]) > 0


def _left_out(
    part: pl.DataFrame, name: str, grouping: str, others: tuple[NDArray[np.int64], Floats, NDArray[np.bool_]]
) -> Iterator[Encoding]:
    """The mean of the other rows of the level: it moves against the row's own label."""
    rows, expected, moves = others
    value = part[name][rows].cast(pl.Float64).to_numpy().astype(float)
    known = np.isfinite(value)
    if known.sum() < 20:
        return
    close = np.abs(value - expected)[known] <= _tolerance(value[known])
    if close.mean() > 0.5:
        yield Encoding(
            column=name, grouping=grouping, form="leave-one-out mean", label="", over="", n_levels=part[grouping].n_unique(),
            n_telling=int((close & moves[known]).sum()), n_rows=part.height, matched_share=float(close.mean()),
            values=value[known][:1_000].copy(), means=expected[known][:1_000].copy(),
        )  # fmt: skip
