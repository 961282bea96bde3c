"""The options that several verbs share: one name, one help text, one place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

TABLE = "FILE"

# What is declared about the problem; the fields of `rung.inputs.contract.Contract`.
Target = Annotated[str | None, typer.Option(metavar="COL", help="Column to predict. Inferred where left out.")]
Time = Annotated[str | None, typer.Option(metavar="COL", help="Column that orders the rows in time.")]
Group = Annotated[str | None, typer.Option(metavar="COL", help="Column of the entity that rows belong to.")]
Positive = Annotated[str | None, typer.Option(metavar="LABEL", help="Positive class of a binary target.")]
Prediction = Annotated[str | None, typer.Option(metavar="COL", help="Column with a model's predictions, where there is no model file.")]
Task = Annotated[str | None, typer.Option(metavar="TASK", help="binary, multiclass or regression. Inferred where left out.")]
Metric = Annotated[str | None, typer.Option(metavar="NAME", help="Metric that you report.")]
CostFp = Annotated[float | None, typer.Option("--cost-fp", metavar="X", help="Cost of one false alarm.")]
CostFn = Annotated[float | None, typer.Option("--cost-fn", metavar="Y", help="Cost of one miss.")]
MinRecall = Annotated[
    float | None, typer.Option("--min-recall", metavar="SHARE", help="Smallest share of positives that must be found, 0 to 1.")
]
MinPrecision = Annotated[
    float | None, typer.Option("--min-precision", metavar="SHARE", help="Smallest share of positive calls that must be right, 0 to 1.")
]
Prevalence = Annotated[
    float | None, typer.Option("--prevalence", metavar="SHARE", help="Share of the positive class where the model is used, 0 to 1.")
]
Protected = Annotated[
    list[str] | None, typer.Option("--protected", metavar="COL", help="Column whose groups must be served alike. Repeatable.")
]
ContractFile = Annotated[
    Path | None, typer.Option("--contract", metavar="FILE", help="TOML file with these declarations; options given here win.")
]

# The model.
ModelFile = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="FILE", help="Fitted model: joblib, pickle, skops, XGBoost, LightGBM, CatBoost, ONNX, or module:attribute."
    ),
]
Trust = Annotated[bool, typer.Option("--trust", help="Load a model file that can run code. Asked for at the terminal otherwise.")]
UnseenTest = Annotated[
    Path | None,
    typer.Option("--test", metavar=TABLE, help="Labelled rows that the model has not seen: what it scores when nothing is wrong."),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="The reference rows were not used to fit the model.")]

# How to run.
Budget = Annotated[str, typer.Option(metavar="TIME", help="Time for the experiments, as 60s or 5m.")]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of every random draw.")]
Select = Annotated[str, typer.Option(metavar="CODES", help="Run these rules only: codes, families (D3), slugs or rungs, by commas.")]
Ignore = Annotated[str, typer.Option(metavar="CODES", help="Leave these rules out.")]

# What comes out.
FailOn = Annotated[
    str, typer.Option(metavar="SEVERITY", help="Lowest severity that makes the exit code 1: note, warning, error, critical or never.")
]
Formats = Annotated[
    list[str] | None, typer.Option("--format", metavar="FORMAT", help="terminal, json, html, markdown, sarif or junit. Repeatable.")
]
Outputs = Annotated[
    list[Path] | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write there instead. Repeatable; pairs with --format in order, or the ending tells."
    ),
]
