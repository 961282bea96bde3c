"""What changed parameters of the user's own estimator do to its score, on the same folds: looser, tighter, richer, longer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.matrix import Matrix
from rung.facts.own_model import OwnScores, refit_on_folds
from rung.facts.penalties import enriched, relaxed, tightened
from rung.facts.rivals import Headroom
from rung.facts.score import LEVEL, FoldScores, Metric, compare
from rung.facts.target import Target
from rung.inputs.case import Train
from rung.inputs.model import Model
from rung.stats.distributions import two_sided_z

PROBE_ROWS = 6_000  # as many as the matrix holds by default: no fit is made twice
PROBE_SECONDS = 6.0  # of one direction; what is not tried by then is left untried


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One changed setting and its out-of-fold scores."""

    changed: dict[str, object]
    scores: FoldScores


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The rows and folds of all probes, with the user's model as it is on them."""

    model: Model
    train: Train
    matrix: Matrix
    folds: Folds
    metric: Metric
    target: Target
    own: FoldScores


@dataclass(frozen=True, slots=True, kw_only=True)
class LooserProbes:
    """Penalties relaxed, mildest first; empty where the learner has none."""

    own: FoldScores
    tried: tuple[Probe, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TighterProbes:
    """Regularisation strengthened, mildest first; empty where the learner has none to strengthen."""

    own: FoldScores
    tried: tuple[Probe, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RicherProbes:
    """More depth, leaves or rounds for the same learner; empty where it has no such parameter below the usual."""

    own: FoldScores
    tried: tuple[Probe, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LongerProbes:
    """Trained with ten times the iterations; empty where it has no limit of iterations."""

    own: FoldScores
    tried: tuple[Probe, ...]


@fact(cost="fits")
def bench(model: Model, train: Train, matrix: Matrix, folds: Folds, metric: Metric, target: Target, own: OwnScores) -> Bench:
    """All rows of the matrix where they are few; otherwise every k-th, refitted once as the model is."""
    n_rows = len(matrix.y)
    if n_rows <= PROBE_ROWS:
        return Bench(model=model, train=train, matrix=matrix, folds=folds, metric=metric, target=target, own=own.result)
    chosen = np.linspace(0, n_rows - 1, PROBE_ROWS).astype(np.int64)
    smaller = replace(matrix, x=matrix.x[chosen], y=matrix.y[chosen], rows=matrix.rows[chosen])
    fewer = replace(folds, fold=folds.fold[chosen])
    result = refit_on_folds("your model", model, train, smaller, fewer, metric, target)
    return Bench(model=model, train=train, matrix=smaller, folds=fewer, metric=metric, target=target, own=result)


@fact(cost="fits")
def looser_probes(bench: Bench, headroom: Headroom) -> LooserProbes:
    """Tried only where something better than the user's model was seen: otherwise there is nothing to gain, and fits cost time."""
    settings = (
        relaxed(bench.model.name, bench.model.parameters) if (headroom.seen or headroom.loss_gap.low > 0) and not headroom.memorises else []
    )
    return LooserProbes(own=bench.own, tried=_try(bench, settings))


@fact(cost="fits")
def tighter_probes(bench: Bench, headroom: Headroom) -> TighterProbes:
    """Tried only where a reference is better on new rows and the model is better on its training rows than that reference on new ones."""
    n_fitted = int(len(bench.matrix.y) * (1 - 1 / bench.folds.n_folds))
    settings = tightened(bench.model.name, bench.model.parameters, n_fitted) if headroom.seen and headroom.memorises else []
    return TighterProbes(own=bench.own, tried=_try(bench, settings))


@fact(cost="fits")
def richer_probes(bench: Bench, headroom: Headroom) -> RicherProbes:
    """One richer setting of the same learner, where a reference is better and the model does not even fit its training rows so well."""
    settings = (
        enriched(bench.model.name, bench.model.parameters, bench.metric.n_classes) if headroom.seen and not headroom.memorises else []
    )
    return RicherProbes(own=bench.own, tried=_try(bench, settings))


@fact(cost="fits")
def longer_probes(bench: Bench) -> LongerProbes:
    """Ten times the limit of iterations, where the fit ended at its limit."""
    limit, used = bench.model.parameters.get("max_iter"), bench.model.fitted.get("n_iter_", 0.0)
    ended = isinstance(limit, int) and limit > 0 and used >= limit and not bench.model.tree_based
    return LongerProbes(own=bench.own, tried=_try(bench, [{"max_iter": 10 * limit}] if ended else []))  # pyright: ignore[reportOperatorIssue]


def best_gain(
    metric: Metric, own: FoldScores, tried: Sequence[Probe], measured: Callable[[Metric, FoldScores, FoldScores], Estimate] = compare
) -> tuple[Probe, Estimate] | None:
    """The setting that gains most, its paired interval widened for the number of settings that were tried (Bonferroni).

    measured : the paired difference, of the metric or of `skill_gain`.
    """
    gains = [(probe, measured(metric, own, probe.scores)) for probe in tried]
    known = [each for each in gains if np.isfinite(each[1].value)]
    if not known:
        return None
    probe, gain = max(known, key=lambda each: each[1].value)
    wider = two_sided_z(1 - (1 - LEVEL) / len(tried)) / two_sided_z(LEVEL)
    return probe, replace(gain, low=gain.value - wider * (gain.value - gain.low), high=gain.value + wider * (gain.high - gain.value))


def _try(bench: Bench, settings: Sequence[dict[str, object]]) -> tuple[Probe, ...]:
    """Refit with each setting until the time is spent. A setting that the learner refuses is passed over: it proves nothing."""
    started, tried, refused = time.perf_counter(), [], ""
    for changed in settings:
        if tried and time.perf_counter() - started > PROBE_SECONDS:
            break
        try:
            scores = refit_on_folds(
                spoken(changed), bench.model, bench.train, bench.matrix, bench.folds, bench.metric, bench.target, **changed
            )
        except Unavailable as reason:
            refused = reason.message
            continue
        tried.append(Probe(changed=changed, scores=scores))
    if settings and not tried:
        raise Unavailable(refused)
    return tuple(tried)


def spoken(changed: dict[str, object]) -> str:
    """A setting in words."""
    return ", ".join(f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}" for name, value in changed.items())
