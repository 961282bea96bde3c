"""`rung check`: the training rules on a recorded run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rung.interfaces.cli import options

HELP = """Find what is wrong with a training run from what was recorded of it.

HISTORY is a file saved by rung.watch, a CSV of losses, a TensorBoard event file or folder, a W&B offline run, an MLflow run, Lightning's metrics.csv,
a Trainer's trainer_state.json, or JSON lists of Keras, XGBoost or LightGBM. A history of rung tells most: wiring, gradients, units, data; a log of
losses tells what curves can tell.

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong use or unreadable input, 3 a check crashed.
"""


def check(
    history: Annotated[Path, typer.Argument(metavar="HISTORY", help="File or folder with the record of one run.")],
    seed: options.Seed = 0,
    select: options.Select = "",
    ignore: options.Ignore = "",
    fail_on: options.FailOn = "error",
    formats: options.Formats = None,
    outputs: options.Outputs = None,
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
