"""How the weights started, against what the usual initialisers give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.inputs.history import History
from rung.inputs.history_model import Parameter

DEFAULT_GAIN = 3**-0.5  # a uniform start within 1 / sqrt(fan_in), the library's own for linear and convolutional layers


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One weight matrix (or kernel) before the first update.

    gain : standard deviation times sqrt(fan_in): 0.58 by default, 1 for Xavier, 1.41 for He.   constant : all entries equal `value`.
    moved : it changed at a step that was looked at.   last : it belongs to the last layer with weights.   looked : steps looked at.
    """

    path: str
    layer: str
    gain: float
    constant: bool
    value: float
    moved: bool
    last: bool
    looked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialWeights:
    """All trainable weight matrices that were called, embeddings and norms apart, from input to output; `any_moved`: any parameter changed at all."""

    starts: tuple[Start, ...]
    any_moved: bool


@fact(cost="instant")
def initial_weights(history: History) -> InitialWeights:
    """Unavailable where no weights were looked at before the first update."""
    place = {each.path: each.order for each in history.layers if each.order >= 0}
    kinds = {each.path: each.type_name for each in history.layers}
    found = [
        each
        for each in history.parameters
        if each.fan_in > 1
        and np.isfinite(each.initial_std)
        and each.layer in place
        and not each.tied_to
        and _plain(kinds[each.layer or ""])
    ]
    if not found:
        raise Unavailable("the weights at the start were not recorded")
    ordered = sorted(found, key=lambda each: place[each.layer or ""])
    last = place[ordered[-1].layer or ""]
    return InitialWeights(
        starts=tuple(_start(each, last=place[each.layer or ""] == last) for each in ordered),
        any_moved=any(each.changed for each in history.parameters),
    )


def _plain(kind: str) -> bool:
    return "Norm" not in kind and "Embedding" not in kind


def _start(parameter: Parameter, *, last: bool) -> Start:
    return Start(
        path=parameter.path,
        layer=parameter.layer or "",
        gain=parameter.initial_std * parameter.fan_in**0.5,
        constant=parameter.initial_constant,
        value=parameter.initial_mean,
        moved=parameter.changed > 0 or not parameter.requires_grad or parameter.optimizer < 0,
        last=last,
        looked=parameter.seen,
    )


def fresh(parameter: Parameter) -> bool:
    """Whether a matrix looks untouched since a usual initialiser made it: its spread is the default's, Xavier's or He's to 4 %.

    With n entries the spread of a fresh start varies by about 0.5 / sqrt(n) of itself; small tensors are left undecided (False).
    """
    if parameter.fan_in < 2 or parameter.size < 100 or not parameter.initial_std > 0:
        return False
    tolerance = max(0.02, 2.0 / parameter.size**0.5)
    usual = [
        DEFAULT_GAIN / parameter.fan_in**0.5,
        (2 / (parameter.fan_in + max(parameter.fan_out, 1))) ** 0.5,
        (2 / parameter.fan_in) ** 0.5,
    ]
    return (
        any(abs(parameter.initial_std / each - 1) < tolerance for each in usual)
        and abs(parameter.initial_mean) < 4 * parameter.initial_std / parameter.size**0.5
    )
