"""What a variable can stand for while a script is read: tables with symbolic rows, statistics, estimators, the user's functions and classes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rung.inputs.trace_parts import Rows


@dataclass(slots=True, eq=False)
class Data:
    """A table, a column, an array or a vector. item : its number in the trace.   prediction : event that made it, where it is a prediction.

    parts : lengths of the tables it was stacked from.   hard : labels, not scores.   column : which column of a prediction.   flagged : made by comparing (a mask), `text` says how.
    """

    item: int
    rows: Rows | None
    columns: tuple[str, ...] = ()
    kind: str = "frame"
    name: str = ""
    prediction: int | None = None
    hard: bool = False
    column: int | None = None
    rounded: bool = False
    text: str = ""
    parts: tuple[int, ...] = ()


@dataclass(slots=True, eq=False)
class Stat:
    """Numbers worked out over rows (or learned by a fit): the events behind them."""

    events: frozenset[int]


@dataclass(slots=True, eq=False)
class Places:
    """Positions of rows: a permutation, the indices of a fold, a mask over rows."""

    positions: Rows
    n: int
    split: int | None = None


@dataclass(slots=True, eq=False)
class Est:
    """An estimator object of a library, or a splitter. fits : its fit events so far, newest last.   parts : estimators inside it."""

    dotted: str
    id: int
    parameters: dict[str, Any] = field(default_factory=dict)
    parts: list[Est] = field(default_factory=list)
    fits: list[int] = field(default_factory=list)
    classes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Class name."""
        return self.dotted.rpartition(".")[2]


@dataclass(slots=True, eq=False)
class Ref:
    """A name of a library: 'sklearn.preprocessing.StandardScaler'."""

    dotted: str


@dataclass(slots=True, eq=False)
class Module:
    """A module of the user's own project."""

    names: dict[str, Any]


@dataclass(slots=True, eq=False)
class Func:
    """A function of the user's. file : where its lines are.   bound : the object it is a method of."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    file: str
    bound: Any = None


@dataclass(slots=True, eq=False)
class Klass:
    """A class of the user's."""

    node: ast.ClassDef
    scope: Scope
    file: str
    bases: list[Any]


@dataclass(slots=True, eq=False)
class Obj:
    """An object of a class of the user's, or a bag of named values."""

    klass: Klass | None
    attributes: dict[str, Any] = field(default_factory=dict)
    kind: str = ""


@dataclass(slots=True, eq=False)
class Method:
    """A method about to be called on a value."""

    owner: Any
    name: str


@dataclass(slots=True, eq=False)
class Grouped:
    """A groupby: the table, the keys, the columns looked at."""

    data: Data
    by: tuple[str, ...]
    columns: tuple[str, ...] = ()
    keys: tuple[int, ...] = ()


@dataclass(slots=True, eq=False)
class Window:
    """series.rolling(...), before its statistic is asked."""

    data: Data
    name: str
    centred: bool
    closed: str = ""


@dataclass(slots=True, eq=False)
class Folds:
    """What a splitter's split() gives: pairs of positions."""

    pairs: list[tuple[Places, Places]]


class Unknown:
    """A value of which nothing is known. parts : tables and statistics that went into it."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Any, ...] = ()) -> None:
        self.parts = parts


@dataclass(slots=True, eq=False)
class Scope:
    """Names of a function or module; `outer` is where others are looked up."""

    names: dict[str, Any] = field(default_factory=dict)
    outer: Scope | None = None

    def get(self, name: str) -> Any:
        """The value of a name, `Unknown` where there is none."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None


def inside(value: Any, depth: int = 0) -> list[Any]:
    """Tables and statistics within a value: lists, dictionaries and unknowns are opened."""
    if isinstance(value, Data | Stat | Places | Est | Grouped):
        return [value]
    if depth > 4:
        return []
    if isinstance(value, Method):
        return inside(value.owner, depth + 1)
    if isinstance(value, Unknown):
        return [each for part in value.parts for each in inside(part, depth + 1)]
    if isinstance(value, list | tuple | set):
        return [each for part in value for each in inside(part, depth + 1)]
    if isinstance(value, dict):
        return [each for part in value.values() for each in inside(part, depth + 1)]
    return []


def first_data(*values: Any) -> Data | None:
    """The first table within these values."""
    return next((each for value in values for each in inside(value) if isinstance(each, Data)), None)


def stats_in(*values: Any) -> set[int]:
    """Events of the statistics within these values, and of fits of estimators."""
    found: set[int] = set()
    for value in values:
        for each in inside(value):
            found |= each.events if isinstance(each, Stat) else set()
    return found


def same_rows(left: Rows | None, right: Rows | None) -> bool:
    """Whether two tables hold the same rows in the same order."""
    return left is not None and right is not None and np.array_equal(left, right)
