"""Scripts of the corpus (benchmarks/scripts), read without running them."""

from __future__ import annotations

import contextlib
import functools
import json
import tempfile
from pathlib import Path

from rung.inputs.case import Case
from rung.inputs.settings import Settings
from rung.inputs.trace import Trace
from rung.record.reading.read import read_script, read_source

ROOT = Path(__file__).parents[2] / "benchmarks" / "scripts"


@functools.cache
def folder() -> Path:
    """A folder with the tables that the scripts read."""
    from benchmarks.scripts.make_data import write_all

    made = Path(tempfile.mkdtemp(prefix="corpus"))
    write_all(made / "data")
    return made


def manifest() -> list[dict]:
    """What is planted where."""
    return json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))


def trace_of(path: str) -> Trace:
    """The trace of one script of the corpus, named as in the manifest."""
    with contextlib.chdir(folder()):
        return read_script(str(ROOT / path))


def read(name: str, kind: str = "faulty") -> Case:
    """The case of one script: kind is 'faulty', 'twins' or 'honest'."""
    entry = next(each for each in manifest() if each["name"] == name)
    return Case(trace_of(entry["twin" if kind == "twins" else "script"]), Settings())


def source(text: str) -> Case:
    """The case of a few lines written in a test."""
    return Case(read_source("train.py", text, folder=folder()), Settings())
