"""Layers for which training and evaluation mode differ, and the mode in which they ran."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.inputs.history import History
from rung.inputs.history_model import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeLayers:
    """Paths of layers with dropout or batch statistics.

    sensitive : all that were called.   in_training : of those, the ones that ran in evaluation mode in most training passes.
    in_evaluation : those that ran in training mode in most validation passes.   noisy : whether one of `in_training` is a dropout.
    """

    sensitive: tuple[str, ...]
    in_training: tuple[str, ...]
    in_evaluation: tuple[str, ...]
    kinds: tuple[str, ...]


@fact(cost="instant")
def mode_layers(history: History) -> ModeLayers:
    """Unavailable where layers were not recorded."""
    if not history.layers:
        raise Unavailable("layers were not recorded")
    found = [each for each in history.layers if each.order >= 0 and depends_on_mode(each)]
    return ModeLayers(
        sensitive=tuple(each.path for each in found),
        in_training=tuple(each.path for each in found if each.trained_mode_share < 0.5),
        # Where single layers were not looked at in validation, the mode of the whole model tells.
        in_evaluation=tuple(each.path for each in found if each.evaluated_mode_share > 0.5 or np.isnan(each.evaluated_mode_share)),
        kinds=tuple(each.type_name for each in found),
    )


def depends_on_mode(layer: Layer) -> bool:
    """Dropout that drops, norms that read the batch in training, recurrent nets and attention with a dropout of their own."""
    rate = next((layer.settings[name] for name in ("p", "dropout", "attention_dropout") if name in layer.settings), 0.0)
    drops = isinstance(rate, int | float) and rate > 0
    if "Dropout" in layer.type_name or layer.type_name in ("LSTM", "GRU", "RNN", "MultiheadAttention"):
        return drops
    return "BatchNorm" in layer.type_name or (
        layer.type_name.startswith("InstanceNorm") and bool(layer.settings.get("track_running_stats"))
    )
