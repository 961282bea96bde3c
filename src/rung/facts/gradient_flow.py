"""How gradients grow or shrink on their way from the loss towards the input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.inputs.history import History
from rung.inputs.history_model import Layer

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientFlow:
    """Layers with weights, from the input to the output. Arrays have one entry a layer.

    names, kinds : paths and classes.   strength : typical gradient a weight (root mean square), median over the seen steps.
    early : the same over the first ten seen steps.   relative : gradient norm over weight norm, median.   peak : largest gradient norm.
    total : median total norm before clipping; total_peak, total_start : its largest and first value.   steps : seen.   zero : share of steps with a gradient of exactly 0.
    update : typical relative change of the layer's weights in a step.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    strength: Floats
    early: Floats
    relative: Floats
    peak: Floats
    zero: Floats
    update: Floats
    total: float
    total_peak: float
    total_start: float
    steps: int

    @property
    def ratio(self) -> float:
        """Strength at the layers nearest the input over that at the output: below 1 they starve, above 1 they are flooded."""
        return _ratio(self.strength)

    @property
    def early_ratio(self) -> float:
        """The same over the first steps."""
        return _ratio(self.early)


@fact(cost="instant")
def gradient_flow(history: History) -> GradientFlow:
    """Unavailable with fewer than two layers whose gradients were seen."""
    layers = [each for each in weight_layers(history) if len(each.gradient_norm) and np.isfinite(each.gradient_norm).any()]
    if len(layers) < 2:
        raise Unavailable("gradients of fewer than two layers were recorded")
    before = history.steps.gradient_norm_before
    norms = before[np.isfinite(before)] if len(before) else np.empty(0)
    # The very first step shows zero gradients behind branches that start at zero on purpose.
    return GradientFlow(
        names=tuple(each.path for each in layers),
        kinds=tuple(each.type_name for each in layers),
        strength=np.array([_middle(each.gradient_norm[1:]) / np.sqrt(max(1, each.n_parameters)) for each in layers]),
        early=np.array([_middle(each.gradient_norm[1:11]) / np.sqrt(max(1, each.n_parameters)) for each in layers]),
        relative=np.array([_relative(each) for each in layers]),
        peak=np.array([_largest(each.gradient_norm) for each in layers]),
        zero=np.array([float((each.gradient_norm[1:] == 0).mean()) if len(each.gradient_norm) > 1 else 0.0 for each in layers]),
        update=np.array([_middle(each.update_ratio) for each in layers]),
        total=_middle(norms),
        total_peak=_largest(norms),
        total_start=float(norms[0]) if len(norms) else float("nan"),
        steps=len(layers[0].gradient_norm),
    )


def weight_layers(history: History) -> list[Layer]:
    """Called layers with trainable weights of their own, norms apart (their few weights scale otherwise), from input to output."""
    found = [
        each
        for each in history.layers
        if each.order >= 0 and each.n_parameters and each.trainable and "Norm" not in each.type_name and "Embedding" not in each.type_name
    ]
    return sorted(found, key=lambda each: each.order)


def _ratio(strength: Floats) -> float:
    known = strength[np.isfinite(strength)]
    if len(known) < 2 or known[-1] <= 0:
        return float("nan")
    return (
        float(min(known[: max(1, len(known) // 3)]) / known[-1])
        if known[0] < known[-1]
        else float(max(known[: max(1, len(known) // 3)]) / known[-1])
    )


def _relative(layer: Layer) -> float:
    """Gradient over weights; both may have become infinite."""
    with np.errstate(invalid="ignore"):
        return _middle(layer.gradient_norm[1:] / np.maximum(layer.weight_norm[1:], 1e-12))


def _middle(values: Floats) -> float:
    known = values[np.isfinite(values)] if len(values) else values
    return float(np.median(known)) if len(known) else float("nan")


def _largest(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else float("nan")
