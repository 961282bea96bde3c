"""`rung diagnose`: the main job."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from rung.core.errors import BadSetting

HELP = """Find the root cause of a model's trouble in its tables.

Climbs the ladder over TRAIN and, where given, a test set, a production frame and a fitted model; ranks causes; proves them by experiments.

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong use or unreadable input, 3 a check crashed.
"""
TABLE = "FILE"


def diagnose(
    train: Annotated[Path, typer.Argument(metavar="TRAIN", help="Training table: .csv, .csv.gz, .parquet, .feather, .arrow or .jsonl.")],
    test: Annotated[Path | None, typer.Option(metavar=TABLE, help="Held-out rows with labels.")] = None,
    valid: Annotated[Path | None, typer.Option(metavar=TABLE, help="Rows used for choices during development.")] = None,
    current: Annotated[Path | None, typer.Option(metavar=TABLE, help="Rows as production sees them now, with or without labels.")] = None,
    target: Annotated[str | None, typer.Option(metavar="COL", help="Column to predict. Inferred where left out.")] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Fitted model: joblib, pickle, skops, XGBoost, LightGBM, CatBoost, ONNX, or module:attribute."),
    ] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Load a model file that can run code. Asked for at the terminal otherwise.")
    ] = False,
    time: Annotated[str | None, typer.Option(metavar="COL", help="Column that orders the rows in time.")] = None,
    group: Annotated[str | None, typer.Option(metavar="COL", help="Column of the entity that rows belong to.")] = None,
    positive: Annotated[str | None, typer.Option(metavar="LABEL", help="Positive class of a binary target.")] = None,
    prediction: Annotated[
        str | None, typer.Option(metavar="COL", help="Column with a model's predictions, where there is no model file.")
    ] = None,
    metric: Annotated[str | None, typer.Option(metavar="NAME", help="Metric that you report.")] = None,
    task: Annotated[str | None, typer.Option(metavar="TASK", help="binary, multiclass or regression. Inferred where left out.")] = None,
    cost_fp: Annotated[float | None, typer.Option(metavar="X", help="Cost of one false alarm.")] = None,
    cost_fn: Annotated[float | None, typer.Option(metavar="Y", help="Cost of one miss.")] = None,
    contract: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML file with these declarations; options given here win.")
    ] = None,
    budget: Annotated[str, typer.Option(metavar="TIME", help="Time for the experiments, as 60s or 5m.")] = "60s",
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of every random draw.")] = 0,
    select: Annotated[
        str, typer.Option(metavar="CODES", help="Run these rules only: codes, families (D3), slugs or rungs, by commas.")
    ] = "",
    ignore: Annotated[str, typer.Option(metavar="CODES", help="Leave these rules out.")] = "",
    fail_on: Annotated[
        str, typer.Option(metavar="SEVERITY", help="Lowest severity that makes the exit code 1: note, warning, error, critical or never.")
    ] = "error",
    experiments: Annotated[
        bool, typer.Option("--experiments/--no-experiments", help="Prove causes by changing one thing and measuring again.")
    ] = True,
    headroom: Annotated[
        bool,
        typer.Option(
            "--headroom", help="Also try what would make the score better, and how much of it is luck; as long again as --budget."
        ),
    ] = False,
    test_ledger: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Count the looks at this test set in FILE and judge the score by them; auto: a file beside the test file."
        ),
    ] = None,
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
    from rung.interfaces.cli.output import deliver, destinations, exit_code, severity

    pairs = destinations(formats or [], outputs or [])
    if fail_on != "never":
        severity(fail_on)
    seconds = parse_seconds(budget)
    trust = trust or (model is not None and ask_trust(model))
    from dataclasses import replace

    from rung.interfaces import api
    from rung.interfaces.cli.progress import progress_line
    from rung.interfaces.contract_file import read_contract

    with progress_line() as show:
        show("reading", 0.0)
        report = api.diagnose(
            train,
            test=test,
            valid=valid,
            current=current,
            target=target,
            model=model,
            trust=trust,
            time=time,
            groups=group,
            positive=positive,
            prediction=prediction,
            metric=metric,
            task=task,
            cost_fp=cost_fp,
            cost_fn=cost_fn,
            contract=read_contract(contract) if contract else None,
            budget=seconds,
            seed=seed,
            select=select,
            ignore=ignore,
            experiments=experiments,
            headroom=headroom,
            test_ledger=test_ledger,
            progress=show,
        )
    deliver(replace(report, command=("rung", *sys.argv[1:])), pairs, fail_on)
    raise typer.Exit(exit_code(report, fail_on))


def parse_seconds(text: str) -> float:
    """'60', '60s', '5m' or '1h' as seconds. Raises BadSetting for anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip())
    if match is None:
        raise BadSetting(f"'{text}' is no time.", hint="Write 60s, 5m or 1h.")
    return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]]


def ask_trust(model: str) -> bool:
    """A yes at the terminal is as good as --trust; in a pipe nothing is asked."""
    from rung.adapters.artefacts import RUNS_CODE

    runs_code = Path(model).suffix.lower() in RUNS_CODE and Path(model).exists()
    if not runs_code or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return typer.confirm(f"Loading '{model}' can run any code that its author put there. Do you trust where it comes from?", err=True)
