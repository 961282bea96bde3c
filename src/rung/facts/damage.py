"""What the change of inputs does to the score, before labels come."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.current_drift import CurrentDrifts, over_all_columns
from rung.facts.current_scores import CurrentScores, ScoreDrift
from rung.facts.domain_weights import DomainWeights
from rung.facts.goal import Goal
from rung.facts.matrix import Floats
from rung.facts.outside import Outside
from rung.facts.reference_scores import ReferencePredictions, ReferenceScores, prediction_and_outcome
from rung.inputs.settings import Settings
from rung.inputs.snapshot import ScoreSketch
from rung.inputs.table import Rows
from rung.stats.distributions import two_sided_z
from rung.stats.expected import calibrated, effective_rows, expected_auc
from rung.stats.metrics import auc_macro, roc_auc

DRAWS = 100
LEVEL = 0.95
# Fewer rows than these behind a reweighted score, or more production rows without a like, and the estimate is not to be leant on. By hand.
FEW_ROWS, FEW_SHARE, MANY_BEYOND = 60.0, 0.05, 0.2
STILL = 0.01  # p-value, all columns together, above which no input moved
APART = 3.0  # standard errors that the two estimates may lie apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Expected change of the score through the inputs alone.

    metric : 'ROC AUC', 'accuracy' (several classes without labels) or 'R2' (in units of the reference's variance).
    reweighted : reference rows weighted to look like production, None without rows.   foretold : from what each prediction stood for on
    labelled rows.   change : the one to go by.   method : its name.   doubts : why not to lean on it, empty where nothing speaks against it.
    effective : rows behind the reweighted score.
    """

    metric: str
    reweighted: Estimate | None
    foretold: Estimate | None
    change: Estimate
    method: str
    doubts: tuple[str, ...]
    effective: float


@fact(cost="fits")
def damage(
    scores: CurrentScores, kept: ReferenceScores, goal: Goal, found: ReferencePredictions | None, weights: DomainWeights | None,
    drifts: CurrentDrifts | None, moved: ScoreDrift | None, outside: Outside | None, settings: Settings,
) -> Damage:  # fmt: skip
    """Both estimates, 100 resamples each. Unavailable where neither can be made."""
    rng = settings.rng("damage")
    foretold = _foretold(scores, kept.scores, goal, rng)
    reweighted = _reweighted(found, weights, goal, rng) if found is not None and weights is not None else None
    if foretold is None and reweighted is None:
        raise Unavailable("needs reference predictions with labels, on 50 rows or more")
    effective = effective_rows(weights.weights) if weights is not None else math.nan
    doubts = (*_doubts(kept.scores, found, weights, goal, effective, reweighted, foretold), *_grounds(drifts, moved, outside))
    lean = reweighted is not None and weights is not None and effective >= max(FEW_ROWS, FEW_SHARE * len(weights.weights))
    chosen = reweighted if lean or foretold is None else foretold
    assert chosen is not None
    return Damage(
        metric=goal.metric.name if lean or goal.target.task != "multiclass" else "accuracy", reweighted=reweighted, foretold=foretold, change=chosen,
        method="reference rows weighted to look like production" if chosen is reweighted else "what each prediction stood for on labelled rows",
        doubts=doubts, effective=effective,
    )  # fmt: skip


def _interval(value: float, draws: list[float], n: int) -> Estimate | None:
    known = np.array([each for each in draws if np.isfinite(each)])
    if not np.isfinite(value) or known.size < DRAWS // 2:
        return None
    half = two_sided_z(LEVEL) * float(known.std(ddof=1))
    return Estimate(value=value, low=value - half, high=value + half, n=n)


def _reweighted(found: ReferencePredictions, weights: DomainWeights, goal: Goal, rng: np.random.Generator) -> Estimate | None:
    y, score = found.predicted.y[weights.rows], found.predicted.score[weights.rows]

    def change(rows: Rows) -> float:
        w = weights.weights[rows]
        return weighted_score(goal, y[rows], score[rows], w) - weighted_score(goal, y[rows], score[rows], np.ones_like(w))

    n = len(y)
    return _interval(change(np.arange(n)), [change(rng.integers(0, n, n)) for _ in range(DRAWS)], n)


def weighted_score(goal: Goal, y: Floats, score: Floats, w: Floats) -> float:
    """The score of weighted rows; of numbers, 1 minus the squared error over the unweighted variance: a change of mix is no change of skill."""
    if goal.target.task == "binary":
        return roc_auc(y == goal.target.positive, score, w)
    if goal.target.task == "regression":
        spread = float(np.var(y))
        return 1 - float(np.average((y - score) ** 2, weights=w)) / spread if spread > 0 else math.nan
    if np.ptp(w) == 0:
        return auc_macro(y.astype(int), score)
    codes = np.unique(y.astype(int))
    return float(np.nanmean([roc_auc(y == code, score[:, code], w) for code in codes]))


