"""Hugging Face Trainer: watch from `train` on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rung.core.errors import MissingExtra


def make(begin: Callable[[], None], end: Callable[[BaseException | None], None]) -> Any:
    """A `TrainerCallback`."""
    try:
        from transformers import TrainerCallback  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise MissingExtra(
            "'transformers' is needed for this callback and is not installed.", hint="pip install transformers accelerate"
        ) from error

    class RungCallback(TrainerCallback):
        """Begins to watch when training begins, and ends with it."""

        def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            begin()

        def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            end(None)

    return RungCallback()
