"""Refuses what cannot work before any check runs: better one clear error than a report that looks clean because nothing could be looked at."""

from __future__ import annotations

import difflib
from typing import get_args

import polars as pl

from rung.core.errors import BadInput, BadSetting
from rung.facts.schema import date_format
from rung.inputs.case import Case, Current, TableInput, Test, Train, Valid
from rung.inputs.contract import Contract, Task
from rung.inputs.model import Model
from rung.inputs.table import Table, no_such_column

# Names that people write for a metric, in words; what they write is compared without case, underscores and hyphens.
METRICS = (
    "accuracy", "balanced accuracy", "roc auc", "auc", "average precision", "pr auc", "f1", "fbeta", "precision", "recall", "specificity",
    "matthews", "mcc", "kappa", "log loss", "brier", "calibration error", "lift", "gini", "normalised gini", "auc macro", "macro roc auc",
    "macro f1", "micro f1", "weighted f1", "top k accuracy", "r2", "mae", "mse", "rmse", "rmsle", "mape", "smape", "median error",
    "explained variance", "max error", "poisson deviance", "gamma deviance", "pinball", "quantile loss", "spearman", "cost",
)  # fmt: skip
MAX_SHOWN = 6


def refuse_impossible(case: Case) -> None:
    """Raises BadInput or BadSetting for declarations, tables and models that cannot belong together."""
    contract = next((each for each in case.inputs.values() if isinstance(each, Contract)), Contract())
    tables = [each for each in case.inputs.values() if isinstance(each, TableInput)]
    _refuse_settings(contract)
    for each in tables:
        _refuse_empty(each)
    train = next((each.table for each in tables if isinstance(each, Train)), None)
    if train is not None:
        _refuse_columns(contract, tables)
        _refuse_time(contract, train)
        _refuse_target(contract, train)
        _refuse_model(next((each for each in case.inputs.values() if isinstance(each, Model)), None), train)


def _refuse_settings(contract: Contract) -> None:
    if contract.task is not None and contract.task not in get_args(Task):
        raise BadSetting(f"'{contract.task}' is no task.", hint=f"Tasks are {', '.join(get_args(Task))}; left out, it is inferred.")
    if contract.metric is not None and _plain(contract.metric) not in {_plain(each) for each in METRICS}:
        near = difflib.get_close_matches(contract.metric.lower(), METRICS, n=3)
        raise BadSetting(f"'{contract.metric}' is no metric that rung knows.", hint=f"It knows {', '.join(near or METRICS)}.")
    for name in ("cost_fp", "cost_fn"):
        value = getattr(contract, name)
        if value is not None and not value >= 0:
            raise BadSetting(f"{name} is {value}: a cost cannot be below 0.", hint="Give what one such error costs, in any unit.")
    for name in ("min_recall", "min_precision", "prevalence"):
        value = getattr(contract, name)
        if value is not None and not 0 < value < 1:
            raise BadSetting(f"{name} is {value}: it is a share between 0 and 1.", hint="Write 0.9 for 90 %.")


def _plain(name: str) -> str:
    text = name.lower().removeprefix("neg_").removesuffix("_score")
    return "".join(letter for letter in text if letter.isalnum())


def _refuse_empty(given: TableInput) -> None:
    if not given.table.n_rows:
        raise BadInput(
            f"'{given.table.source}' has a header of {len(given.table.columns)} columns and no rows.",
            hint="Look at the query or filter that wrote it; rung needs rows to look at.",
        )


def _refuse_columns(contract: Contract, tables: list[TableInput]) -> None:
    """The prediction column and protected columns must be in one of the tables."""
    held_out = [each.table for each in tables if isinstance(each, Train | Test | Valid | Current)]
    name = contract.prediction
    if name is not None and not any(name in table.columns for table in held_out):
        raise no_such_column(name, held_out[0].columns, held_out[0].source)
    for name in contract.protected:
        if not any(name in table.columns for table in held_out):
            raise no_such_column(name, held_out[0].columns, held_out[0].source)


def _refuse_time(contract: Contract, train: Table) -> None:
    """A declared time of texts must read as dates: nothing can be ordered by it otherwise."""
    if contract.time is None or contract.time not in train.columns:
        return
    known = train.column(contract.time).drop_nulls()
    if known.len() and known.dtype in (pl.String, pl.Categorical) and not date_format(known.cast(pl.String)):
        raise BadInput(
            f"The time column '{contract.time}' holds texts such as '{known[0]}' that read as no date.",
            hint="Give a column of dates (as 2025-03-31) or of numbers that grow with time.",
        )


def _refuse_target(contract: Contract, train: Table) -> None:
    name = contract.target
    if name is None or name not in train.columns:
        return  # the schema answers for it, with the nearest names
    known = train.column(name).drop_nulls()
    if not known.len():
        raise BadInput(f"The target '{name}' has no value in any of {train.n_rows} rows.", hint="Look at the join that brought the labels.")
    if contract.task == "binary" and known.n_unique() > 2:
        raise BadInput(
            f"The target '{name}' has {known.n_unique()} different values; a binary task has two.",
            hint="Leave --task out to have it inferred, or make the two classes a column of their own.",
        )
    if contract.task == "regression" and not known.dtype.is_numeric() and known.cast(pl.Float64, strict=False).null_count() == known.len():
        raise BadInput(
            f"The target '{name}' holds texts such as '{known[0]}'; a regression needs numbers.",
            hint="Leave --task out to have it inferred.",
        )


def _refuse_model(model: Model | None, train: Table) -> None:
    """A model that wants columns which the training table lacks can be asked nothing."""
    if model is None or not model.features:
        return
    names = {*train.columns, *(str(each) for each in train.renamed.values())}
    missing = [name for name in model.features if name not in names]
    if missing:
        shown = ", ".join(f"'{name}'" for name in missing[:MAX_SHOWN]) + (" ..." if len(missing) > MAX_SHOWN else "")
        raise BadInput(
            f"The model wants {len(model.features)} columns; {len(missing)} of them are not in '{train.source}': {shown}.",
            hint="Hand over the table as the model's pipeline takes it, or the pipeline with the preparation in it.",
        )
