"""Whether the model's probabilities mean what they say, which repair mends them, and what it gains on rows that chose nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.sample import row_keys
from rung.facts.scored import Scored
from rung.inputs.settings import Settings
from rung.stats.calibration import (
    CalibrationError,
    CalibrationLine,
    ReliabilityBins,
    calibration_error,
    calibration_line,
    over_prediction,
    reliability_bins,
)
from rung.stats.intervals import Interval, mean_interval
from rung.stats.recalibration import METHODS, Choice, choose, row_losses

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Calibration of the scored rows.

    of : 'positive' (probability of the positive class) or 'predicted' (confidence in the class that was predicted, for more than two).
    line, over, error, bins : see stats/calibration.   repair : chosen by inner cross-validation on two thirds of the rows.
    loss, mended : mean log loss before and after on the last third.   gain : how much the repair takes off it, paired.
    classes : more than two: mean probability of each class minus its share, simultaneous.   share : of the log loss.   n, n_verified : rows, and rows of the last third.   spread : largest gap of a bin of at least a twentieth of the rows.
    """

    of: str
    line: CalibrationLine
    over: Interval
    error: CalibrationError
    bins: ReliabilityBins
    repair: Choice
    loss: Estimate
    mended: Estimate
    gain: Estimate
    n: int
    n_verified: int
    classes: tuple[Interval, ...] = ()

    @property
    def share(self) -> float:
        """Share of the log loss that the repair removes."""
        return self.gain.value / self.loss.value if self.loss.value > 0 else 0.0

    @property
    def sides(self) -> tuple[str, ...]:
        """What the 95 % intervals exclude: 'too extreme' or 'too timid' (slope), 'too high' or 'too low' (mean); empty where they exclude nothing."""
        slope, mean = self.line.slope, self.over
        said = ["too extreme"] if slope.high < 1 else ["too timid"] if slope.low > 1 else []
        return (*said, *(["too high"] if mean.low > 0 else ["too low"] if mean.high < 0 else []))


@fact(cost="pass")
def reliability(scored: Scored, settings: Settings) -> Reliability:
    """Unavailable without probabilities, with fewer than 60 rows or with fewer than 10 rows of what is counted."""
    if scored.p is None:
        raise Unavailable("the model gives no probabilities" if scored.target.is_classification else "only for classification")
    hit, p, of = _counted(scored)
    if scored.n < 60 or min(hit.sum(), (~hit).sum()) < 10:
        raise Unavailable(
            f"{scored.n} scored rows, {int(min(hit.sum(), (~hit).sum()))} of the rarer outcome: too few to judge probabilities"
        )
    codes = scored.y.astype(np.int64)
    last = row_keys(scored.rows, 61) < 1 / 3
    repair = choose(codes[~last], scored.p[~last], seed=settings.seed)
    before, after = row_losses(codes[last], scored.p[last]), row_losses(codes[last], repair.apply(scored.p[last]))
    return Reliability(
        of=of,
        line=calibration_line(hit, p),
        over=over_prediction(hit, p),
        error=calibration_error(hit, p, n_draws=400 if scored.n <= 4_000 else 220, seed=settings.seed),
        bins=reliability_bins(hit, p),
        repair=repair,
        loss=_estimate(before),
        mended=_estimate(after),
        gain=_estimate(before - after),
        n=scored.n,
        n_verified=int(last.sum()),
        classes=_by_class(scored.p, codes) if of == "predicted" else (),
    )


def _by_class(p: Floats, codes: NDArray[np.int64]) -> tuple[Interval, ...]:
    """The confidence of the class that is called may be right on average while one class is said too often: weights and resampling do that."""
    level = 1 - 0.01 / p.shape[1]
    return tuple(mean_interval(p[:, code] - (codes == code), level) for code in range(p.shape[1]))


def _counted(scored: Scored) -> tuple[Bools, Floats, str]:
    assert scored.p is not None  # asked before
    if scored.target.task == "binary":
        return scored.y == scored.target.positive, scored.p[:, scored.target.positive], "positive"
    top = scored.p.argmax(axis=1)
    return scored.y == top, scored.p.max(axis=1), "predicted"


def _estimate(values: Floats) -> Estimate:
    found = mean_interval(values)
    return Estimate(value=found.value, low=found.low, high=found.high, n=len(values))


def goes_without(scored: Scored, found: Reliability, rows: NDArray[np.int64]) -> bool:
    """Whether what is off in slope and mean falls to half or less where these scored rows are left out: they, and not the model, are then behind it."""
    kept = np.ones(scored.n, dtype=bool)
    kept[rows] = False
    hit, p, _ = _counted(scored)
    if min((hit & kept).sum(), (~hit & kept).sum()) < 10:
        return True
    line, over = calibration_line(hit[kept], p[kept]), over_prediction(hit[kept], p[kept])
    before = (abs(np.log(max(found.line.slope.value, 0.01))), abs(found.over.value))
    after = (abs(np.log(max(line.slope.value, 0.01))), abs(over.value))
    sides = (not found.line.slope.low <= 1 <= found.line.slope.high, found.over.excludes(0.0))
    return all(new <= old / 2 for new, old, off in zip(after, before, sides, strict=True) if off)


def losses_by_method(reliability: Reliability) -> tuple[tuple[str, float], ...]:
    """Cross-validated log loss of each repair, by name."""
    return tuple(zip(METHODS, reliability.repair.losses, strict=True))
