"""The range of numbers that the model's last activation can give, and that of the targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.marks import fact
from rung.facts.loss_inputs import LossInputs, LossUse
from rung.inputs.history import History

FREE = (-np.inf, np.inf)
REACH = {
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "softplus": (0.0, np.inf),
    "hardtanh": (-1.0, 1.0),
    "hardsigmoid": (0.0, 1.0),
    "relu6": (0.0, 6.0),
    "softmax": (0.0, 1.0),
    "exp": (0.0, np.inf),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One loss's head.

    activation : its name, '' for a free head.   low, high : what it can give.   bottom, top : range of the targets.
    beyond : how far the targets leave its range, over their own.   typical : a standard deviation of them does, or they leave it by half a unit.
    """

    activation: str
    low: float
    high: float
    bottom: float
    top: float
    beyond: float
    typical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadReach:
    """One entry for each training loss, in the order of `LossInputs.train`."""

    heads: tuple[Reach, ...]


@fact(cost="instant")
def head_reach(uses: LossInputs, history: History) -> HeadReach:
    """From the operation that made each loss's input."""
    return HeadReach(heads=tuple(_reach(each, history) for each in uses.train))


def _reach(use: LossUse, history: History) -> Reach:
    leaky = any(each in use.producer for each in ("leaky", "prelu", "rrelu"))
    name = "" if leaky else next((each for each in sorted(REACH, key=len, reverse=True) if use.producer.startswith(each)), "")
    low, high = REACH.get(name, FREE)
    fed = history.batches.targets
    bottom = min(use.call.target_low, float(np.nanmin(fed.low)) if len(fed.low) else np.inf)
    top = max(use.call.target_high, float(np.nanmax(fed.high)) if len(fed.high) else -np.inf)
    beyond = max(low - bottom, top - high, 0.0)
    share = beyond / max(top - bottom, 1e-12) if np.isfinite(beyond) else 0.0
    return Reach(activation=name, low=low, high=high, bottom=bottom, top=top, beyond=share, typical=_typical(beyond, low, high, history))


def _typical(beyond: float, low: float, high: float, history: History) -> bool:
    """Not only a stray target lies outside."""
    fed = history.batches.targets
    if not len(fed.mean) or beyond > 0.5:
        return True
    return bool(np.nanmin(fed.mean - fed.std) < low or np.nanmax(fed.mean + fed.std) > high)
