"""The user's failure categories: conditions written as SQL, or functions of a pandas frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import BadSetting
from rung.inputs.categories import Categories, Predicate
from rung.inputs.contract import Contract
from rung.inputs.table import Table


def categories_of(contract: Contract, given: Mapping[str, object] | None) -> Categories | None:
    """Those of the contract and those given beside it, None where there are none.

    A text is a condition on the columns ("age > 60 AND sex = 'F'"); a function takes the rows as a pandas frame and returns one truth value a row.
    Raises BadSetting for a text that is no condition and for anything else.
    """
    declared = {**contract.categories, **(given or {})}
    return Categories(predicates={name: _predicate(name, each) for name, each in declared.items()}) if declared else None


def _predicate(name: str, given: object) -> Predicate:
    if isinstance(given, str):
        return _by_text(name, given)
    if callable(given):
        return _by_function(given)
    raise BadSetting(
        f"Category '{name}' is {type(given).__name__}.", hint='Give a condition such as "age > 60", or a function of a pandas frame.'
    )


def _by_text(name: str, condition: str) -> Predicate:
    try:
        expression = pl.sql_expr(condition)
    except Exception as error:
        message = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadSetting(
            f"Category '{name}': '{condition}' is no condition: {message}.", hint="Write it as after WHERE in SQL: age > 60 AND sex = 'F'."
        ) from error

    def ask(table: Table) -> NDArray[np.bool_]:
        return table.frame.select(expression.fill_null(value=False).cast(pl.Boolean).alias("inside")).to_series().to_numpy()

    return ask


def _by_function(function: Callable[..., object]) -> Predicate:
    def ask(table: Table) -> NDArray[np.bool_]:
        return np.asarray(function(table.frame.to_pandas())).astype(bool)

    return ask
