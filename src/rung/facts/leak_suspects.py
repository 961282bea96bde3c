"""The columns that come near the target alone, and how far everything else gets without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.leak_companions import companions
from rung.facts.leak_views import N_PARTS, LeakViews, View, skill_of
from rung.facts.learners import nonlinear
from rung.facts.matrix import Matrix
from rung.facts.out_of_fold import out_of_fold
from rung.facts.score import FoldScores, Metric, compare, score_folds
from rung.facts.single import ColumnScores, small_tree
from rung.inputs.settings import Settings
from rung.stats.arrays import midranks
from rung.stats.distributions import two_sided_z

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Bounds of the work, no verdict: below these nobody could speak of a leak, so no model is fitted.
WORTH_SKILL = 0.88
WORTH_MISSING = 0.4
WORTH_ALONE = 0.7
WORTH_PURE = 0.25
LEAST_FILLED = 30
MAX_SUSPECTS = 3
SPOKEN = {"missing": "That {} is missing", "parity": "The parity of {}", "text": "A part of the text in {}", "pair": "{}"}
MAX_REST = 80  # columns of the rest, best first: what the others add is no rival to a leak


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A column or pair that is strong alone.

    alone, rest : skills (0 chance, 1 perfect) of it alone, and of all columns without it and without its equals.
    gap : score of it alone minus score of the rest, paired on the same rows.   equals : other columns as near to perfect.
    runner_up : skill of the best other column that is not among its equals.   parts : skill of the better half of a pair.
    pure_rest : what the rest gives on average for the pure class on the pure rows, NaN where there are none.   n_pure : those rows.
    filled : where the column is filled for (all but a hundredth of) one class alone, the share of that class that it is filled for; else 0.
    n_cells : different values of the view.   companions : columns that carry the same knowledge, most alike first.
    pure_prior : share of the pure class.   largest_pure : rows in the largest pure cell.
    dependence : largest correlation with another feature at a given target;   chance_dependence : what chance gives at 1 %;
    usual_dependence : the median of it over the other features.
    """

    view: View
    alone: float
    rest: float
    gap: Estimate
    equals: tuple[str, ...]
    runner_up: float
    parts: float
    pure_rest: float
    n_pure: int
    largest_pure: int
    pure_prior: float
    dependence: float
    chance_dependence: float
    usual_dependence: float
    n_rows: int
    n_cells: int
    filled: float
    companions: tuple[str, ...] = ()

    def scores(self, metric: Metric) -> tuple[float, float, float]:
        """Alone, the rest and the runner-up on the scale of the metric."""
        scale = metric.best - metric.chance
        return (metric.chance + scale * self.alone, metric.chance + scale * self.rest, metric.chance + scale * self.runner_up)

    def told(self, metric: Metric, family: tuple[str, ...], *, pure: bool) -> str:
        """What stands out, and who stands beside it; `pure`: it is the cells with one class rather than the score."""
        named = " and ".join(f"'{name}'" for name in self.view.names)
        beside = (
            f" {', '.join(repr(name) for name in family)} {'carries' if len(family) == 1 else 'carry'} the same knowledge."
            if family
            else ""
        )
        if self.filled and pure:
            return f"{named} is filled for one class only, and for {self.filled:.0%} of it.{beside}"
        if pure and self.alone < 0.9:
            share, sure = self.view.pure_share, self.pure_rest
            return f"{named} holds values with one class only: {share:.0%} of that class, of which all other columns are {sure:.0%} sure.{beside}"
        alone, rest, _ = self.scores(metric)
        subject = SPOKEN.get(self.view.kind, "{}").format(named)
        reach = "together reach" if len(self.view.names) > 1 else "alone reaches"
        return f"{subject} {reach} a {metric.name} of {alone:.3f}; all other columns together reach {rest:.3f}.{beside}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakSuspects:
    """At most three suspects, strongest first."""

    suspects: tuple[Suspect, ...]


@dataclass(frozen=True, slots=True)
class _Bench:
    """The rows, parts and solo skills that all suspects share."""

    matrix: Matrix
    folds: Folds
    metric: Metric
    solo: dict[str, float]
    seed: int


