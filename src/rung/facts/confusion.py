"""Which class is taken for which, with the right denominators and intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.scored import Scored
from rung.stats.distributions import normal_p
from rung.stats.intervals import Interval, wilson
from rung.stats.multiplicity import holm

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistaken:
    """One kind of mistake: rows of class `true` called `called`.

    share : of the rows of the true class, with its interval.   expected : share if the mistakes of that class fell on the others as calls do in general.
    p : two-sided against `expected`, Holm over all pairs of classes; 1.0 with two classes, where there is only one way to be wrong.
    """

    true: int
    called: int
    count: int
    share: Interval
    expected: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """counts : shape (k, k), true class by called class.   classes : labels in that order.

    recall, precision : of each class.   mistakes : most frequent first, at least one row each.
    fnr, fpr : two classes only: missed over all positives, false alarms over all negatives.   positive : code, -1 for more classes.
    """

    counts: Ints
    classes: tuple[str, ...]
    recall: tuple[Interval, ...]
    precision: tuple[Interval, ...]
    mistakes: tuple[Mistaken, ...]
    fnr: Interval | None
    fpr: Interval | None
    positive: int
    n: int
    accuracy: Interval


@fact(cost="instant")
def confusion(scored: Scored) -> Confusion:
    """Count. Unavailable for regression."""
    target = scored.target
    if not target.is_classification:
        raise Unavailable("only for classification")
    k = len(target.classes)
    counts = np.zeros((k, k), dtype=np.int64)
    np.add.at(counts, (scored.y.astype(np.int64), scored.labels.astype(np.int64)), 1)
    right = counts.diagonal()
    recall = tuple(wilson(int(right[code]), int(counts[code].sum())) for code in range(k))
    precision = tuple(wilson(int(right[code]), int(counts[:, code].sum())) for code in range(k))
    return Confusion(
        counts=counts,
        classes=target.classes,
        recall=recall,
        precision=precision,
        mistakes=_mistakes(counts),
        fnr=_rate(counts, target.positive) if k == 2 else None,
        fpr=_rate(counts, 1 - target.positive) if k == 2 else None,
        positive=target.positive if k == 2 else -1,
        n=scored.n,
        accuracy=wilson(int(right.sum()), scored.n),
    )


def _rate(counts: Ints, code: int) -> Interval:
    """Share of this class that was called something else: FNR for the positive class, FPR for the negative one."""
    n = int(counts[code].sum())
    return wilson(n - int(counts[code, code]), n)


def _mistakes(counts: Ints) -> tuple[Mistaken, ...]:
    k, called = len(counts), counts.sum(axis=0) / max(1, counts.sum())
    found, chances = [], []
    for true, other in zip(*np.nonzero(counts * (1 - np.eye(k, dtype=np.int64))), strict=True):
        n, wrong, count = int(counts[true].sum()), int(counts[true].sum() - counts[true, true]), int(counts[true, other])
        elsewhere = 1 - called[true]
        share = float(called[other] / elsewhere) if elsewhere > 0 else 1.0
        error = np.sqrt(max(wrong * share * (1 - share), 1e-12))
        chances.append(normal_p((count - wrong * share) / error) if k > 2 else 1.0)
        found.append((int(true), int(other), count, wilson(count, n), wrong * share / n))
    adjusted = holm(np.array(chances)) if chances else np.empty(0)
    mistakes = [
        Mistaken(true=true, called=other, count=count, share=share, expected=expected, p=float(p))
        for (true, other, count, share, expected), p in zip(found, adjusted, strict=True)
    ]
    return tuple(sorted(mistakes, key=lambda each: -each.count))
