"""`rung guard`: tests that keep confirmed faults from coming back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rung.core.guard import Proof
    from rung.core.report import Report

HELP = """Write a pytest file with a guard for each confirmed finding of a JSON report.

Before it is handed over every guard is run where the fault is (it must fail) and on a mended copy (it must pass); what does not tell the two
apart is left out, with the reason. Nothing of yours is changed.

Exit codes: 0 guards were written, 1 there was nothing to guard, 2 wrong use.
"""


def guard(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="JSON report, as `rung diagnose ... -o report.json` writes it.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The pytest file to write.")] = Path(
        "tests/test_model_guard.py"
    ),
    root: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder that the report's relative paths start from.")] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Load the report's model file, which can run code.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """See HELP."""
    from rung.core.errors import BadSetting
    from rung.interfaces import reports
    from rung.interfaces.cli.progress import progress_line

    given = reports.read_report(report)
    if output.suffix != ".py":
        raise BadSetting(f"'{output}' does not end in .py.", hint="A guard is a pytest file: -o tests/test_model_guard.py.")
    if output.exists() and not force:
        raise BadSetting(f"'{output}' is there already.", hint="Name another file with -o, or repeat with --force.")
    with progress_line() as show:
        proof = reports.guard(given, output, root=root, trust=trust, say=lambda text: show(text, 0.5))
    if proof.text:
        print(f"wrote {output}: {len(proof.proven)} tests, each failed where the fault is and passed on a mended copy")
        for name in proof.proven:
            print(f"  {name}")
    else:
        print(f"no guard was written: {_why(given, proof)}")
    for key, why in proof.left_out.items():
        print(f"left out {key}: {why}")
    if proof.text:
        print(f"Next: pytest {output}", file=sys.stderr)
    raise typer.Exit(0 if proof.text else 1)


def _why(report: Report, proof: Proof) -> str:
    """Why nothing came of it, and what to do."""
    if proof.left_out:
        return "nothing that is sure can be told from its mended state"
    grave = [each for each in report.findings if each.weight and each.verdict != "refuted"]
    if not grave:
        return "the report holds no finding of warning or worse, so there is nothing to keep from coming back"
    again = " Diagnose again without --no-experiments." if "--no-experiments" in report.command else ""
    return f"none of the {len(grave)} findings of weight is confirmed by an experiment or certain by itself.{again}"
