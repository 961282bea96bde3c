"""Arithmetic by which columns yield the target exactly: copies, sums, differences, products, ratios, group means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.matrix import numbers_of
from rung.facts.sample import Sample
from rung.facts.schema import Schema
from rung.facts.target import Target

Floats = NDArray[np.float64]
MAX_COLUMNS = 60  # 1,770 pairs; wider tables are searched among the first numbers only
FIRST_LOOK = 64  # rows on which a formula must hold before all rows are asked
EXACT = 1e-6  # relative; far above rounding of doubles and of six printed digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One formula and the share of rows (with all values known) on which it is exact.

    kind : 'copy', 'one-to-one', 'sum', 'difference', 'product', 'ratio', 'linear' or 'group mean'.
    n : rows on which it could be asked.   group_size : rows a group in the median, group means only.
    """

    names: tuple[str, ...]
    kind: str
    formula: str
    share: float
    n: int
    group_size: float = float("nan")

    def told(self, target: str) -> str:
        """The formula as one sentence."""
        return f"The target '{target}' is {self.formula} in {self.share:.1%} of {self.n:,} rows."


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactRelations:
    """Relations found, strongest kind first."""

    relations: tuple[Relation, ...]


@fact(cost="pass")
def exact_relations(sample: Sample, schema: Schema, target: Target) -> ExactRelations:
    """Try the formulas on at most 100,000 rows; pairs are looked at on 64 rows first."""
    y = target.y[sample.rows]
    known = ~np.isnan(y)
    found = list(_one_to_one(sample, schema, target, known))
    taken = {relation.names[0] for relation in found}
    numbers = {}
    for column in schema.features_of("numeric", "boolean"):
        if column.name not in taken and len(numbers) < 500:
            numbers[column.name] = numbers_of(sample.table.column(column.name), column.kind)[known]
    wanted = y[known]
    if target.is_classification:
        found += _group_means(numbers, wanted, target)
        return ExactRelations(relations=tuple(found))
    if len(wanted) >= 20 and len(np.unique(wanted)) > 10:
        found += _copies(numbers, wanted)
        found += _pairs(dict(list(numbers.items())[:MAX_COLUMNS]), wanted)
        found += [] if found else _linear(dict(list(numbers.items())[:MAX_COLUMNS]), wanted)
        found += _group_means(numbers, wanted, target)
    return ExactRelations(relations=tuple(found))


def _one_to_one(sample: Sample, schema: Schema, target: Target, known: NDArray[np.bool_]) -> Iterator[Relation]:
    """Columns whose values and the target's name each other."""
    frame = sample.table.frame.filter(known)
    n_labels = frame.get_column(target.name).n_unique()
    for column in schema.features:
        if column.kind in ("empty", "text") or n_labels < 2 or not 0 <= column.n_distinct - n_labels <= 1 or n_labels > 0.5 * frame.height:
            continue
        values = frame.select(target.name, column.name).drop_nulls()
        if (
            values.height >= 20
            and values.n_unique() == values.get_column(column.name).n_unique() == n_labels == values.get_column(target.name).n_unique()
        ):
            yield Relation(
                names=(column.name,),
                kind="one-to-one",
                formula=f"told by '{column.name}', one value for each value,",
                share=1.0,
                n=values.height,
            )


def _copies(numbers: dict[str, Floats], y: Floats) -> Iterator[Relation]:
    for name, x in numbers.items():
        share, n = _share(x, y, exact=True)
        if n >= 20 and len(np.unique(y)) > 20 and share > 0.0:
            yield Relation(names=(name,), kind="copy", formula=f"'{name}'", share=share, n=n)


def _share(guess: Floats, y: Floats, *, exact: bool = False) -> tuple[float, int]:
    """Share of rows where the guess is the target, within rounding, and the number of rows asked. Zeros on both sides prove nothing."""
    asked = np.isfinite(guess) & ~((y == 0) & (guess == 0))
    if not asked.any():
        return 0.0, 0
    slack = 0.0 if exact else 0.51 * _granule(y)
    hit = np.abs(guess[asked] - y[asked]) <= EXACT * np.abs(y[asked]) + slack
    return float(hit.mean()), int(asked.sum())


def _granule(y: Floats) -> float:
    """The rounding of the target (1, 0.1, 0.01, ...), zero where it is unrounded or so coarse that many guesses would round to it."""
    spread = float(np.median(np.abs(y - np.median(y))))
    for digits in range(4):
        if np.allclose(y, np.round(y, digits), rtol=0, atol=1e-9):
            return 10.0**-digits if spread > 50 * 10.0**-digits else 0.0
    return 0.0


