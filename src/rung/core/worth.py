"""What the score is worth: what production should expect, how good it could be, and how much of it is luck."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from rung.core.evidence import Evidence
from rung.core.experiment import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOut:
    """One thing that made the reported score too good, and its share of the gap.

    keys : findings that it stands for, empty for what no finding names (fitting anew, reuse of the test set).
    share : how much of the gap it accounts for, in the unit of the score.   how : what was done to take it out.
    """

    what: str
    how: str
    share: Estimate
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HonestScore:
    """The score that production should expect.

    reported : the score as it stands, and whose it is.   value : after everything in `taken_out`.
    gap : reported minus value.   measured : on which rows, with which model.   method : how the gap was shared out.
    doubts : what stands beside it unproven, or makes the number itself doubtful.
    """

    metric: str
    reported: Estimate
    reported_by: str
    value: Estimate
    gap: Estimate
    measured: str
    taken_out: tuple[TakenOut, ...] = ()
    method: str = ""
    doubts: tuple[str, ...] = ()
    seconds: float = 0.0


LeverState = Literal["worth it", "possible", "nothing seen", "abstained", "not tried"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """One way to a better score, tried as an experiment.

    now : the score before.   gain : expected gain with its interval, None where the experiment abstained.
    level : coverage of that interval.   share : gain as a share of what is missing to a perfect score, by which levers are ranked.
    """

    name: str
    changed: str
    metric: str
    now: Estimate | None
    gain: Estimate | None
    level: float
    state: LeverState
    why: str
    share: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Runs of each model, with another seed each time, that show a true gain of this size on these rows; None where no number does."""

    gain: float
    repeats: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lottery:
    """How much of the score is luck, as standard deviations in the unit of the score.

    seed : another seed of the model, same rows and folds.   fold : another split of the same rows.   data : other rows from the same source.
    difference : of the difference of two models of this kind in one run (both seeds drawn).   floor : of that difference by the rows
    alone: no number of repeats goes below it.   least : smallest true gain that one run shows with 80 % power at a 5 % level.
    repeats : for a few gains, how many runs of each model show it.   n_fits : fits behind the figures.
    """

    metric: str
    seed: float
    fold: float
    data: float
    difference: float
    floor: float
    least: float
    repeats: tuple[Repeats, ...] = ()
    n_fits: int = 0
    why: str = ""

    def repeats_for(self, gain: float) -> int | None:
        """Runs of each model that show a true gain of this size with 80 % power at a 5 % level on these rows; None where none suffice."""
        return repeats_needed(self.difference, gain)


def repeats_needed(spread: float, gain: float, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """Paired runs needed to tell a mean difference of `gain` from zero where one run's difference has this standard deviation.

    Normal approximation plus z^2 / 2 for the t distribution of few runs. None for a gain that is not positive.
    Source: Guenther (1981), The American Statistician 35; checked by simulation in tests/core/test_worth.py.
    """
    if not gain > 0 or not math.isfinite(spread):
        return None
    if spread == 0:
        return 1
    first, second = NormalDist().inv_cdf(1 - alpha / 2), NormalDist().inv_cdf(power)
    wanted = ((first + second) * spread / gain) ** 2 + first**2 / 2
    return max(2, math.ceil(wanted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """How good it could be: levers ranked by expected gain, and the luck in the score.

    score : of the model that the levers were tried on, without what was confirmed as a leak.   ceiling : best score that the labels
    allow, None where nothing limits it visibly.   notes : what was left out, and why.
    """

    metric: str
    model: str
    score: Estimate
    levers: tuple[Lever, ...]
    ceiling: Estimate | None = None
    lottery: Lottery | None = None
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