def _foretold(scores: CurrentScores, kept: ScoreSketch, goal: Goal, rng: np.random.Generator) -> Estimate | None:
    """Expected score of production rows minus that of the reference by the same way, so that what the bins lose cancels."""
    if len(kept.counts) < 2 or kept.value is None:
        return None
    flat = scores.predicted.score.max(axis=1) if scores.predicted.score.ndim == 2 else scores.predicted.score
    flat = flat[np.isfinite(flat)]
    if goal.target.task == "regression":
        error = calibrated(flat, kept.predicted, kept.squared, kept.counts, rising=False)
        usual = float(np.average(kept.squared, weights=kept.counts))
        spread = usual / max(1 - kept.value, 1e-9)
        return _interval(
            (usual - float(error.mean())) / spread,
            [(usual - float(rng.choice(error, error.size).mean())) / spread for _ in range(DRAWS)],
            flat.size,
        )
    chance = calibrated(flat, kept.predicted, kept.observed, kept.counts)
    if goal.target.task == "multiclass":
        usual = float(np.average(kept.observed, weights=kept.counts))
        return _interval(
            float(chance.mean()) - usual, [float(rng.choice(chance, chance.size).mean()) - usual for _ in range(DRAWS)], flat.size
        )
    # The reference by the same way: its own distribution of scores, drawn from the sketch.
    own = np.interp((np.arange(4_000) + 0.5) / 4_000, kept.score.upto, kept.score.edges)
    usual = expected_auc(own, calibrated(own, kept.predicted, kept.observed, kept.counts))
    draws = [expected_auc(flat[rows], chance[rows]) - usual for rows in rng.integers(0, flat.size, (DRAWS, min(flat.size, 4_000)))]
    shrunk = math.sqrt(min(flat.size, 4_000) / flat.size)
    value = expected_auc(flat, chance) - usual
    return _interval(value, [value + (each - value) * shrunk for each in draws], flat.size)


def _doubts(
    kept: ScoreSketch, found: ReferencePredictions | None, weights: DomainWeights | None, goal: Goal, effective: float,
    reweighted: Estimate | None, foretold: Estimate | None,
) -> Iterator[str]:  # fmt: skip
    if not kept.trusted:
        yield "the model may have seen the reference rows, so that its scores there are too good"
    if weights is not None:
        if weights.beyond > MANY_BEYOND:
            yield f"{weights.beyond:.0%} of the production rows have no like in the reference"
        if effective < max(FEW_ROWS, FEW_SHARE * len(weights.weights)):
            yield f"only {effective:.0f} reference rows carry the weight"
    if found is not None and weights is not None and goal.target.task == "binary":
        gap, error = _carried(found, weights, kept, goal)
        if abs(gap) > max(0.02, APART * error):
            yield f"weighted to look like production, predictions are {gap:+.3f} off on average: what a score stands for depends on the inputs"
    if reweighted is not None and foretold is not None and goal.target.task == "binary":
        error = math.hypot(reweighted.high - reweighted.low, foretold.high - foretold.low) / (2 * two_sided_z(LEVEL))
        if abs(reweighted.value - foretold.value) > max(0.02, APART * error):
            yield f"two ways to estimate it disagree ({reweighted.value:+.3f} and {foretold.value:+.3f})"


def _grounds(drifts: CurrentDrifts | None, moved: ScoreDrift | None, outside: Outside | None) -> Iterator[str]:
    """What speaks against it whichever way it is made: scores that no input moved, and rows where nothing was ever measured."""
    still = drifts is not None and bool(drifts.columns) and min(min(each) for each in over_all_columns(drifts).values()) > STILL
    if still and moved is not None and moved.score.p < STILL:
        yield "the scores moved and no input did: another version of the model would change what they stand for"
    share = max((each.share for each in outside.found), default=0.0) if outside is not None else 0.0
    if share > MANY_BEYOND:
        yield f"{share:.0%} of the production rows lie beyond anything that the reference saw"


def _carried(found: ReferencePredictions, weights: DomainWeights, kept: ScoreSketch, goal: Goal) -> tuple[float, float]:
    """Mean calibrated prediction minus mean outcome under the weights, with its standard error."""
    p, outcome = prediction_and_outcome(found.predicted, goal.target)
    if len(p) != len(found.predicted.y):
        return 0.0, 1.0
    gaps = calibrated(p, kept.predicted, kept.observed, kept.counts)[weights.rows] - outcome[weights.rows]
    w = weights.weights
    mean = float(np.average(gaps, weights=w))
    return mean, float(np.sqrt(np.sum(np.square(w * (gaps - mean)))) / w.sum())
