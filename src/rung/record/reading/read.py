"""Reads a script or notebook without running it."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from rung.core.errors import BadInput
from rung.inputs.trace import Trace
from rung.record.notebook import Notebook, without_magics
from rung.record.reading.calls import call
from rung.record.reading.expressions import Return
from rung.record.reading.interpreter import Interpreter
from rung.record.reading.writer import TooMuch

DEEP = 8000  # frames: histories of nested calls are read by recursion


def read_script(path: str) -> Trace:
    """The trace of a script that was read, not run. Raises BadInput where there is no such file or it is no Python."""
    file = Path(path)
    if not file.is_file():
        raise BadInput(f"There is no file '{path}'.", hint="Name a .py file or a notebook.")
    if file.suffix != ".ipynb":
        return read_source(path, file.read_text(encoding="utf-8"), folder=file.resolve().parent)
    book = Notebook.read(str(file))
    return read_source(path, book.text, book.first_lines, folder=file.resolve().parent)


def read_source(path: str, text: str, cells: tuple[int, ...] = (), *, folder: Path) -> Trace:
    """The trace of a source that was read, not run: its rows are symbols (`counted` is False).

    path : as it is shown.   cells : first line of each notebook cell in `text`.   folder : where its own modules lie.
    Raises BadInput where it is no Python.
    """
    reader = Interpreter(folder, call)
    notes: tuple[str, ...] = ("The script was read, not run: rows are symbols, and values are not known.",)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEP))
    try:
        reader.module(_python(text, cells), path, cells)
    except SyntaxError as error:
        raise BadInput(
            f"'{path}' is no Python: {error.msg}, line {error.lineno}.", hint="Run it once to see the interpreter's message."
        ) from error
    except (TooMuch, RecursionError):
        notes = (*notes, "It unrolls to more steps than are read; the rest was left out.")
    except Return:
        notes = (*notes, "A 'return' stands outside a function.")
    finally:
        sys.setrecursionlimit(limit)
    return reader.out.trace(notes)


def _python(text: str, cells: tuple[int, ...]) -> str:
    """A notebook's text with its magic lines turned into comments, line for line."""
    if not cells:
        return text
    lines = text.splitlines()
    bounds = [*cells, len(lines) + 1]
    parts = ["\n".join(lines[first - 1 : last - 1]) for first, last in itertools.pairwise(bounds)]
    return "\n".join(without_magics(each) for each in parts) + "\n"
