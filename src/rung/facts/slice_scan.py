"""Slices where the model errs more than it knows itself, and slices that are simply hard: found on one half, confirmed on the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.conditions import Condition, Conditions
from rung.facts.sample import row_keys
from rung.facts.scored import Scored
from rung.stats.intervals import Interval
from rung.stats.slices import confirm, expected_by, strongest

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MAX_ROWS = 12_000  # looked at: half of them find, half confirm
MAX_CONDITIONS = 220  # that are joined in pairs; of more, those that stand out alone
HITS = 8
ALPHA = 0.01  # over all hits of one scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One slice on the rows that did not find it.

    rows : its scored rows, as places in `Scored`.   n : of them on the confirming half.   excess : mean excess error with its simultaneous interval.
    inside, expected, outside : mean error inside, what was expected there, and the mean outside; shares of wrong rows or mean absolute errors.
    p : one-sided, over all slices that were put to the test.
    """

    conditions: tuple[Condition, ...]
    rows: NDArray[np.int64]
    n: int
    excess: Interval
    inside: float
    expected: float
    outside: float
    p: float

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
def slice_scan(scored: Scored, conditions: Conditions) -> SliceScan:
    """Compare all slices of one and two conditions. Unavailable below 100 rows or without conditions."""
    if scored.n < 100 or not conditions.conditions:
        raise Unavailable(f"only {scored.n} scored rows: too few to find slices on one half and confirm them on the other")
    kept = np.sort(np.argsort(row_keys(scored.rows, 31), kind="stable")[:MAX_ROWS])
    error, own, spread = errors(scored)
    base, base_spread = np.full(scored.n, error.mean()), np.full(scored.n, error.var())
    finders = row_keys(scored.rows, 32)[kept] < 0.5
    scan = _Scan(conditions, kept[finders], kept[~finders])
    k = min(len(conditions.conditions), MAX_CONDITIONS)
    return SliceScan(
        weak=scan.slices(error, own, spread),
        hard=scan.slices(error, base, base_spread),
        looked_at=k * (k + 1) // 2,
        n=len(kept),
        sure_of_itself=scored.p is not None,
    )


def errors(scored: Scored) -> tuple[Floats, Floats, Floats]:
    """Each row's error, the error expected of a row on which the model is as sure, and its variance; shape (n,) each.

    Classes: 1 for a wrong row, expected among rows of like confidence in the same predicted class. Numbers: absolute residual, cut at its
    99th percentile so that no single row makes a slice, expected among rows of like prediction.
    """
    if scored.target.is_classification:
        error = scored.wrong.astype(float)
        confidence = scored.confidence if scored.confidence is not None else np.zeros(scored.n)
        return error, *expected_by(confidence, error, scored.labels.astype(np.int64))
    size = np.abs(scored.residual)
    error = np.minimum(size, np.quantile(size, 0.99))
    return error, *expected_by(scored.labels, error, np.zeros(scored.n, dtype=np.int64))


class _Scan:
    """One pair of halves; each call scans another expectation."""

    def __init__(self, conditions: Conditions, found_on: NDArray[np.int64], confirmed_on: NDArray[np.int64]) -> None:
        self.all, self.finders, self.others = conditions, found_on, confirmed_on

    def slices(self, error: Floats, expected: Floats, variance: Floats) -> tuple[Slice, ...]:
        """Find, confirm, and describe what was confirmed."""
        excess = error - expected
        chosen = self._chosen(excess, variance)
        rows = self.finders
        hits = strongest(
            self.all.member[np.ix_(rows, chosen)], self.all.column[chosen], excess[rows], variance[rows], min_rows=15, count=HITS
        )
        others = self.others
        member = self.all.member[np.ix_(others, chosen)]
        found = []
        for each in confirm(hits, member, excess[others], variance[others], ALPHA):
            inside = member[:, list(each.hit.conditions)].all(axis=1)
            if each.p > ALPHA:
                continue
            places = chosen[list(each.hit.conditions)]
            found.append(
                Slice(
                    conditions=tuple(self.all.conditions[place] for place in places.tolist()),
                    rows=np.flatnonzero(self.all.member[:, places].all(axis=1)),
                    n=each.n,
                    excess=each.excess,
                    inside=float(error[others][inside].mean()),
                    expected=float(expected[others][inside].mean()),
                    outside=float(error[others][~inside].mean()),
                    p=each.p,
                )
            )
        return tuple(sorted(found, key=lambda one: -one.excess.low * one.n))

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
