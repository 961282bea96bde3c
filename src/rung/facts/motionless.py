"""Parameters that take part in every pass and never change, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.initial_weights import fresh
from rung.inputs.history import History
from rung.inputs.history_model import Parameter

Reason = Literal["no-gradient", "not-trainable"]
MIN_SEEN = 3
EQUAL = 1e-6  # two spreads of the same entries, in single precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """One parameter that never changed."""

    path: str
    layer: str
    size: int
    seen: int
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Motionless:
    """What never moved though it was called and something else did.

    cut_at : the first layer (in forward order) whose output lost its graph, '' where that was not seen.   total : trainable entries and those named.
    """

    parameters: tuple[Still, ...]
    cut_at: str
    total: int


@fact(cost="instant")
def motionless(history: History) -> Motionless:
    """Unavailable where nothing moved at all (other rules tell why) or parameters were not recorded."""
    if not history.parameters:
        raise Unavailable("parameters were not recorded")
    if not any(each.changed or _has_gradient(each) for each in history.parameters):
        raise Unavailable("no parameter had a gradient at all")
    called = {each.path for each in history.layers if each.order >= 0}
    found = tuple(_still(each, reason) for each in history.parameters if each.layer in called and (reason := _reason(each, history)))
    cut = next((each.path for each in sorted(history.layers, key=lambda layer: layer.order) if each.output_cut), "")
    total = sum(each.size for each in history.parameters if each.requires_grad) + sum(
        each.size for each in found if each.reason == "not-trainable"
    )
    return Motionless(parameters=found, cut_at=cut, total=total)


def _has_gradient(parameter: Parameter) -> bool:
    return bool(np.isfinite(parameter.gradient_norm).any())


def _reason(parameter: Parameter, history: History) -> Reason | None:
    if parameter.changed or parameter.tied_to or (parameter.seen < MIN_SEEN and not _rested(parameter)):
        return None
    if parameter.requires_grad:
        held = parameter.optimizer >= 0
        return "no-gradient" if held and parameter.gradient_missing >= parameter.seen and not _has_gradient(parameter) else None
    if history.pretrained or not _trained_beside(parameter, history):
        return None
    return "not-trainable" if fresh(_matrix_of(parameter, history)) else None


def _rested(parameter: Parameter) -> bool:
    """No optimizer holds it and it takes no gradient, so that its steps were not looked at: its spread is to the digit what it was."""
    loose = parameter.optimizer < 0 and not parameter.requires_grad and parameter.initial_std > 0
    return bool(loose and abs(parameter.final_std / parameter.initial_std - 1) < EQUAL)


def _matrix_of(parameter: Parameter, history: History) -> Parameter:
    """The weight matrix of the same layer: a bias alone does not tell a fresh start."""
    own = [each for each in history.parameters if each.layer == parameter.layer and each.fan_in > 1]
    return max(own, key=lambda each: each.size) if own else parameter


def _trained_beside(parameter: Parameter, history: History) -> bool:
    """Some other parameter of the same model is trained: a net of which nothing is trainable is a teacher."""
    return any(each.changed and each.layer is not None for each in history.parameters if each.path != parameter.path)


def _still(parameter: Parameter, reason: Reason) -> Still:
    return Still(path=parameter.path, layer=parameter.layer or "", size=parameter.size, seen=parameter.seen, reason=reason)
