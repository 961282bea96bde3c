"""`rung check`: the training rules on a recorded run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

HELP = """Find what is wrong with a training run from what was recorded of it.

HISTORY is a file saved by rung.watch, a CSV of losses, a TensorBoard event file or folder, a W&B offline run, an MLflow run, Lightning's metrics.csv,
a Trainer's trainer_state.json, or JSON lists of Keras, XGBoost or LightGBM. A history of rung tells most: wiring, gradients, units, data; a log of
losses tells what curves can tell.

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong use or unreadable input, 3 a check crashed.
"""


def check(
    history: Annotated[Path, typer.Argument(metavar="HISTORY", help="File or folder with the record of one run.")],
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of every random draw.")] = 0,
    select: Annotated[
        str, typer.Option(metavar="CODES", help="Run these rules only: codes, families (T2), slugs or rungs, by commas.")
    ] = "",
    ignore: Annotated[str, typer.Option(metavar="CODES", help="Leave these rules out.")] = "",
    fail_on: Annotated[
        str, typer.Option(metavar="SEVERITY", help="Lowest severity that makes the exit code 1: note, warning, error, critical or never.")
    ] = "error",
    formats: Annotated[
        list[str] | None, typer.Option("--format", metavar="FORMAT", help="terminal, json, html, markdown, sarif or junit. Repeatable.")
    ] = None,
    outputs: Annotated[
        list[Path] | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write there instead. Repeatable; pairs with --format in order, or the ending tells."
        ),
    ] = None,
) -> None:
    """See HELP."""
    from dataclasses import replace

    from rung.interfaces.cli.output import deliver, destinations, exit_code, severity

    pairs = destinations(formats or [], outputs or [])
    if fail_on != "never":
        severity(fail_on)
    from rung.interfaces.training import check as checked

    report = checked(history, select=select, ignore=ignore, seed=seed)
    deliver(replace(report, command=("rung", *sys.argv[1:])), pairs, fail_on)
    raise typer.Exit(exit_code(report, fail_on))
