"""Reads a script or notebook without running it."""

from __future__ import annotations

import sys
from pathlib import Path

from rung.core.errors import BadInput
from rung.inputs.trace import Trace
from rung.record.notebook import Notebook, without_magics
from rung.record.reading.calls import call
from rung.record.reading.interpreter import Interpreter, Return
from rung.record.reading.writer import TooMuch


def read_script(path: str) -> Trace:
    """The trace of a script that was read, not run: its rows are symbols (`counted` is False).

    Raises BadInput where there is no such file or it is no Python.
    """
    file = Path(path)
    if not file.is_file():
        raise BadInput(f"There is no file '{path}'.", hint="Name a .py file or a notebook.")
    text, cells = _source(file)
    reader = Interpreter(file.resolve().parent, call)
    notes: tuple[str, ...] = ("The script was read, not run: rows are symbols, and values are not known.",)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 8000))
    try:
        reader.module(text, path, cells)
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


def _source(file: Path) -> tuple[str, tuple[int, ...]]:
    if file.suffix != ".ipynb":
        return file.read_text(encoding="utf-8"), ()
    book = Notebook.read(str(file))
    cleaned = Notebook(tuple(without_magics(each) for each in book.cells))
    return cleaned.text, cleaned.first_lines
