"""How far each update moved the weights, and how the learning rate went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.inputs.history import History

Floats = NDArray[np.float64]
FIRST = 5
EARLY = 20  # the first updates are all looked at by a recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSizes:
    """Relative movement of the weights.

    ratio : shape (n,), norm of the change over norm of the weights at the seen steps, `steps` their numbers.
    first, early, typical, late : medians of the first five, of the first twenty, of all and of the last quarter.   largest : the largest.
    travelled : sum over the whole run of the typical ratio: an upper bound of how far the weights can have moved.
    gradient : median total gradient norm as it reached the optimizer.
    optimizer : its class.   adaptive : it rescales each gradient by its own size (Adam and kin).
    """

    ratio: Floats
    steps: NDArray[np.int64]
    first: float
    early: float
    typical: float
    late: float
    largest: float
    travelled: float
    gradient: float
    optimizer: str
    adaptive: bool


@fact(cost="instant")
def step_sizes(history: History) -> StepSizes:
    """Unavailable where no update was looked at."""
    known = np.isfinite(history.steps.update_ratio)
    ratio, steps = history.steps.update_ratio[known], history.steps.step[: len(known)][known]
    if len(ratio) < 3:
        raise Unavailable("no updates of the weights were recorded")
    name = history.optimizers[0].type_name if history.optimizers else ""
    norms = history.steps.gradient_norm[np.isfinite(history.steps.gradient_norm)]
    return StepSizes(
        ratio=ratio,
        steps=steps,
        first=float(np.median(ratio[:FIRST])),
        early=float(np.median(ratio[:EARLY])),
        typical=float(np.median(ratio)),
        late=float(np.median(ratio[-max(1, len(ratio) // 4) :])),
        largest=float(ratio.max()),
        travelled=_travelled(ratio, steps, history.n_steps),
        gradient=float(np.median(norms)) if len(norms) else float("nan"),
        optimizer=name,
        adaptive="adam" in name.lower() or name in ("RMSprop", "Adagrad", "Adadelta", "Rprop", "Lion", "Adafactor", "Muon"),
    )


def _travelled(ratio: Floats, steps: NDArray[np.int64], n_steps: int) -> float:
    """Each seen step stands for those up to the next seen one."""
    gaps = np.diff(np.append(steps, max(n_steps, int(steps[-1]) if len(steps) else 0) + 1)).clip(1)
    return float((ratio * gaps).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCourse:
    """The learning rate of the group that holds most, over the run.

    values, steps : shape (n,).   peak : the largest; base : the optimizer's own setting, NaN where unknown.   final : the last.
    low_share : share of the run's steps at which it is below a hundredth of its peak.   dropped_at : share of the run after which it stays so.
    climbs : how often it rises again, from less than half to more than twice that.   constant : it never changes.
    """

    values: Floats
    steps: NDArray[np.int64]
    peak: float
    base: float
    final: float
    low_share: float
    dropped_at: float
    climbs: int
    constant: bool


@fact(cost="instant")
def rate_course(history: History) -> RateCourse:
    """Unavailable where no rate was recorded."""
    values, steps = _rates(history)
    if not len(values):
        raise Unavailable("no learning rate was recorded")
    peak = float(values.max())
    low = values < 0.01 * peak if peak > 0 else np.ones(len(values), dtype=bool)
    after = np.flatnonzero(~low)
    total = max(history.n_steps, int(steps[-1]), 1)
    setting = history.optimizers[0].settings.get("initial_lr", history.optimizers[0].settings.get("lr")) if history.optimizers else None
    weights = np.diff(np.append(steps, total + 1)).clip(1)
    return RateCourse(
        values=values,
        steps=steps,
        peak=peak,
        base=float(setting) if isinstance(setting, int | float) else float("nan"),
        final=float(values[-1]),
        low_share=float((low * weights).sum() / weights.sum()),
        dropped_at=float(steps[after[-1]] / total) if len(after) else 0.0,
        climbs=_climbs(values),
        constant=bool(np.ptp(values) <= 1e-12 * max(peak, 1e-300)),
    )


def _rates(history: History) -> tuple[Floats, NDArray[np.int64]]:
    curve = next((each for each in history.curves if each.quantity == "rate" and len(each.value)), None)
    if curve is not None:
        known = np.isfinite(curve.value)
        return curve.value[known], curve.step[known]
    rates = history.steps.rate
    if not rates.size:
        return np.empty(0), np.empty(0, dtype=np.int64)
    main = history.steps.optimizer == 0 if len(history.steps.optimizer) == len(rates) else np.ones(len(rates), dtype=bool)
    values = np.array([row[np.isfinite(row)].max() if np.isfinite(row).any() else np.nan for row in rates[main]])
    known = np.isfinite(values)
    return values[known], history.steps.step[: len(rates)][main][known]


def _climbs(values: Floats) -> int:
    """Rises from a low point to more than twice it, each after a fall to less than half of the height before; the first warm-up is none."""
    count, top, low, fallen = 0, values[0], values[0], False
    for value in values:
        if not fallen:
            top = max(top, value)
            if value < 0.5 * top:
                fallen, low = True, value
        else:
            low = min(low, value)
            if value > max(2 * low, 0.3 * top):
                count, top, fallen = count + 1, value, False
    return count