@fact(cost="fits")
def leak_suspects(views: LeakViews, columns: ColumnScores, matrix: Matrix, metric: Metric, settings: Settings) -> LeakSuspects:
    """Fit rung's model without the strongest columns, on the rows that the views were scored on. No strong column: no fit."""
    small = replace(matrix, x=matrix.x[views.places], y=views.y, rows=matrix.rows[views.places])
    solo = {name: (columns.of(name) - columns.chance) / (metric.best - columns.chance) for name in columns.names}
    for view in views.views:
        if len(view.names) == 1:
            solo[view.names[0]] = max(solo.get(view.names[0], 0.0), view.skill)
    bench = _Bench(small, Folds(fold=views.part, n_folds=N_PARTS, scheme="random"), metric, solo, settings.seed)
    found = [_suspect(each, bench) for each in _strongest(views, bench)]
    return LeakSuspects(suspects=tuple(_accompanied(each, views, bench) for each in found))


def _accompanied(suspect: Suspect, views: LeakViews, bench: _Bench) -> Suspect:
    """Only beside what is far ahead of all others can another column be an accomplice."""
    if not (suspect.gap.low > 0 and suspect.alone >= WORTH_SKILL):
        return suspect
    found = companions(suspect.view, views.views, bench.matrix, bench.solo, bench.metric.task != "regression")
    return replace(suspect, companions=tuple(name for name in found if name not in suspect.equals))


def _strongest(views: LeakViews, bench: _Bench) -> Iterable[View]:
    """The three strongest alone, then the one with the purest cells."""
    strong = [
        each for each in views.views if _strength(each, bench) >= WORTH_SKILL or (each.kind == "missing" and each.skill >= WORTH_MISSING)
    ]
    pure = [each for each in views.views if each.pure_share >= WORTH_PURE and len(each.cells)]
    strong = strong or _ahead(views, bench)
    ranked = [*sorted(strong, key=lambda each: -_strength(each, bench)), *sorted(pure, key=lambda each: -each.pure_share)]
    first = list({each.names: each for each in reversed(ranked)}.values())[::-1]
    return [*first[:MAX_SUSPECTS], *[each for each in first[MAX_SUSPECTS:] if each in pure and each not in strong][:1]]


def _ahead(views: LeakViews, bench: _Bench) -> list[View]:
    """The best single column where no other comes near it."""
    single = sorted((each for each in views.views if len(each.names) == 1), key=lambda each: -_strength(each, bench))
    others = [_strength(each, bench) for each in single[1:] if each.names != single[0].names]
    best = _strength(single[0], bench) if single else 0.0
    return single[:1] if best >= WORTH_ALONE and best >= max(others, default=0.0) + 0.15 else []


def _suspect(view: View, bench: _Bench) -> Suspect:
    accused = set(view.names)
    others = {name: skill for name, skill in bench.solo.items() if name not in accused}
    strength = _strength(view, bench)
    # A second copy of the answer must not stand for "everything else": columns as near to perfect are left out of the rest together.
    near = 1 - max(3 * (1 - strength), 0.005)
    equals = tuple(name for name, skill in others.items() if skill >= near) if strength > 0.95 else ()
    rest = _without(accused | set(equals), bench)
    alone = _alone(view, bench)
    dependence, chance, usual = _dependence(view, bench)
    pure_rest, n_pure, largest = _certainty(view, rest, bench.metric)
    left = [skill for name, skill in others.items() if name not in equals]
    return Suspect(
        view=view,
        alone=max(skill_of(bench.metric, alone.y, alone.prediction, alone.fold), view.skill),
        rest=skill_of(bench.metric, rest.y, rest.prediction, rest.fold) if rest is not None else 0.0,
        gap=compare(bench.metric, rest, alone) if rest is not None else Estimate(value=0.0, low=0.0, high=0.0, n=0),
        equals=equals,
        runner_up=max(left, default=0.0),
        parts=max((bench.solo.get(name, 0.0) for name in view.names), default=0.0) if len(view.names) > 1 else 0.0,
        pure_rest=pure_rest,
        n_pure=n_pure,
        largest_pure=largest,
        pure_prior=float(np.mean(bench.matrix.y == view.pure_class)),
        dependence=dependence,
        chance_dependence=chance,
        usual_dependence=usual,
        n_rows=len(alone.y),
        n_cells=len(np.unique(view.cells)),
        filled=_filled(view, bench),
    )


