"""`rung diff`: two reports compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

HELP = """Compare two JSON reports: new, gone and changed findings, and scores with intervals.

Findings are matched by rule and subject. Exit code 1 where a new finding, or one that became graver, is at or above --fail-on.
"""
FORMATS = ("terminal", "markdown", "json")


def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="JSON report, as `rung diagnose ... -o before.json` writes it.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="JSON report of the later state.")],
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help="terminal, markdown or json. [by the ending of --output, else terminal]"),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead.")] = None,
    fail_on: Annotated[
        str, typer.Option(metavar="SEVERITY", help="Lowest severity of what is new that makes the exit code 1, or never.")
    ] = "error",
) -> None:
    """See HELP."""
    from rung.core.errors import BadSetting
    from rung.interfaces import reports
    from rung.interfaces.cli.output import by_ending, severity
    from rung.render import difference

    form = form or (by_ending(output) if output is not None else "terminal")
    if form not in FORMATS:
        raise BadSetting(f"'{form}' is no format of diff.", hint=f"Formats are {', '.join(FORMATS)}.")
    limit = severity(fail_on).weight if fail_on != "never" else None
    found = reports.diff(before, after)
    text = getattr(difference, form)(found)
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
        print(f"wrote {output}", file=sys.stderr)
    graver = [each.after for each in found.changed if each.after.weight > each.before.weight]
    raise typer.Exit(int(limit is not None and any(each.weight >= limit for each in (*found.new, *graver) if each.verdict != "refuted")))
