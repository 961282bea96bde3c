"""How sure the score is: its interval on the scored rows, what cross-validation would have given, and whether folds differ more than rows explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.folds import Folds
from rung.facts.out_of_fold import NonlinearScores
from rung.facts.own_model import OwnScores
from rung.facts.score import FoldScores, Metric, estimate, score_folds, standing
from rung.facts.scored import Scored
from rung.facts.target import Target
from rung.stats.distributions import chi2_tail, normal_quantile
from rung.stats.intervals import minimum_detectable_difference

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreNoise:
    """test : the model's score with its interval, None without scored rows.   folds : score of each honest fold; whose : 'your model' or a plain one.

    excess : spread of the folds beyond what their rows explain (standard deviation).   p : chance of such a spread by the rows alone.
    across : the mean over the folds.   possible : half width of the interval that all labelled rows together would give.
    scheme : how the folds were made, as in Folds.   worst, best : ends of the metric's range.   seen : smallest difference to another model that these rows could show (80 % power), from the interval.
    """

    metric: str
    test: Estimate | None
    folds: tuple[float, ...]
    whose: str
    excess: float
    p: float
    across: Estimate
    possible: float
    seen: float
    n_train: int
    worst: float
    best: float
    scheme: str

    @property
    def half(self) -> float:
        """Half width of the test score's interval, NaN without one."""
        return (self.test.high - self.test.low) / 2 if self.test is not None else float("nan")


@fact(cost="fits")
def score_noise(
    scored: Scored | None, own: OwnScores | None, plain: NonlinearScores, metric: Metric, target: Target, folds: Folds
) -> ScoreNoise:
    """Cochran's Q over the folds (Cochran 1954), on the user's model where it can be fitted again. Folds without an error of their own (a perfect score,
    few rows) tell nothing; unavailable with fewer than three others and without scored rows.
    """
    result = own.result if own is not None else plain.result
    scores, errors = _by_fold(result, metric)
    test = _on_scored(scored, metric) if scored is not None else None
    if len(scores) < 3:
        if test is None:
            raise Unavailable("fewer than three folds have a score")
        return _of_test(test, result, metric, target, folds)
    weights = 1 / errors**2
    centre = float((weights * scores).sum() / weights.sum())
    q = float((weights * (scores - centre) ** 2).sum())
    # DerSimonian & Laird (1986): the variance between folds that is left when the rows' own is taken off.
    slack = float(weights.sum() - (weights**2).sum() / weights.sum())
    excess = float(np.sqrt(max(0.0, (q - (len(scores) - 1)) / slack))) if slack > 0 else 0.0
    row_half = 1.96 * float(1 / np.sqrt(weights.sum()))
    half = (test.high - test.low) / 2 if test is not None else row_half
    labelled = int(target.known.sum())
    return ScoreNoise(
        metric=metric.name,
        test=test,
        folds=tuple(float(each) for each in scores),
        whose=result.name,
        excess=excess,
        p=float(chi2_tail(q, len(scores) - 1)),
        across=estimate(result, metric),
        # The rows scored out of fold may be a sample of those that are labelled.
        possible=row_half * float(np.sqrt(len(result.y) / max(labelled, len(result.y)))),
        seen=minimum_detectable_difference(half / normal_quantile(0.975), 1),
        n_train=labelled,
        worst=0.0 if metric.task != "regression" else float("-inf"),
        best=metric.best,
        scheme=folds.scheme,
    )


def _of_test(test: Estimate, result: FoldScores, metric: Metric, target: Target, folds: Folds) -> ScoreNoise:
    """What the scored rows alone tell."""
    return ScoreNoise(
        metric=metric.name,
        test=test,
        folds=(),
        whose=result.name,
        excess=0.0,
        p=1.0,
        across=estimate(result, metric),
        possible=float("inf"),
        seen=minimum_detectable_difference((test.high - test.low) / 2 / normal_quantile(0.975), 1),
        n_train=int(target.known.sum()),
        worst=0.0 if metric.task != "regression" else float("-inf"),
        best=metric.best,
        scheme=folds.scheme,
    )


def _by_fold(result: FoldScores, metric: Metric) -> tuple[Floats, Floats]:
    """Score and its standard error from the rows, fold by fold; folds without either are left out."""
    found = []
    for number, score in enumerate(result.scores):
        inside = result.fold == number
        y, prediction = result.y[inside], result.prediction[inside]
        blank = np.full_like(prediction, float(y.mean()) if metric.task == "regression" and len(y) else 0.0)
        error = metric.error_of_difference(y, blank, prediction) if len(y) > 1 else float("nan")
        if np.isfinite(score) and np.isfinite(error) and error > 0:
            found.append((score, error))
    return np.array([each[0] for each in found]), np.array([each[1] for each in found])


def _on_scored(scored: Scored, metric: Metric) -> Estimate | None:
    if metric.task != "regression" and not scored.has_scores:
        return None
    found = standing(score_folds("your model", metric, scored.y, scored.score, np.zeros(scored.n, dtype=np.int64), scored.rows), metric)
    return found if np.isfinite(found.value) and np.isfinite(found.low) else None
