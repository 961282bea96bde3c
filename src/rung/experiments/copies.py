"""A copy of the working folder, so that the user's program can be run again and touch nothing of theirs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rung.core.errors import Unavailable

MAX_BYTES = 300 << 20
LEFT_OUT = (".git", ".venv", "venv", "node_modules", "__pycache__", ".tox", "wandb", "mlruns")


@contextmanager
def copied_folder(folder: Path) -> Iterator[Path]:
    """A copy that is gone afterwards. Raises Unavailable where the folder is too large."""
    if _size(folder) > MAX_BYTES:
        raise Unavailable("the working folder is too large to copy")
    with tempfile.TemporaryDirectory(prefix="rung-") as temporary:
        copy = Path(temporary) / "copy"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        yield copy


def _size(folder: Path) -> int:
    total = 0
    for base, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if each not in LEFT_OUT]
        total += sum(Path(base, name).lstat().st_size for name in names)
        if total > MAX_BYTES:
            break
    return total
