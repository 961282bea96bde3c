"""How much of a score is luck: another seed, another split, other rows."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.contestant import Contestant
from rung.facts.folds import Folds
from rung.facts.judged import part_influence
from rung.facts.matrix import Matrix
from rung.facts.out_of_fold import LinearScores, NonlinearScores
from rung.facts.sample import row_keys
from rung.facts.score import Metric, compare, predicted_rows
from rung.inputs.settings import Settings
from rung.stats.distributions import two_sided_z
from rung.stats.influence import error_of

Floats = NDArray[np.float64]
N_SEEDS = 20  # with five folds 95 degrees of freedom: the repeats that follow are within a quarter of the truth nine times in ten
N_SPLITS = 4
MAX_SHARE = 0.3  # of the budget


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedLottery:
    """Standard deviations in the unit of the score.

    by_seed : shape (n_folds, n_seeds), the same folds under other seeds.   by_split : shape (n_splits,), means under other folds.
    seed : of the mean over folds by the seed.   fold : by the split, without what the seed does.   data : by the scored rows.
    floor : of the difference to a rival model by the rows.   rival : that model.
    """

    by_seed: Floats
    by_split: Floats
    seed: float
    fold: float
    data: float
    floor: float
    rival: str
    n_fits: int


@fact(cost="fits")
def seed_lottery(
    contestant: Contestant, matrix: Matrix, folds: Folds, metric: Metric, linear: LinearScores, plain: NonlinearScores, settings: Settings
) -> SeedLottery:
    """A hundred fits under other seeds where the time allows, then other splits while it lasts."""
    splits = [(trained, scored) for trained, scored in folds.splits() if len(trained) and len(scored)]
    started, clock = time.perf_counter(), MAX_SHARE * max(settings.budget, 1.0)
    seeds = int(np.clip(clock / max(1e-9, contestant.seconds * len(splits)), 3, N_SEEDS))
    by_seed = np.array([[_score(contestant, matrix, metric, split, seed) for seed in range(seeds)] for split in splits])
    if not np.isfinite(by_seed).any():
        raise Unavailable("no fold has a score under other seeds")
    by_split = []
    for number in range(N_SPLITS if folds.scheme == "random" else 0):
        if time.perf_counter() - started > clock:
            break
        part = (row_keys(matrix.rows, settings.seed + 101 + number) * folds.n_folds).astype(np.int64)
        rounds = [(np.flatnonzero(part != place), np.flatnonzero(part == place)) for place in range(folds.n_folds)]
        by_split.append(np.nanmean([_score(contestant, matrix, metric, each, number) for each in rounds]))
    rival = linear.result if contestant.scores.name == plain.result.name else plain.result
    gap = compare(metric, contestant.scores, rival)
    seed = seed_spread(by_seed)
    return SeedLottery(
        by_seed=by_seed,
        by_split=np.array(by_split),
        seed=seed,
        fold=split_spread(np.array(by_split), seed),
        data=_by_rows(contestant, metric),
        floor=(gap.high - gap.low) / (2 * two_sided_z(0.95)),
        rival=rival.name,
        n_fits=by_seed.size + len(by_split) * folds.n_folds,
    )


def _score(contestant: Contestant, matrix: Matrix, metric: Metric, split: tuple[NDArray[np.int64], NDArray[np.int64]], seed: int) -> float:
    trained, scored = split
    return metric.value(matrix.y[scored], contestant.fit_predict(trained, scored, seed + 1))


def seed_spread(by_seed: Floats) -> float:
    """Standard deviation of the mean over folds when every fit has another seed, from the spread within each fold; shape (n_folds, n_seeds)."""
    within = np.nanvar(by_seed, axis=1, ddof=1)
    known = within[np.isfinite(within)]
    return float(np.sqrt(known.mean() / len(known))) if known.size else float("nan")


def split_spread(by_split: Floats, seed: float) -> float:
    """Standard deviation by the split alone: what is left of the spread of means after what the seed explains."""
    if len(by_split) < 2:
        return float("nan")
    return float(np.sqrt(max(0.0, by_split.var(ddof=1) - np.nan_to_num(seed) ** 2)))


def _by_rows(contestant: Contestant, metric: Metric) -> float:
    scores = contestant.scores
    told = predicted_rows(scores.prediction)
    numbers = np.unique(scores.fold[told & (scores.fold >= 0)])
    parts = [np.flatnonzero(told & (scores.fold == number)) for number in numbers]
    errors = [error_of(part_influence(metric, scores.y[part], scores.prediction[part])) for part in parts]
    return float(np.sqrt(np.nansum(np.square(errors))) / max(1, len(errors)))
