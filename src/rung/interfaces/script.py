"""`rung run` from Python: a program under observation, and the report on what it did."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rung.core.errors import BadInput
from rung.record.hook import Ended, Running, Source, hooks
from rung.record.places import Places
from rung.record.program import Program
from rung.record.runner import Ran
from rung.record.runner import run as run_program

if TYPE_CHECKING:
    from rung.core.report import Report
    from rung.inputs.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A program that was run, and the report on it; None in a forked child, which has nothing to say."""

    ran: Ran
    report: Report | None


def run(
    script: str | Path,
    arguments: Sequence[str] = (),
    *,
    module: bool = False,
    static: bool = False,
    budget: float = 60.0,
    seed: int = 0,
    select: tuple[str, ...] | list[str] | str = (),
    ignore: tuple[str, ...] | list[str] | str = (),
) -> Report:
    """Run the user's own program or notebook under observation and report what was done to the data.

    script : a .py file, a notebook, or with module=True a module's name.   arguments : its command line.
    static : read the source only, run nothing.   budget : seconds for the experiments.   select, ignore : codes, families, slugs, rungs.
    The program's output and results are its own; an error that it raises is shown and told in the report, not raised here.
    Raises BadInput where there is no such program.
    """
    observed = observe(str(script), tuple(arguments), module=module, static=static, budget=budget, seed=seed, select=select, ignore=ignore)
    if observed.report is None:
        raise SystemExit(observed.ran.ended.code)
    return observed.report


def observe(
    script: str, arguments: tuple[str, ...] = (), *, module: bool = False, static: bool = False, budget: float = 60.0, seed: int = 0,
    select: tuple[str, ...] | list[str] | str = (), ignore: tuple[str, ...] | list[str] | str = (),
) -> Observed:  # fmt: skip
    """As `run`, with the program's own end beside the report."""
    program = Program.of(script, arguments, module=module)
    ran = read_only(program) if static else run_program(program, hooks())
    if ran.child:
        return Observed(ran=ran, report=None)
    from rung.inputs.settings import Settings
    from rung.interfaces.api import words
    from rung.interfaces.configuration import knobs_from_project

    settings = Settings(budget=budget, seed=seed, select=words(select), ignore=words(ignore), knobs=knobs_from_project(Path.cwd()))
    return Observed(ran=ran, report=report_of(ran, settings, static=static))


def read_only(program: Program) -> Ran:
    """The recorded inputs of a program that is read and not run: its source alone. Raises BadInput where that is no Python."""
    running = Running(arguments=program.arguments, places=Places(program.path))
    running.sources.append(program.source(running.places))
    _refuse_no_python(running.sources[0])
    running.notes.append("The program was read, not run: nothing is known of its values.")
    found: list[object] = []
    for hook in hooks():
        hook.begin(running)
        found += hook.finish(Ended())
    return Ran(inputs=tuple(found), ended=Ended(), running=running)


def _refuse_no_python(source: Source) -> None:
    try:
        ast.parse(source.text)
    except SyntaxError as error:
        raise BadInput(f"'{source.path}' is no Python: {error.msg}, line {error.lineno}.", hint="Mend it, then run rung again.") from error


def report_of(ran: Ran, settings: Settings, *, static: bool = False) -> Report:
    """The report on what was recorded, or read."""
    from rung.interfaces.api import report_on
    from rung.interfaces.run_case import case_of, reading_of, trace_of, with_lines, with_rules
    from rung.interfaces.run_trials import on_trial
    from rung.interfaces.summary import with_program

    case = case_of(ran.inputs, settings, reading_of(ran), static=static)
    report = with_lines(report_on(case, with_rules(settings)), case)
    if settings.experiments and not static:
        left = settings.budget - sum(each.seconds for each in report.outcomes)
        report = on_trial(report, trace_of(case), ran.running.arguments, left)
    return replace(report, case=with_program(report.case, ran))
