"""`rung diagnose`: the main job."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from rung.core.errors import BadSetting
from rung.interfaces.cli import options

HELP = """Find the root cause of a model's trouble in its tables.

Climbs the ladder over TRAIN and, where given, a test set, a production frame and a fitted model; ranks causes; proves them by experiments.

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 wrong use or unreadable input, 3 a check crashed.
"""


def diagnose(
    train: Annotated[Path, typer.Argument(metavar="TRAIN", help="Training table: .csv, .csv.gz, .parquet, .feather, .arrow or .jsonl.")],
    test: Annotated[Path | None, typer.Option(metavar=options.TABLE, help="Held-out rows with labels.")] = None,
    valid: Annotated[Path | None, typer.Option(metavar=options.TABLE, help="Rows used for choices during development.")] = None,
    current: Annotated[
        Path | None, typer.Option(metavar=options.TABLE, help="Rows as production sees them now, with or without labels.")
    ] = None,
    target: options.Target = None,
    model: options.ModelFile = None,
    trust: options.Trust = False,
    time: options.Time = None,
    group: options.Group = None,
    positive: options.Positive = None,
    prediction: options.Prediction = None,
    metric: options.Metric = None,
    task: options.Task = None,
    cost_fp: options.CostFp = None,
    cost_fn: options.CostFn = None,
    min_recall: options.MinRecall = None,
    min_precision: options.MinPrecision = None,
    prevalence: options.Prevalence = None,
    protected: options.Protected = None,
    contract: options.ContractFile = None,
    budget: options.Budget = "60s",
    seed: options.Seed = 0,
    select: options.Select = "",
    ignore: options.Ignore = "",
    fail_on: options.FailOn = "error",
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
    formats: options.Formats = None,
    outputs: options.Outputs = None,
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
            min_recall=min_recall,
            min_precision=min_precision,
            prevalence=prevalence,
            protected=tuple(protected) if protected else None,
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