def _pairs(numbers: dict[str, Floats], y: Floats) -> Iterator[Relation]:
    usable = {name: x for name, x in numbers.items() if np.unique(x[np.isfinite(x)]).size > 5}
    look = np.linspace(0, len(y) - 1, min(FIRST_LOOK, len(y))).astype(np.int64)
    for a, b in combinations(usable, 2):
        first = [
            (kind, formula) for kind, formula, guess in _formulas(a, b, usable[a][look], usable[b][look]) if _share(guess, y[look])[0] > 0.8
        ]
        for kind, formula in first:
            guess = next(each for name, text, each in _formulas(a, b, usable[a], usable[b]) if text == formula and name == kind)
            share, n = _share(guess, y)
            if n >= 20 and share > 0.8:
                yield Relation(names=(a, b), kind=kind, formula=formula, share=share, n=n)


def _formulas(a: str, b: str, left: Floats, right: Floats) -> Iterator[tuple[str, str, Floats]]:
    with np.errstate(all="ignore"):
        yield "sum", f"'{a}' + '{b}'", left + right
        yield "difference", f"'{a}' - '{b}'", left - right
        yield "difference", f"'{b}' - '{a}'", right - left
        yield "product", f"'{a}' * '{b}'", left * right
        yield "ratio", f"'{a}' / '{b}'", left / right
        yield "ratio", f"'{b}' / '{a}'", right / left


def _linear(numbers: dict[str, Floats], y: Floats) -> Iterator[Relation]:
    """Sums and differences of three columns and more: a least-squares fit whose weights are all -1, 0 or 1 and that leaves nothing."""
    names = [name for name, x in numbers.items() if np.isfinite(x).mean() > 0.95 and np.ptp(x[np.isfinite(x)]) > 0]
    if len(names) < 3:
        return
    x = np.column_stack([numbers[name] for name in names])
    complete = np.flatnonzero(np.isfinite(x).all(axis=1))[:2_000]
    if len(complete) < 5 * len(names):
        return
    weights = np.linalg.lstsq(x[complete] - x[complete].mean(axis=0), y[complete] - y[complete].mean(), rcond=None)[0]
    used = np.abs(weights) > 0.5
    if used.sum() < 3 or np.abs(weights - np.round(weights)).max() > 1e-3 or np.abs(weights).max() > 1.001:
        return
    guess = x @ np.round(weights)
    share, n = _share(guess + np.median((y - guess)[complete]), y)
    if share > 0.8:
        chosen = tuple(name for name, use in zip(names, used, strict=True) if use)
        signed = " ".join(
            f"{'+' if weight > 0 else '-'} '{name}'" for name, weight in zip(names, weights, strict=True) if abs(weight) > 0.5
        )
        yield Relation(names=chosen, kind="linear", formula=signed.removeprefix("+ "), share=share, n=n)


def _group_means(numbers: dict[str, Floats], y: Floats, target: Target) -> Iterator[Relation]:
    """Columns whose value is the mean target of the rows that bear this value: an average that knew each row's own label."""
    wanted = [y] if not target.is_classification else [(y == code).astype(float) for code in range(min(len(target.classes), 5))]
    for name, x in numbers.items():
        known = np.isfinite(x)
        values, inverse, counts = np.unique(x[known], return_inverse=True, return_counts=True)
        if len(values) < 10 or len(values) > 0.9 * known.sum():
            continue
        for each in wanted:
            means = np.bincount(inverse, weights=each[known]) / counts
            # Groups of two and more: a lone row's mean is its own target, which the copies have tried. 0 and 1 are met by chance.
            asked = (counts >= 2) & (means > 0) & (means < 1) if target.is_classification else counts >= 2
            hit = asked & (np.abs(values - means) <= EXACT * (1 + np.abs(means)))
            if counts[asked].sum() >= 20 and asked.sum() >= 5:
                share = float(counts[hit].sum() / counts[asked].sum())
                if share > 0.5:
                    yield Relation(
                        names=(name,), kind="group mean", formula=f"mean of '{target.name}' over the rows with the same '{name}'", share=share,
                        n=int(counts[asked].sum()), group_size=float(np.median(np.repeat(counts, counts))),
                    )  # fmt: skip
                    break
