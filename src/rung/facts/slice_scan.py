"""Slices where the model errs more than it knows itself, and slices that are simply hard: found on one half, confirmed on the other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.conditions import Condition, Conditions
from rung.facts.errors_before import ErrorsBefore
from rung.facts.expected_errors import ExpectedErrors
from rung.facts.how_split import HowSplit
from rung.facts.matrix import Matrix
from rung.facts.sample import row_keys
from rung.facts.schema import Schema
from rung.facts.scored import Scored
from rung.stats.intervals import Interval
from rung.stats.slices import Confirmed, Hit, apart, confirm, screen

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MAX_ROWS = 12_000  # looked at: half of them find, half confirm
MAX_CONDITIONS = 220  # that are joined in pairs; of more, those that stand out alone
SCREENED = 60  # pairs that each expectation proposes; they are then measured one by one
MIN_ROWS = 15  # of a slice on the half that finds it
MOST = 0.5  # share of the rows: what holds most of them is no part where the model fails, but the model
HITS = 10  # put to the test
STRETCHES = 20  # of time from which halves are made of whole ones
ENTITIES = 10  # from which rows of one stay together; fewer do so where they are others than in training
FEWEST_BEFORE = 20  # training rows like a slice's from which their error is told
ALPHA = 0.005  # over all hits of one direction; two directions are tried: 0.01 in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One slice on the rows that did not find it.

    rows : its scored rows, as places in `Scored`.   n : of them on the confirming half.   excess : mean excess error with its simultaneous interval.
    inside, expected, outside : mean error inside, what was expected there, and the mean outside; shares of wrong rows or mean absolute errors.
    p : one-sided, over all slices that were put to the test.   before : numbers: mean absolute error of unseen training rows that meet the
    conditions, NaN where it is not known.
    """

    conditions: tuple[Condition, ...]
    rows: NDArray[np.int64]
    n: int
    excess: Interval
    inside: float
    expected: float
    outside: float
    p: float
    before: float = float("nan")

    @property
    def text(self) -> str:
        """All conditions in words."""
        return " and ".join(each.text for each in self.conditions)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it is about."""
        return tuple(dict.fromkeys(each.column for each in self.conditions))


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceScan:
    """Both scans.

    weak : more errors than the model's own confidence (or, for numbers, the size of the prediction) lets expect.
    hard : more errors than elsewhere, which the model may know.   looked_at : slices compared.   n : rows.   sure_of_itself : whether it gives probabilities.
    """

    weak: tuple[Slice, ...]
    hard: tuple[Slice, ...]
    looked_at: int
    n: int
    sure_of_itself: bool


@fact(cost="pass")
def slice_scan(
    scored: Scored,
    conditions: Conditions,
    expected: ExpectedErrors,
    schema: Schema,
    matrix: Matrix,
    errors: ErrorsBefore | None,
    split: HowSplit | None,
) -> SliceScan:
    """Compare all slices of one and two conditions. Unavailable below 100 rows or without conditions."""
    if scored.n < 100 or not conditions.conditions:
        raise Unavailable(f"only {scored.n} scored rows: too few to find slices on one half and confirm them on the other")
    kept = np.sort(np.argsort(row_keys(scored.rows, 31), kind="stable")[:MAX_ROWS])
    together = clusters(scored, schema, split)
    finders = row_keys(scored.rows if together is None else together, 32)[kept] < 0.5
    halves = kept[finders], kept[~finders]
    if min(len(each) for each in halves) < 40:
        raise Unavailable("one entity or period holds nearly all rows")
    scans = [_Scan(conditions, found_on, other, together) for found_on, other in (halves, halves[::-1])]
    everywhere = np.zeros(scored.n, dtype=np.int64)
    mean, spread = np.full(scored.n, expected.error.mean()), np.full(scored.n, max(float(expected.error.var()), 1e-12))
    average = replace(expected, smooth=mean, claimed=mean, variance=spread, owned=np.zeros(scored.n), cell=everywhere, ordered=False)
    claimed = replace(expected, smooth=expected.claimed)
    k = min(len(conditions.conditions), MAX_CONDITIONS)
    weak = _joined([each.slices(expected, claimed, average) for each in scans])
    return SliceScan(
        weak=tuple(replace(each, before=_before(each, matrix, errors, float(expected.error.max()))) for each in weak),
        hard=_joined([each.slices(average) for each in scans]),
        looked_at=k * (k + 1) // 2,
        n=len(kept),
        sure_of_itself=scored.p is not None,
    )


def clusters(scored: Scored, schema: Schema, split: HowSplit | None) -> NDArray[np.int64] | None:
    """Rows that may err together: those of one declared entity, or of one stretch of time; None where neither is declared, and where the
    entities are a few that training holds too (sites): they are known, and no sample of others.
    """
    others = scored.where == "test" and split is not None and split.kind == "grouped"
    for name, kind in ((schema.groups, "group"), (schema.time, "time")):
        if name is None or name not in scored.table.columns:
            continue
        code = scored.table.column(name)[scored.rows].rank("dense").fill_null(0).to_numpy().astype(np.int64)
        distinct = len(np.unique(code))
        if kind == "group" and distinct >= (2 if others else ENTITIES):
            return code
        if kind == "time" and distinct >= 2 * STRETCHES:  # rows of one moment stay together
            return np.searchsorted(np.quantile(code, np.linspace(0, 1, STRETCHES + 1)[1:-1]), code).astype(np.int64)
    return None


def _before(found: Slice, matrix: Matrix, errors: ErrorsBefore | None, cap: float) -> float:
    """Mean absolute error of training rows like these, cut as the judged ones are."""
    if errors is None or any(matrix.place(each.column) is None for each in found.conditions):
        return float("nan")
    inside = np.ones(len(errors.places), dtype=bool)
    for each in found.conditions:
        place = matrix.names.index(each.column)
        inside &= each.holds(matrix.x[errors.places, place], matrix.encoders[place].labels)
    return float(np.minimum(np.abs(errors.residual[inside]), cap).mean()) if inside.sum() >= FEWEST_BEFORE else float("nan")


def _joined(found: list[tuple[Slice, ...]]) -> tuple[Slice, ...]:
    """What was found on either half and confirmed on the other, each slice once, by its surer confirmation."""
    best: dict[tuple[Condition, ...], Slice] = {}
    for each in sorted((one for part in found for one in part), key=lambda one: one.p):
        best.setdefault(each.conditions, each)
    return tuple(sorted(best.values(), key=lambda one: -one.excess.low * one.n))


class _Scan:
    """One pair of halves; each call scans other expectations."""

    def __init__(
        self, conditions: Conditions, found_on: NDArray[np.int64], confirmed_on: NDArray[np.int64], cluster: NDArray[np.int64] | None
    ) -> None:
        self.all, self.finders, self.others = conditions, found_on, confirmed_on
        self.cluster = cluster[confirmed_on] if cluster is not None else None

    def slices(self, *tried: ExpectedErrors) -> tuple[Slice, ...]:
        """Find by each expectation in turn, confirm by the first one's without the rows inside, and describe what was confirmed.

        A slice of like predictions hides from the expectation of like predictions and shows against the average; only the confirmation decides.
        """
        expected, others = tried[0], self.others
        chosen = self._chosen(expected.error - tried[-1].smooth, tried[-1].variance)
        hits = self._hits(tried, chosen)
        member = self.all.member[np.ix_(others, chosen)]

        def excess_of(hit: Hit) -> tuple[Floats, Floats]:
            excess, variance = self._rated(expected, chosen, hit)
            return excess[others], variance[others]

        confirmed = confirm(hits, member, excess_of, ALPHA, self.cluster)
        found = [self._described(each, chosen, member, expected.error) for each in confirmed if each.p <= ALPHA]
        return tuple(sorted(found, key=lambda one: -one.excess.low * one.n))

    def _described(self, each: Confirmed, chosen: NDArray[np.int64], member: Bools, error: Floats) -> Slice:
        inside = member[:, list(each.hit.conditions)].all(axis=1)
        places = chosen[list(each.hit.conditions)]
        wrong = float(error[self.others][inside].mean())
        return Slice(
            conditions=tuple(self.all.conditions[place] for place in places.tolist()),
            rows=np.flatnonzero(self.all.member[:, places].all(axis=1)),
            n=each.n,
            excess=each.excess,
            inside=wrong,
            expected=wrong - each.excess.value,
            outside=float(error[self.others][~inside].mean()),
            p=each.p,
        )

    def _hits(self, tried: tuple[ExpectedErrors, ...], chosen: NDArray[np.int64]) -> list[Hit]:
        """What may be a slice, by what the confirmation will ask, on the rows that find: all single conditions, and pairs that some expectation shows."""
        rows, k = self.finders, len(chosen)
        member = self.all.member[np.ix_(rows, chosen)]
        seen = {(place,): Hit(conditions=(place,), n=int(member[:, place].sum()), z=0.0) for place in range(k)}
        for each in tried:
            pairs = screen(
                member, self.all.column[chosen], (each.error - each.smooth)[rows], each.variance[rows], min_rows=MIN_ROWS, count=SCREENED
            )
            seen |= {hit.conditions: hit for hit in pairs}
        hits, sums, spreads = [], [], []
        for hit in (each for each in seen.values() if MIN_ROWS <= each.n <= MOST * len(rows)):
            excess, variance = self._rated(tried[0], chosen, hit)
            inside = rows[member[:, list(hit.conditions)].all(axis=1)]
            hits.append(hit)
            sums.append(float(excess[inside].sum()))
            spreads.append(float(variance[inside].sum()))
        return apart(hits, member, np.array(sums), np.array(spreads), count=HITS)

    def _rated(self, expected: ExpectedErrors, chosen: NDArray[np.int64], hit: Hit) -> tuple[Floats, Floats]:
        """(excess, variance) of all rows where rows outside of the slice say what to expect."""
        inside = np.asarray(self.all.member[:, chosen[list(hit.conditions)]].all(axis=1))
        mean, variance = expected.without(inside)
        return expected.error - mean, variance

    def _chosen(self, excess: Floats, variance: Floats) -> NDArray[np.int64]:
        """All conditions, or of very many those that stand out most alone, on the finding rows."""
        k = len(self.all.conditions)
        if k <= MAX_CONDITIONS:
            return np.arange(k)
        inside = self.all.member[self.finders].astype(np.float32)
        z = (inside.T @ excess[self.finders].astype(np.float32)) / np.sqrt(
            np.maximum(inside.T @ variance[self.finders].astype(np.float32), 1e-9)
        )
        return np.sort(np.argsort(-z, kind="stable")[:MAX_CONDITIONS])
