"""A notebook's code cells, and what turns a cell's magics into Python."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from rung.core.errors import BadInput
from rung.record.hook import Running

MAGIC = re.compile(r"^\s*(%|!|\?)|^\s*[\w.]+\?+\s*$|=\s*(%|!)\s*\w", re.MULTILINE)
SHELL_NAMES = re.compile(r"\bget_ipython\b|\bdisplay\s*\(")


@dataclass(frozen=True, slots=True)
class Notebook:
    """The code cells of a notebook, in order."""

    cells: tuple[str, ...]

    @classmethod
    def read(cls, path: str) -> Notebook:
        """Read an .ipynb file. Raises BadInput for what is none."""
        try:
            book = json.loads(Path(path).read_text(encoding="utf-8"))
            cells = book["cells"] if "cells" in book else [cell for sheet in book["worksheets"] for cell in sheet["cells"]]
            code = [each.get("source", each.get("input", "")) for each in cells if each["cell_type"] == "code"]
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(f"'{path}' is no notebook: {error}.", hint="Save it again as .ipynb, or export it as a .py file.") from error
        return cls(tuple("".join(each) if isinstance(each, list) else each for each in code))

    @property
    def text(self) -> str:
        """All cells one after the other, each ended by a line break."""
        return "".join(each.rstrip("\n") + "\n" for each in self.cells)

    @property
    def first_lines(self) -> tuple[int, ...]:
        """Line of `text` on which each cell begins, counted from 1."""
        lines, first = [], 1
        for each in self.cells:
            lines.append(first)
            first += each.rstrip("\n").count("\n") + 1
        return tuple(lines)

    @contextmanager
    def shell(self, main: ModuleType, running: Running) -> Iterator[Callable[[str], str]]:
        """A function cell -> Python. With magics and IPython at hand they work as in a shell; without it, magic lines are left out."""
        if not any(MAGIC.search(each) or SHELL_NAMES.search(each) for each in self.cells):
            yield str
            return
        try:
            shell = _ipython(main)
        except ImportError:
            running.notes.append("IPython is not installed: lines that begin with % or ! were left out.")
            vars(main).setdefault("display", print)
            yield without_magics
            return
        with shell.builtin_trap:
            yield lambda cell: cell if not MAGIC.search(cell) else shell.transform_cell(cell)
        type(shell).clear_instance()


def _ipython(main: ModuleType) -> Any:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def enable_gui(self, gui: object = None) -> None:
            """There is no window to keep alive."""

    config: Any = Config()
    config.HistoryManager.enabled = False  # the user's history is not ours to write
    return Shell.instance(user_module=main, config=config)


def without_magics(cell: str) -> str:
    """The cell with its magic lines turned into comments; a cell magic that does not run Python empties the cell."""
    if re.match(r"\s*%%(?!time|capture|prun|timeit)", cell):
        return re.sub(r"^", "# ", cell, flags=re.MULTILINE)
    return re.sub(r"^(\s*)([%!].*)$", r"\1pass  # \2", cell, flags=re.MULTILINE)
