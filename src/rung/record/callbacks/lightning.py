"""Lightning: watch from `fit` on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from rung.core.errors import MissingExtra


def make(begin: Callable[[], None], end: Callable[[BaseException | None], None]) -> Any:
    """A Lightning `Callback`; of the package (`lightning` or `pytorch_lightning`) that the program has imported."""
    names = ("lightning.pytorch", "pytorch_lightning")
    loaded = [name for name in names if name in sys.modules]
    for name in loaded or names:
        try:
            base: Any = import_module(name).Callback
        except ImportError:
            continue
        return _class(base)(begin, end)
    raise MissingExtra("'lightning' is needed for this callback and is not installed.", hint="pip install lightning")


def _class(base: Any) -> Any:
    class RungCallback(base):
        """Begins to watch when fitting begins, and ends with it."""

        def __init__(self, begin: Callable[[], None], end: Callable[[BaseException | None], None]) -> None:
            super().__init__()
            self._begin, self._end = begin, end

        def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
            self._begin()

        def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
            self._end(None)

        def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
            self._end(exception)

    return RungCallback
