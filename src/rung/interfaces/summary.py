"""What a report says of the program that was run: its files and how well it could be followed."""

from __future__ import annotations

from dataclasses import replace

from rung.core.report import CaseSummary, SourceFile
from rung.inputs.trace import Trace
from rung.record.runner import Ran


def with_program(case: CaseSummary, ran: Ran) -> CaseSummary:
    """The summary with the program's files, how it ended, and what of it could not be followed."""
    trace = next((each for each in ran.inputs if isinstance(each, Trace)), None)
    sources = tuple(SourceFile(path=each.path, text=each.text, cells=each.cells) for each in ran.running.sources)
    notes = (*case.inferred, *_end(ran), *(coverage(trace) if trace is not None else ()), *ran.running.notes)
    return replace(case, program=sources, inferred=notes, model=case.model)


def coverage(trace: Trace) -> tuple[str, ...]:
    """What could not be followed, in sentences: 'rows of 2 of 31 calls could not be followed: line 44, ...'."""
    good, need = trace.followed
    if good == need:
        return (f"Rows were followed through all {need} calls that need them.",) if need else ()
    places = [f"line {each.where.line}, {each.call} ({each.why})" for each in trace.lost if each.where is not None]
    shown = "; ".join(dict.fromkeys(places[:5])) + (f"; and {len(places) - 5} more" if len(places) > 5 else "")
    return (f"Rows of {need - good} of {need} calls could not be followed: {shown}.",)


def _end(ran: Ran) -> tuple[str, ...]:
    ended = ran.ended
    if ended.exception:
        line = f" at line {ended.where.line}" if ended.where is not None else ""
        return (f"The program ended with {ended.exception}{line}: {ended.message[:200]}",)
    return (f"The program ended with exit code {ended.code}.",) if ended.code else ()
