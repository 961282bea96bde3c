"""The ladder of models: prior, best single feature, linear, non-linear, the user's own, on the same folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.core.report import Contender
from rung.facts.out_of_fold import LinearScores, NonlinearScores
from rung.facts.own_model import OnTest, OwnScores
from rung.facts.score import FoldScores, Metric, compare, estimate, score_folds
from rung.facts.scored import Scored
from rung.facts.single import SingleScores

PRIOR = "prior (no features)"
REPORTED = "your fitted model on the test set"
CARRIED = "your column of predictions"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLadder:
    """One contender a step. `scores` holds the fold scores of each by name; the prior has none, its score is known."""

    contenders: tuple[Contender, ...]
    scores: dict[str, FoldScores]


@fact(cost="fits")
def model_ladder(
    metric: Metric, single: SingleScores, linear: LinearScores, nonlinear: NonlinearScores, own: OwnScores | None, test: OnTest | None,
    scored: Scored | None,
) -> ModelLadder:  # fmt: skip
    """Compare each step with the one below it, in pairs."""
    steps = [single.result, linear.result, nonlinear.result, *([own.result] if own is not None else [])]
    contenders = [_prior(metric, len(single.result.y))]
    for place, scores in enumerate(steps):
        below = steps[place - 1] if place else None
        contenders.append(_contender(metric, scores, below, single.column if place == 0 else ""))
    if test is not None:
        contenders.append(_as_reported(metric, test))
    elif scored is not None:
        contenders.append(_carried(metric, scored))
    return ModelLadder(contenders=tuple(contenders), scores={each.name: each for each in steps})


def _as_reported(metric: Metric, test: OnTest) -> Contender:
    """What the model's author sees: the fitted model on the test rows, whatever the split was."""
    seen = test.predicted
    scored = score_folds(REPORTED, metric, seen.y, seen.score, np.zeros(len(seen.y), dtype=np.int64), seen.rows)
    return Contender(
        name=REPORTED, score=estimate(scored, metric), state="as given", why="the fitted model, not refitted, on the test set as it is"
    )


def _carried(metric: Metric, scored: Scored) -> Contender:
    """Predictions that the only table carries along: nobody can fit what made them again."""
    given = score_folds(CARRIED, metric, scored.y, scored.score, np.zeros(scored.n, dtype=np.int64), scored.rows)
    return Contender(
        name=CARRIED if scored.has_scores or metric.task == "regression" else f"{CARRIED} (labels)",
        score=estimate(given, metric),
        state="as given",
        why="the column as it is, whatever rows its model was fitted on",
    )


def _prior(metric: Metric, n: int) -> Contender:
    chance = Estimate(value=metric.chance, low=metric.chance, high=metric.chance, n=n)
    return Contender(
        name=PRIOR, score=chance, state="start", why=f"{metric.name} of a model that knows only the shares is {metric.chance:g}"
    )


def _contender(metric: Metric, scores: FoldScores, below: FoldScores | None, column: str) -> Contender:
    score = estimate(scores, metric)
    if below is None:
        step = Estimate(value=score.value - metric.chance, low=score.low - metric.chance, high=score.high - metric.chance, n=score.n)
        name = f"best single feature ('{column}')"
    else:
        step, name = compare(metric, below, scores), scores.name
    state, why = _state(step, "the prior" if below is None else f"the {below.name} step")
    return Contender(name=name, score=score, step=step, state=state, why=why)


def _state(step: Estimate, below: str) -> tuple[str, str]:
    shown = f"{step.value:+.3f} ({step.low:+.3f} to {step.high:+.3f}) against {below}"
    if step.low > 0:
        return "climbed", shown
    if step.high < 0:
        return "fell", f"{shown}: worse than the simpler step"
    half = (step.high - step.low) / 2
    return "no difference seen", f"{shown}; a difference below {half:.3f} cannot be seen with these rows" if np.isfinite(half) else shown
