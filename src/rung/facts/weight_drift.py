"""How the weights of each layer grew or shrank over the run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.gradient_flow import weight_layers
from rung.inputs.history import History
from rung.inputs.history_model import Layer

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One layer.

    growth : last norm over the larger of the first one and what the usual initialisation gives a tensor of this shape (so that a layer
    that started near zero is not said to explode); for shrinking, over the first one.   late_growth : last over the middle of the run.
    """

    path: str
    growth: float
    late_growth: float
    norm: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightDrift:
    """Layers with weights, from input to output; `steps` belong to `norm`.

    decay : share of the weights that the penalty alone takes at each step: rate times decay, divided by 1 - momentum where the optimizer is SGD; 0 for
    adaptive ones with the penalty in the gradient, which rescale it.
    """

    layers: tuple[Drift, ...]
    steps: NDArray[np.int64]
    decay: float


@fact(cost="instant")
def weight_drift(history: History) -> WeightDrift:
    """Unavailable where no weight norms were recorded over at least five steps."""
    layers = [each for each in weight_layers(history) if np.isfinite(each.weight_norm).sum() >= 5]
    if not layers:
        raise Unavailable("no weight norms were recorded")
    return WeightDrift(layers=tuple(_drift(each, history) for each in layers), steps=history.steps.step, decay=_decay(history))


def _decay(history: History) -> float:
    if not history.optimizers:
        return 0.0
    kind, settings = history.optimizers[0].type_name, history.optimizers[0].settings
    rate, decay, momentum = (_number(settings.get(name)) for name in ("lr", "weight_decay", "momentum"))
    if "AdamW" in kind or kind in ("Lion", "Adafactor", "Muon"):
        return rate * decay
    return rate * decay / max(1 - momentum, 0.01) if kind == "SGD" else 0.0


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _drift(layer: Layer, history: History) -> Drift:
    norm = layer.weight_norm[np.isfinite(layer.weight_norm)]
    usual = _usual(layer, history)
    first = float(norm[0])
    growth = float(norm[-1]) / max(first, usual, 1e-12) if norm[-1] > first else float(norm[-1]) / max(first, 1e-12)
    # A layer that starts at nothing cannot shrink; its growth is told against the usual start.
    if first < 1e-3 * max(usual, 1e-12):
        growth = max(1.0, float(norm[-1]) / max(usual, 1e-12))
    middle = float(norm[_middle(layer, history)])
    return Drift(path=layer.path, growth=growth, late_growth=float(norm[-1]) / max(middle, 1e-12), norm=layer.weight_norm)


def _middle(layer: Layer, history: History) -> int:
    """Place of the step in the middle of the run among those seen (they are denser at the start)."""
    known = np.isfinite(layer.weight_norm)
    steps = history.steps.step[: len(known)][known]
    return int(np.searchsorted(steps, steps[-1] / 2)) if len(steps) else 0


def _usual(layer: Layer, history: History) -> float:
    """Norm that a spread of 1 / sqrt(3 fan_in) gives: the library's own for linear and convolutional layers."""
    matrices = [each for each in history.parameters if each.layer == layer.path and each.fan_in]
    return float(np.sqrt(sum(each.size / (3 * each.fan_in) for each in matrices)))
