"""Units that never fire, and units that sit in the flat part of their activation, over many different rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.finding import Where
from rung.core.marks import fact
from rung.inputs.history import History
from rung.inputs.history_model import Layer

SATURATING = ("Tanh", "Sigmoid", "Hardtanh", "Hardsigmoid", "Softsign", "LogSigmoid")
RECTIFYING = ("ReLU", "ReLU6", "Threshold", "Hardshrink", "Softshrink", "CELU")


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerLife:
    """One activation.

    path, kind, where : which.   feeder : path of the last layer with weights before it, '' if none.   units : units (channels).
    idle_first, idle_last : share of units that are silent (rectifiers) or flat (saturating activations) on all rows, in the first and
    the last window.   often_flat : share of units that are flat on more than nine rows of ten at the end.   rows : rows behind the last.
    is_output : it makes the model's output.   zero_share : share of zero entries at the end (half of them are usual).
    """

    path: str
    kind: str
    where: Where | None
    feeder: str
    units: int
    idle_first: float
    idle_last: float
    often_flat: float
    rows: int
    rows_first: int
    is_output: bool
    zero_share: float

    @property
    def saturating(self) -> bool:
        """Whether it is flat at both ends, not silent at one."""
        return self.kind in SATURATING


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLife:
    """All activations whose units were counted, from input to output."""

    layers: tuple[LayerLife, ...]


@fact(cost="instant")
def unit_life(history: History) -> UnitLife:
    """Unavailable where no activation was looked at."""
    ordered = sorted((each for each in history.layers if each.order >= 0), key=lambda each: each.order)
    found = tuple(_life(each, place, ordered, history) for place, each in enumerate(ordered) if each.unit_activity_last.size)
    if not found:
        raise Unavailable("no activation's units were counted")
    return UnitLife(layers=found)


def _life(layer: Layer, place: int, ordered: list[Layer], history: History) -> LayerLife:
    feeder = next((each.path for each in reversed(ordered[:place]) if each.n_parameters and "Norm" not in each.type_name), "")
    outputs = {each.producer for each in history.losses if each.producer}
    last_weights = max((at for at, each in enumerate(ordered) if each.n_parameters), default=-1)
    return LayerLife(
        path=layer.path,
        kind=layer.type_name,
        where=layer.where,
        feeder=feeder,
        units=len(layer.unit_activity_last),
        idle_first=float((layer.unit_activity_first == 0).mean()) if layer.unit_activity_first.size else float("nan"),
        idle_last=float((layer.unit_activity_last == 0).mean()),
        often_flat=float((layer.unit_activity_last < 0.1).mean()),
        rows=layer.activity_rows[1],
        rows_first=layer.activity_rows[0],
        is_output=layer.path in outputs or place > last_weights,
        zero_share=_last(layer.zero_share),
    )


def _last(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known[-1]) if len(known) else float("nan")
