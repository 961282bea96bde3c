"""Functions that the model calls without a module: activations, softmax, dropout. Active during a close look alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode

from rung.record.torch.places import spot

if TYPE_CHECKING:
    from rung.record.torch.look import Look

ACTIVATIONS = {
    "relu": "ReLU", "relu_": "ReLU", "relu6": "ReLU6", "leaky_relu": "LeakyReLU", "elu": "ELU", "selu": "SELU", "celu": "CELU",
    "gelu": "GELU", "silu": "SiLU", "mish": "Mish", "tanh": "Tanh", "tanh_": "Tanh", "sigmoid": "Sigmoid", "sigmoid_": "Sigmoid",
    "softplus": "Softplus", "hardtanh": "Hardtanh", "softsign": "Softsign", "hardswish": "Hardswish",
}  # fmt: skip
DROPOUTS = frozenset(("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout"))
DROPOUT_MODULES = frozenset(("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"))
MODULES_OF = frozenset(ACTIVATIONS.values()) | DROPOUT_MODULES | {"MultiheadAttention", "LSTM", "GRU", "RNN", "LSTMCell", "GRUCell"}


class OpsMode(TorchFunctionMode):
    """Passes every function on unchanged, and notes those that matter."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look

    def __torch_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Called by torch for each function on tensors."""
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        if name in ACTIVATIONS or name in DROPOUTS or name.endswith("softmax"):
            try:
                with torch._C.DisableTorchFunction():
                    self._note(name, args, kwargs or {}, result)
            except Exception as error:
                self.look.recorder.lost(f"function '{name}': {type(error).__name__}: {error}")
        return result

    def _note(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], result: object) -> None:
        recorder, inside = self.look.recorder, self.look.stack[-1][0] if self.look.stack else ""
        if name.endswith("softmax"):
            recorder.losses.softmax(name, args, kwargs, result, recorder)
        elif name in DROPOUTS:
            training = kwargs.get("training", args[2] if len(args) > 2 else True)
            p = kwargs.get("p", args[1] if len(args) > 1 else 0.5)
            if self.look.phase == "valid" and training and p and inside not in DROPOUT_MODULES:
                recorder.loop.dropout_in_eval += 1
                recorder.loop.dropout_spot = recorder.loop.dropout_spot or spot(3)
        elif inside not in MODULES_OF and args and isinstance(args[0], torch.Tensor) and isinstance(result, torch.Tensor):
            self.look.function(name.rstrip("_"), ACTIVATIONS[name], args[0], result)
