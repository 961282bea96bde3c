"""`rung compare`: production rows against a reference."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

HELP = """Hold production rows against a reference: has anything moved, and what does it do to the score?

REFERENCE is the training table, or a snapshot of it (.json, made by `rung snapshot`). CURRENT are rows as production sees them now, with labels as far as they
have come. Limits are worked out for the sizes at hand and for all columns together; where the reference has a time column, for how much it moves by itself.

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong use or unreadable input, 3 a check crashed.
"""
TABLE = "FILE"


def compare(
    reference: Annotated[Path, typer.Argument(metavar="REFERENCE", help="Training table, or a snapshot of it (.json).")],
    current: Annotated[Path, typer.Argument(metavar="CURRENT", help="Rows as production sees them now.")],
    model: Annotated[str | None, typer.Option(metavar="FILE", help="Fitted model; its predictions and its score are compared too.")] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Load a model file that can run code. Asked for at the terminal otherwise.")
    ] = False,
    test: Annotated[
        Path | None, typer.Option(metavar=TABLE, help="Labelled rows that the model has not seen: what it scores when nothing is wrong.")
    ] = None,
    target: Annotated[str | None, typer.Option(metavar="COL", help="Column to predict. Inferred where left out.")] = None,
    time: Annotated[str | None, typer.Option(metavar="COL", help="Column that orders the rows in time.")] = None,
    label_time: Annotated[str | None, typer.Option(metavar="COL", help="Column that says when the label of a row became known.")] = None,
    group: Annotated[str | None, typer.Option(metavar="COL", help="Column of the entity that rows belong to.")] = None,
    positive: Annotated[str | None, typer.Option(metavar="LABEL", help="Positive class of a binary target.")] = None,
    prediction: Annotated[
        str | None, typer.Option(metavar="COL", help="Column with the model's predictions in both, where there is no model file.")
    ] = None,
    task: Annotated[str | None, typer.Option(metavar="TASK", help="binary, multiclass or regression. Inferred where left out.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="The reference rows were not used to fit the model.")] = False,
    contract: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML file with these declarations; options given here win.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of every random draw.")] = 0,
    select: Annotated[
        str, typer.Option(metavar="CODES", help="Run these rules only: codes, families, slugs or rungs, by commas. [the operation rung]")
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
