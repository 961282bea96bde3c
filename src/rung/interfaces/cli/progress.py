"""A progress line on standard error, on a terminal only."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rung.engine.run import Progress, quiet

BAR = 24


@contextmanager
def progress_line() -> Iterator[Progress]:
    """Yields a function (text, share 0..1) that redraws one line; nothing is drawn into a pipe, and the line is wiped at the end."""
    if not sys.stderr.isatty():
        yield quiet
        return
    try:
        yield _draw
    finally:
        sys.stderr.write("\r\033[K")
        sys.stderr.flush()


def _draw(text: str, share: float) -> None:
    width = shutil.get_terminal_size().columns
    filled = round(BAR * max(0.0, min(1.0, share)))
    line = f"[{'=' * filled}{' ' * (BAR - filled)}] {share:4.0%}  {text}"
    sys.stderr.write("\r\033[K" + line[: width - 1])
    sys.stderr.flush()
