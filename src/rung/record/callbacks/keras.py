"""Keras 3, on any backend: losses and metrics as `fit` logs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rung.core.errors import MissingExtra
from rung.record.callbacks.curves import Curves

FALLS = ("loss", "error", "mse", "mae", "msle", "mape", "crossentropy", "divergence", "hinge", "poisson")


def make(curves: Curves, end: Callable[[], None]) -> Any:
    """A Keras `Callback`: one point an epoch."""
    try:
        import keras  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise MissingExtra("'keras' is needed for this callback and is not installed.", hint="pip install keras") from error

    class RungCallback(keras.callbacks.Callback):
        """Reads the logs at the end of each epoch."""

        def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
            for name, value in (logs or {}).items():
                bare = name.removeprefix("val_")
                falls = any(word in bare for word in FALLS)
                quantity = "rate" if bare in ("lr", "learning_rate") else "loss" if falls else "metric"
                curves.log("valid" if name != bare else "train", quantity, name, epoch + 1, float(value), larger=not falls)

        def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
            curves.ended = "finished"
            end()

    return RungCallback()
