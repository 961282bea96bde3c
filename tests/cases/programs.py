"""Small programs, run under observation in this process."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np

from rung.inputs.trace import Event, Trace
from rung.inputs.trace_parts import Rows
from rung.record.program import Program
from rung.record.runner import Ran, run
from rung.record.script.attach import ScriptHook


def run_text(folder: Path, text: str, *arguments: str, name: str = "train.py") -> Ran:
    """Write a program and run it with the recorder of scripts."""
    path = folder / name
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return run(Program.of(str(path), tuple(arguments)), [ScriptHook()])


def trace_of(folder: Path, text: str) -> Trace:
    """The trace of a program that must end well, with no trouble of the recorder's own."""
    ran = run_text(folder, text)
    assert ran.ended.code == 0, ran.ended
    assert not [note for note in ran.running.notes if "lost" in note or "failed" in note], ran.running.notes
    (trace,) = ran.inputs
    assert isinstance(trace, Trace)
    return trace


def events(trace: Trace, kind: str, call: str = "") -> list[Event]:
    """The user's own calls of a kind."""
    return [each for each in trace.events if each.kind == kind and call in each.call and not each.depth]


def rows_read(trace: Trace, event: Event, role: str = "X") -> Rows:
    """Rows that a call read in a role; they must be known."""
    item = event.read(role)
    assert item is not None, (event.call, event.reads)
    rows = trace.items[item].rows
    assert rows is not None, (event.call, trace.items[item])
    return rows


def positions(trace: Trace, event: Event, role: str = "X") -> list[int]:
    """The same as positions in the first source."""
    return (np.asarray(rows_read(trace, event, role)) - trace.sources[0].first).tolist()
