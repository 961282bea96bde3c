"""`rung run`: the user's own program under observation."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from rung.interfaces.cli import options

if TYPE_CHECKING:
    from rung.core.report import Report
    from rung.interfaces.script import Observed

HELP = """Run your own unmodified script or notebook under observation, then report what was done to the data.

Everything after PROGRAM belongs to the program. Its output, its results and its exit code are its own; the report goes to standard error, or to the files
that --output names. With -m PROGRAM is a module, as with python -m.
"""
CONTEXT = {"allow_interspersed_args": False}


def run(
    context: typer.Context,
    program: Annotated[str, typer.Argument(metavar="PROGRAM", help="A .py file or a notebook (.ipynb); with -m a module.")],
    arguments: Annotated[list[str] | None, typer.Argument(metavar="[ARGS]...", help="The program's own arguments.")] = None,
    module: Annotated[bool, typer.Option("-m", "--module", help="PROGRAM is a module's name.")] = False,
    static: Annotated[bool, typer.Option("--static", help="Read the source only; run nothing.")] = False,
    budget: options.Budget = "60s",
    seed: options.Seed = 0,
    apply: Annotated[
        bool, typer.Option("--apply", help="Try each edit on a copy, show it, and write it to your script after a yes.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --apply: write without asking.")] = False,
    select: options.Select = "",
    ignore: options.Ignore = "",
    fail_on: Annotated[
        str | None,
        typer.Option(metavar="SEVERITY", help="Exit with 1 on findings of this severity or worse, instead of the program's own code."),
    ] = None,
    formats: options.Formats = None,
    outputs: options.Outputs = None,
) -> None:
    """See HELP."""
    from rung.interfaces.cli.diagnose import parse_seconds
    from rung.interfaces.cli.output import deliver, destinations, severity
    from rung.interfaces.script import observe

    pairs = destinations(formats or [], outputs or [])
    pairs = [(name, place.absolute() if place is not None else None) for name, place in pairs]
    if fail_on not in (None, "never"):
        severity(fail_on)
    observed = observe(
        program, tuple(arguments or ()), module=module, static=static, budget=parse_seconds(budget), seed=seed, select=select, ignore=ignore
    )
    if observed.report is not None:
        report = _applied(observed, tuple(arguments or ()), yes=yes) if apply and not static else observed.report
        report = replace(report, command=("rung", *_own_arguments(sys.argv, program)))
        deliver(report, pairs, fail_on or "error", stream=sys.stderr)
    for option in _misplaced(context, tuple(arguments or ()), observed):
        typer.echo(
            f"note: {option} stands after {program} and went to it, which does not mention it: rung's own options come before the program",
            err=True,
        )
    _leave(observed, fail_on)


def _applied(observed: Observed, arguments: tuple[str, ...], *, yes: bool) -> Report:
    """The report after its edits were tried, and written where the user says so. Without a terminal nothing is written but with --yes."""
    from rung.inputs.trace import Trace
    from rung.interfaces.run_apply import apply_edits

    assert observed.report is not None
    trace = next((each for each in observed.ran.inputs if isinstance(each, Trace)), None)
    if trace is None:
        return observed.report

    def ask(question: str) -> bool:
        return yes or (sys.stdin.isatty() and typer.confirm(question, err=True))

    return apply_edits(observed.report, trace, arguments, ask, lambda text: typer.echo(text, err=True))


def _misplaced(context: typer.Context, arguments: tuple[str, ...], observed: Observed) -> list[str]:
    """Options of rung's among the program's arguments, of which its source says nothing."""
    from rung.inputs.trace import Trace

    own = {name for each in context.command.params for name in each.opts if name.startswith("--")}
    given = [each.partition("=")[0] for each in arguments]
    texts = [script.text for each in observed.ran.inputs if isinstance(each, Trace) for script in each.scripts]
    if "--" in given or any(word in text for text in texts for word in ("sys.argv", "argparse", "click", "typer", "fire")):
        return []
    return [each for each in given if each in own]


def _own_arguments(argv: list[str], program: str) -> list[str]:
    place = argv.index(program) if program in argv else len(argv)
    return argv[1 : place + 1] + argv[place + 1 :]


def _leave(observed: object, fail_on: str | None) -> None:
    """The program's own code; with --fail-on that of the report, unless the program itself failed."""
    from rung.interfaces.cli.output import exit_code
    from rung.interfaces.script import Observed
    from rung.record.runner import INTERRUPTED

    assert isinstance(observed, Observed)
    code = observed.ran.ended.code
    if code == 0 and fail_on is not None and observed.report is not None:
        code = exit_code(observed.report, fail_on)
    if observed.ran.ended.exception == "KeyboardInterrupt" and code == INTERRUPTED and os.name == "posix":
        sys.stdout.flush()
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # end as the interpreter would: by the signal itself
        os.kill(os.getpid(), signal.SIGINT)
    raise typer.Exit(code)
