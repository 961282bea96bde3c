"""`rung compare`: production rows against a reference."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rung.interfaces.cli import options

HELP = """Hold production rows against a reference: has anything moved, and what does it do to the score?

REFERENCE is the training table, or a snapshot of it (.json, made by `rung snapshot`). CURRENT are rows as production sees them now, with labels as far as they
have come. Limits are worked out for the sizes at hand and for all columns together; where the reference has a time column, for how much it moves by itself.

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong use or unreadable input, 3 a check crashed.
"""


def compare(
    reference: Annotated[Path, typer.Argument(metavar="REFERENCE", help="Training table, or a snapshot of it (.json).")],
    current: Annotated[Path, typer.Argument(metavar="CURRENT", help="Rows as production sees them now.")],
    model: options.ModelFile = None,
    trust: options.Trust = False,
    test: options.UnseenTest = None,
    target: options.Target = None,
    time: options.Time = None,
    label_time: Annotated[str | None, typer.Option(metavar="COL", help="Column that says when the label of a row became known.")] = None,
    group: options.Group = None,
    positive: options.Positive = None,
    prediction: options.Prediction = None,
    task: options.Task = None,
    fresh: options.Fresh = False,
    contract: options.ContractFile = None,
    seed: options.Seed = 0,
    select: Annotated[
        str, typer.Option(metavar="CODES", help="Run these rules only: codes, families, slugs or rungs, by commas. [the operation rung]")
    ] = "",
    ignore: options.Ignore = "",
    fail_on: options.FailOn = "error",
    formats: options.Formats = None,
    outputs: options.Outputs = None,
) -> None:
    """See HELP."""
    from rung.interfaces.cli.diagnose import ask_trust
    from rung.interfaces.cli.output import deliver, destinations, exit_code, severity

    pairs = destinations(formats or [], outputs or [])
    if fail_on != "never":
        severity(fail_on)
    trust = trust or (model is not None and ask_trust(model))
    from dataclasses import replace

    from rung.interfaces import operate
    from rung.interfaces.cli.progress import progress_line
    from rung.interfaces.contract_file import read_contract

    with progress_line() as show:
        show("reading", 0.0)
        report = operate.compare(
            reference, current, model=model, trust=trust, test=test, target=target, time=time, label_time=label_time, groups=group,
            positive=positive, prediction=prediction, task=task, fresh=fresh, contract=read_contract(contract) if contract else None, seed=seed,
            select=select, ignore=ignore, progress=show,
        )  # fmt: skip
    deliver(replace(report, command=("rung", *sys.argv[1:])), pairs, fail_on)
    raise typer.Exit(exit_code(report, fail_on))
