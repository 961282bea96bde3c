"""How each column is understood: its kind, its role, and the reason for both."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from rung.core.errors import BadInput, Unavailable
from rung.core.marks import fact
from rung.inputs.case import Train
from rung.inputs.contract import Contract
from rung.inputs.model import Model
from rung.inputs.settings import Settings
from rung.inputs.table import Table, no_such_column

Kind = Literal["numeric", "boolean", "category", "text", "datetime", "empty"]
Role = Literal["feature", "target", "time", "group", "prediction", "ignored"]

# Names that people give to what they predict; asked only where no target is declared.
TARGET_NAMES = re.compile(r"^(target|label|labels|y|class|outcome|response|is_\w+|churn(ed)?|default(ed)?|survived|late)$", re.IGNORECASE)
TIME_NAMES = re.compile(r"(^|_|\b)(date|time|timestamp|datetime|ts|day|created|updated)(_|\b|$)|(_at|_on|_dt)$", re.IGNORECASE)
DATE_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S%.fZ",
    "%Y/%m/%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d-%m-%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%m/%d/%y",
    "%Y%m%d %H:%M",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as understood.

    n_distinct is counted on the sample; number_share is the share of a text column's values that read as numbers.
    """

    name: str
    kind: Kind
    role: Role
    dtype: str
    n_missing: int
    n_rows: int
    n_distinct: int
    n_sampled: int
    integer: bool = False
    number_share: float = 0.0
    date_format: str = ""
    mean_words: float = 0.0
    why: str = ""

    @property
    def missing_share(self) -> float:
        """Missing values over rows, 0..1."""
        return self.n_missing / self.n_rows if self.n_rows else 0.0

    @property
    def distinct_share(self) -> float:
        """Distinct over non-missing values in the sample, 0..1."""
        known = self.n_sampled * (1 - self.missing_share)
        return min(1.0, self.n_distinct / known) if known else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """All columns of the training table, and the special ones by name."""

    columns: tuple[Column, ...]
    target: str | None
    time: str | None
    groups: str | None
    inferred: tuple[str, ...]

    def column(self, name: str) -> Column:
        """One column by name. Raises KeyError for an unknown one."""
        return next(each for each in self.columns if each.name == name)

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns that a model may learn from, in table order."""
        return tuple(each for each in self.columns if each.role == "feature")

    def features_of(self, *kinds: Kind) -> tuple[Column, ...]:
        """The features of these kinds."""
        return tuple(each for each in self.features if each.kind in kinds)


@fact(cost="pass")
def schema(train: Train, contract: Contract, settings: Settings, model: Model | None) -> Schema:
    """Infer kinds and roles; whatever the contract declares wins."""
    table = train.table
    if not table.columns:
        raise Unavailable("the training table has no columns")
    _check_declared(contract, table)
    target, why = _target(contract, table, model)
    head = table.frame.head(settings.sample_rows) if table.n_rows > settings.sample_rows else table.frame
    nulls = table.frame.null_count().row(0)
    distinct = head.select(pl.all().drop_nulls().n_unique()).row(0)
    looks = [_look(head.get_column(name), nulls[place], table.n_rows, distinct[place]) for place, name in enumerate(table.columns)]
    time, time_why = _time(contract, looks, target)
    roles = {target: "target", time: "time" if contract.time else "feature", contract.groups: "group", contract.prediction: "prediction"}
    roles |= {contract.label_time: "ignored"} if contract.label_time else {}
    columns = tuple(_with_role(each, roles, contract, model) for each in looks)
    return Schema(
        columns=columns, target=target, time=time, groups=contract.groups, inferred=tuple(each for each in (why, time_why) if each)
    )


def _check_declared(contract: Contract, table: Table) -> None:
    declared = (contract.target, contract.time, contract.groups, *contract.features)
    for name in declared:
        if name is not None and name not in table.columns:
            raise no_such_column(name, table.columns, table.source)


def _target(contract: Contract, table: Table, model: Model | None) -> tuple[str | None, str]:
    if contract.target is not None:
        return contract.target, ""
    left = [name for name in table.columns if name not in model.features] if model and model.features else []
    if len(left) == 1:
        return left[0], f"target '{left[0]}': the one column that the model does not take"
    named = [name for name in table.columns if TARGET_NAMES.match(name)]
    if len(named) == 1:
        return named[0], f"target '{named[0]}': by its name; override with --target"
    if len(named) > 1 and table.columns[-1] in named:
        return table.columns[-1], f"target '{table.columns[-1]}': by its name and place; override with --target"
    return None, "no target: name it with --target"


def look(series: pl.Series) -> Column:
    """One column by itself, as a feature."""
    head = series.head(20_000)
    return _look(head, head.null_count(), head.len(), int(head.drop_nulls().n_unique()) if head.dtype not in (pl.Object, pl.List) else 0)


def _look(series: pl.Series, n_missing: int, n_rows: int, n_distinct: int) -> Column:
    kind, extra, why = _kind(series, n_distinct)
    return Column(
        name=series.name,
        kind=kind,
        role="feature",
        dtype=str(series.dtype),
        n_missing=n_missing,
        n_rows=n_rows,
        n_distinct=n_distinct,
        n_sampled=series.len(),
        why=why,
        **extra,  # type: ignore[arg-type]
    )


def _kind(series: pl.Series, n_distinct: int) -> tuple[Kind, dict[str, object], str]:
    kind = series.dtype
    if series.null_count() == series.len():
        return "empty", {}, "no value is present"
    if kind == pl.Boolean:
        return "boolean", {"integer": True}, ""
    if kind.is_numeric():
        return "numeric", {"integer": _whole(series)}, ""
    if kind.is_temporal():
        return "datetime", {}, ""
    if kind == pl.Categorical or isinstance(kind, pl.Enum):
        return "category", {}, ""
    return _text_kind(series.drop_nulls().head(5_000), n_distinct)


def _whole(series: pl.Series) -> bool:
    if series.dtype.is_integer():
        return True
    known = series.drop_nulls().head(5_000)
    known = known.filter(known.is_finite())
    return bool(known.len()) and bool((known == known.floor()).all())


def _text_kind(values: pl.Series, n_distinct: int) -> tuple[Kind, dict[str, object], str]:
    number_share = values.str.strip_chars().cast(pl.Float64, strict=False).is_not_null().mean()
    words = float(values.str.count_matches(r"\S+").mean() or 0.0)  # type: ignore[arg-type]
    found: dict[str, object] = {"number_share": float(number_share or 0.0), "mean_words": words}  # type: ignore[arg-type]
    form = date_format(values)
    if form:
        return "datetime", {**found, "date_format": form}, f"texts that read as dates ({form})"
    if words >= 4 and n_distinct > 0.2 * values.len():
        return "text", found, f"{words:.0f} words a value"
    return "category", found, ""


def date_format(values: pl.Series) -> str:
    """The format under which at least 95 % of these texts read as dates, '' where there is none."""
    head = values.head(500)
    if not head.len() or not bool(head.str.contains(r"\d{4}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2}").mean() > 0.9):  # type: ignore[operator]
        return ""
    for form in DATE_FORMATS:
        if head.str.to_datetime(form, strict=False).is_not_null().mean() >= 0.95:  # type: ignore[operator]
            return form
    return ""


def _time(contract: Contract, columns: Iterable[Column], target: str | None) -> tuple[str | None, str]:
    if contract.time is not None:
        return contract.time, ""
    found = [each for each in columns if each.kind == "datetime" and each.name not in (target, contract.label_time) and each.n_distinct > 2]
    if len(found) == 1 or (found and sum(bool(TIME_NAMES.search(each.name)) for each in found) == 1):
        chosen = next((each for each in found if TIME_NAMES.search(each.name)), found[0])
        return chosen.name, f"time '{chosen.name}': the column of dates; override with --time"
    return None, ""


def _with_role(column: Column, roles: dict[str | None, str], contract: Contract, model: Model | None) -> Column:
    from dataclasses import replace

    role = roles.get(column.name, "feature")
    outside = (contract.features and column.name not in contract.features) or (
        model is not None and model.features and column.name not in model.features
    )
    if role == "feature" and outside:
        return replace(
            column, role="ignored", why="the model does not take it" if not contract.features else "not among the declared features"
        )
    return replace(column, role=role)  # type: ignore[arg-type]


def require_target(schema: Schema) -> str:
    """The target's name. Raises Unavailable where none is known."""
    if schema.target is None:
        raise Unavailable("needs a target (--target)")
    return schema.target


def refuse(message: str, hint: str) -> BadInput:
    """An error about what the user declared."""
    return BadInput(message, hint=hint)
