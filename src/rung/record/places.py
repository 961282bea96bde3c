"""Tells the user's lines from those of libraries, and names them."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from types import FrameType

from rung.core.finding import Where

RUNG = str(Path(__file__).resolve().parents[1]) + os.sep
MARK = "_rung_observed"  # part of the file name of every wrapper
INSTALLED = ("site-packages", "dist-packages")


def is_rung(filename: str) -> bool:
    """Whether a code's file name is one of rung's own or of its wrappers."""
    return filename.startswith(RUNG) or MARK in filename


class Places:
    """Names lines. `main` is the program's file; files beside it and below the working directory are the user's, installed ones are not.

    cells : file name of a cell's code -> (shown path, number of the cell, counted from 1).
    """

    def __init__(self, main: str) -> None:
        self.main = main
        self.start = os.getcwd()
        self.cells: dict[str, tuple[str, int]] = {}
        self._known: dict[str, str | None] = {}
        paths = sysconfig.get_paths()
        self._libraries = tuple({os.path.realpath(paths[key]) + os.sep for key in ("stdlib", "platstdlib", "purelib", "platlib")})

    def shown(self, filename: str) -> str | None:
        """The user's file as it is shown in reports, None for code that is not the user's."""
        if filename not in self._known:
            self._known[filename] = self._shown(filename)
        return self._known[filename]

    def _shown(self, filename: str) -> str | None:
        if filename in self.cells:
            return self.cells[filename][0]
        if filename == self.main:
            return self._relative(filename)
        if filename.startswith("<") or is_rung(filename) or any(f"{os.sep}{name}{os.sep}" in filename for name in INSTALLED):
            return None
        path = os.path.realpath(filename)
        return None if path.startswith(self._libraries) or not os.path.exists(path) else self._relative(filename)

    def _relative(self, filename: str) -> str:
        path = os.path.abspath(filename)
        return os.path.relpath(path, self.start) if path.startswith(self.start + os.sep) else path

    def frame(self, depth: int = 1) -> FrameType | None:
        """The nearest frame of the user's, seen from `depth` frames above the caller."""
        frame: FrameType | None = sys._getframe(depth)  # the one way to the caller
        while frame is not None and self.shown(frame.f_code.co_filename) is None:
            frame = frame.f_back
        return frame

    def where(self, filename: str, line: int) -> Where | None:
        """The place of a line of the user's, None for code that is not the user's."""
        shown = self.shown(filename)
        cell = self.cells.get(filename)
        return None if shown is None else Where(file=shown, line=line, cell=cell[1] if cell else None)