def _filled(view: View, bench: _Bench) -> float:
    place = bench.matrix.place(view.names[0]) if len(view.names) == 1 else None
    if place is None or bench.metric.task == "regression":
        return 0.0
    y, known = bench.matrix.y, ~np.isnan(bench.matrix.x[:, place])
    if known.all() or known.sum() < LEAST_FILLED:
        return 0.0
    counts = np.bincount(y[known].astype(int), minlength=bench.metric.n_classes)
    top = int(counts.argmax())
    return float(counts[top] / (y == top).sum()) if counts[top] >= 0.99 * known.sum() else 0.0


def _strength(view: View, bench: _Bench) -> float:
    return max(view.skill, bench.solo.get(view.names[0], 0.0)) if len(view.names) == 1 else view.skill


def _alone(view: View, bench: _Bench) -> FoldScores:
    """The better of the view's own predictions and a small tree on the column."""
    place = bench.matrix.place(view.names[0]) if len(view.names) == 1 else None
    seen = None
    if len(view.prediction):
        seen = score_folds("alone", bench.metric, bench.matrix.y, view.prediction, bench.folds.fold, bench.matrix.rows)
    if place is None or (seen is not None and view.kind != "value"):
        assert seen is not None
        return seen
    tree = out_of_fold("alone", small_tree(bench.metric), bench.matrix, bench.folds, bench.metric, columns=np.array([place]))
    return tree if seen is None or tree.mean > seen.mean else seen


def _without(names: set[str], bench: _Bench) -> FoldScores | None:
    free = [place for place, name in enumerate(bench.matrix.names) if name not in names]
    best = sorted(free, key=lambda place: -bench.solo.get(bench.matrix.names[place], 0.0))[:MAX_REST]
    left = np.array(sorted(best), dtype=np.int64)
    if not len(left):
        return None
    metric = bench.metric
    learner = nonlinear(metric.task, metric.n_classes, metric.positive, bench.matrix.categorical[left], bench.seed)
    return out_of_fold("the rest", learner, bench.matrix, bench.folds, metric, columns=left)


def _certainty(view: View, rest: FoldScores | None, metric: Metric) -> tuple[float, int, int]:
    """How sure the rest is of the class on the rows where the view leaves no doubt."""
    if rest is None or view.pure_class < 0 or not len(view.cells) or metric.task == "regression":
        return float("nan"), 0, 0
    is_class = rest.y == view.pure_class
    n_cells = int(view.cells.max()) + 1
    size, inside = np.bincount(view.cells, minlength=n_cells), np.bincount(view.cells, weights=is_class, minlength=n_cells)
    pure = (size == inside) & (size >= 5)
    rows, largest = pure[view.cells], int(size[pure].max(initial=0))
    if not rows.any():
        return float("nan"), 0, 0
    if metric.task == "multiclass":
        return float(np.nanmean(rest.prediction[rows, view.pure_class])), int(rows.sum()), largest
    given = rest.prediction[rows] if view.pure_class == metric.positive else 1 - rest.prediction[rows]
    return float(np.nanmean(given)), int(rows.sum()), largest


def _dependence(view: View, bench: _Bench) -> tuple[float, float, float]:
    """Correlations of ranks at a given target: real features hang together within a class, a copy of the target does not."""
    x, y = bench.matrix.x, bench.matrix.y
    place = bench.matrix.place(view.names[0])
    if place is None or len(view.names) > 1 or x.shape[1] < 4 or len(y) < 50:
        return float("nan"), float("nan"), float("nan")
    cells = (
        y.astype(np.int64) if bench.metric.task != "regression" else (midranks(y) * min(50, len(y) // 10) / (len(y) + 1)).astype(np.int64)
    )
    left = np.column_stack([_centred(midranks(np.where(np.isnan(each), np.nanmedian(each), each)), cells) for each in x.T])
    scale = np.sqrt((left**2).sum(axis=0))
    table = np.abs(left.T @ left) / np.maximum(np.outer(scale, scale), 1e-12)
    np.fill_diagonal(table, 0.0)
    others = np.delete(table.max(axis=1), place)
    chance = two_sided_z(1 - 0.01 / (x.shape[1] - 1)) / np.sqrt(len(y))
    return float(table[place].max()), float(chance), float(np.median(others))


def _centred(ranks: Floats, cells: Ints) -> Floats:
    return ranks - (np.bincount(cells, weights=ranks) / np.maximum(np.bincount(cells), 1))[cells]
