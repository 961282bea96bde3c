"""Takes rung's own frames out of tracebacks: a program that fails must look as it does without rung."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Any

from rung.record.patches import Patches
from rung.record.places import is_rung

WALKS = ("walk_tb", "_walk_tb_with_full_positions")


def without_rung(trace: TracebackType | None) -> TracebackType | None:
    """The same traceback without rung's frames."""
    kept = []
    while trace is not None:
        if not is_rung(trace.tb_frame.f_code.co_filename):
            kept.append(trace)
        trace = trace.tb_next
    rest: TracebackType | None = None
    for each in reversed(kept):
        rest = TracebackType(rest, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return rest


def clean(error: BaseException) -> BaseException:
    """Strip the error and everything that led to it; the error itself is returned."""
    todo, seen = [error], set()
    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        each.__traceback__ = without_rung(each.__traceback__)
        todo += [cause for cause in (each.__cause__, each.__context__) if cause is not None]
    return error


def hide(patches: Patches) -> None:
    """While the program runs, let the standard library's own printing of tracebacks and stacks skip rung's frames."""
    for name in WALKS:
        if hasattr(traceback, name):
            patches.put(traceback, name, _skipping(getattr(traceback, name)))
    patches.put(traceback, "walk_stack", _stack_of_the_program(traceback.walk_stack))


def _skipping(walk: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    def skipping(trace: TracebackType | None) -> Iterator[Any]:
        return walk(without_rung(trace))

    return skipping


def _stack_of_the_program(walk: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    def program(frame: FrameType | None) -> Iterator[Any]:
        for found, line in walk(frame if frame is not None else _caller()):
            name = found.f_code.co_filename
            if not is_rung(name):
                yield found, line
            elif found.f_globals.get("__name__") == "rung.record.program":
                return  # above it is only the command

    return program


def _caller() -> FrameType | None:
    import sys

    frame = sys._getframe(1)  # the standard library does the same here
    while frame is not None and (is_rung(frame.f_code.co_filename) or frame.f_code.co_filename == traceback.__file__):
        frame = frame.f_back
    return frame
