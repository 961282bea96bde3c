"""Data frames and arrays of any library <-> `Table`.

A library is recognised by what is already imported: rung never imports pandas or pyarrow to look at an object that cannot be theirs.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import BadInput
from rung.inputs.table import Table

if TYPE_CHECKING:
    import pandas as pd

MAX_SPARSE_COLUMNS = 2_000  # facts look at so many of the fullest columns; the model still gets them all


def is_from(value: object, library: str) -> bool:
    """Whether the value's class belongs to this library, without importing it."""
    return library in sys.modules and any(base.__module__.partition(".")[0] == library for base in type(value).__mro__)


def to_table(value: object, source: str = "table") -> Table:  # noqa: PLR0911 - one door a library
    """A table from a frame or array. Raises BadInput naming the kinds that are taken."""
    if isinstance(value, Table):
        return value
    if isinstance(value, pl.LazyFrame):
        value = value.collect()
    if isinstance(value, pl.DataFrame | pl.Series):
        return _from_polars(value if isinstance(value, pl.DataFrame) else value.to_frame(), source)
    if is_from(value, "pandas"):
        return _from_pandas(value, source)
    if is_from(value, "pyarrow"):
        return _from_polars(cast("pl.DataFrame", pl.from_arrow(value)), source)
    if is_from(value, "scipy"):
        return _from_sparse(value, source)
    if isinstance(value, np.ndarray):
        return _from_numpy(value, source)
    if isinstance(value, dict | list):
        return _from_polars(pl.DataFrame(value, strict=False), source)
    raise BadInput(
        f"'{source}' is a {type(value).__module__}.{type(value).__qualname__}; rung takes a path, a pandas, polars or pyarrow frame, "
        "a NumPy array, a scipy sparse matrix, or (X, y)."
    )


def _tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """One idea of 'missing' (null, never NaN), plain types only."""
    extended = getattr(pl, "BaseExtension", ())  # wrapped types such as pandas' periods; unknown to older polars, which unwraps them itself
    wrapped = [name for name, kind in frame.schema.items() if isinstance(kind, extended)]
    frame = frame.with_columns([frame[name].to_physical() for name in wrapped]) if wrapped else frame
    floats = [name for name, kind in frame.schema.items() if kind.is_float()]
    frame = frame.with_columns(pl.col(floats).fill_nan(None)) if floats else frame
    odd = {name: kind for name, kind in frame.schema.items() if kind.is_nested() or kind in (pl.Object, pl.Binary, pl.Time, pl.Null)}
    frame = frame.with_columns(
        [
            pl.lit(None, pl.Float64).alias(name) if kind == pl.Null else pl.Series(name, [_text(each) for each in frame[name]], pl.String)
            for name, kind in odd.items()
        ]
    )
    changes = [pl.col(name).cast(pl.Float64) for name, kind in frame.schema.items() if kind.is_decimal()]
    changes += [pl.col(name).dt.total_microseconds() / 1e6 for name, kind in frame.schema.items() if kind == pl.Duration]
    changes += [
        pl.col(name).dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime) and kind.time_zone
    ]
    return frame.with_columns(changes) if changes else frame


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _from_polars(frame: pl.DataFrame, source: str) -> Table:
    return Table(frame=_tidy(frame), source=source, native=frame)


def unique_names(names: Sequence[object]) -> tuple[list[str], dict[str, object]]:
    """Names as unique strings, and which of them had to change: new name -> name as given."""
    seen: Counter[str] = Counter()
    fresh: list[str] = []
    for name in names:
        text = ".".join(map(str, name)) if isinstance(name, tuple) else str(name)
        unique = text if not seen[text] else f"{text}.{seen[text]}"
        seen[text] += 1
        fresh.append(unique)
    return fresh, {new: old for new, old in zip(fresh, names, strict=True) if new != old}


def _renaming_notes(renamed: dict[str, object]) -> tuple[str, ...]:
    twice = [new for new, old in renamed.items() if isinstance(old, str)]
    if not twice:
        return ()
    return (f"Column names stand more than once; the later ones are read as {', '.join(repr(name) for name in twice[:5])}.",)


def _from_pandas(value: object, source: str) -> Table:
    import pandas as pd

    given = value.to_frame() if isinstance(value, pd.Series) else cast("pd.DataFrame", value)
    names, renamed = unique_names(list(given.columns))
    series = [_pandas_column(name, given.iloc[:, place]) for place, name in enumerate(names)]
    frame = pl.DataFrame(series) if series else pl.DataFrame()
    return Table(frame=_tidy(frame), source=source, native=given, renamed=renamed, notes=_renaming_notes(renamed))


def _pandas_column(name: str, column: pd.Series) -> pl.Series:
    import pandas as pd
    from pandas.api import types

    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        text = [_text(each) for each in kind.categories]
        codes = pl.Series(name, column.cat.codes.to_numpy(), strict=False).cast(pl.Int64)
        labels = pl.Series("label", [*text, None], pl.String)
        return labels.gather(codes.set(codes < 0, len(text))).alias(name).cast(pl.Categorical)
    if types.is_bool_dtype(kind) or types.is_numeric_dtype(kind):
        return _pandas_numbers(name, column)
    if types.is_datetime64_any_dtype(kind) or types.is_timedelta64_dtype(kind):
        plain = column.dt.tz_convert("UTC").dt.tz_localize(None) if getattr(kind, "tz", None) is not None else column
        return pl.Series(name, plain.to_numpy())
    values = column.to_numpy(dtype=object, na_value=None) if not types.is_object_dtype(kind) else column.to_numpy()
    return object_series(name, values)


def _pandas_numbers(name: str, column: pd.Series) -> pl.Series:
    from pandas.api import types

    kind = column.dtype
    if types.is_complex_dtype(kind):
        return pl.Series(name, [_text(each) for each in column], pl.String)
    if isinstance(kind, np.dtype):
        values = column.to_numpy()
        return pl.Series(name, values if kind != np.float16 else values.astype(np.float32), nan_to_null=True)
    missing = column.isna().to_numpy()
    fill = False if types.is_bool_dtype(kind) else 0
    plain = np.asarray(column.fillna(fill))
    values = plain.astype(bool) if fill is False else plain
    return pl.Series(name, values).set(pl.Series(missing), None) if missing.any() else pl.Series(name, values)


def object_series(name: str, values: NDArray[np.object_] | Iterable[object]) -> pl.Series:
    """A series from Python objects: typed where all agree, text where they are mixed (True stays 'True', 1 stays '1')."""
    plain = [None if _is_missing(each) else each for each in values]
    kinds = {type(each) for each in plain if each is not None}
    if (
        kinds <= {int, float}
        or kinds <= {bool}
        or (kinds and all(issubclass(each, int | float | np.number) and each is not bool for each in kinds))
    ):
        return pl.Series(name, plain, strict=False) if kinds else pl.Series(name, plain, pl.Float64)
    if kinds <= {str}:
        return pl.Series(name, plain, pl.String)
    try:
        series = pl.Series(name, plain, strict=True)
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        series = pl.Series(name, [_text(each) for each in plain], pl.String)
    return (
        series
        if not (series.dtype == pl.Object or series.dtype.is_nested())
        else pl.Series(name, [_text(each) for each in plain], pl.String)
    )


def _is_missing(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, float | np.floating):
        return bool(np.isnan(value))
    return type(value).__name__ in ("NAType", "NaTType")


def _from_numpy(value: NDArray[np.generic], source: str) -> Table:
    if value.dtype.names:
        frame = pl.DataFrame({name: value[name] for name in value.dtype.names})  # pyright: ignore[reportArgumentType, reportCallIssue]
        return Table(frame=_tidy(frame), source=source, native=frame)
    if value.ndim == 1:
        value = value.reshape(-1, 1)
    if value.ndim != 2:
        raise BadInput(
            f"'{source}' has {value.ndim} dimensions, shape {value.shape}; a table has rows and columns.",
            hint="Flatten each row: array.reshape(len(array), -1).",
        )
    plain = value.astype(np.float32) if value.dtype == np.float16 else value
    columns = [_numpy_column(f"x{place}", plain[:, place]) for place in range(value.shape[1])]
    return Table(frame=_tidy(pl.DataFrame(columns)), source=source, native=value)


def _numpy_column(name: str, values: NDArray[np.generic]) -> pl.Series:
    if values.dtype.kind in "OUSc":
        return object_series(name, values.tolist())
    return pl.Series(name, np.ascontiguousarray(values), nan_to_null=True)


def _from_sparse(value: object, source: str) -> Table:
    import scipy.sparse as sp

    matrix = sp.csc_matrix(value)
    count = cast("tuple[int, int]", matrix.shape)[1]
    filled = np.diff(matrix.indptr)
    chosen = np.sort(np.argsort(-filled, kind="stable")[:MAX_SPARSE_COLUMNS])
    frame = pl.DataFrame([pl.Series(f"x{place}", matrix[:, [int(place)]].toarray().ravel()) for place in chosen])
    note = f"The sparse matrix has {count} columns; the {MAX_SPARSE_COLUMNS} with most entries are examined, the model gets all."
    return Table(frame=frame, source=source, native=sp.csr_matrix(value), notes=(note,) if count > MAX_SPARSE_COLUMNS else ())


def native_rows(table: Table, columns: Sequence[str], *, dates_as_text: bool = True) -> object:
    """The rows as the object that the author of a model would hand it: same library, same dtypes, these columns in this order."""
    native = table.native
    if native is None:
        return as_pandas(table, columns, dates_as_text=dates_as_text)
    if is_from(native, "pandas"):
        return _native_pandas(table, columns)
    if isinstance(native, np.ndarray) and not (table.edited & set(columns)):
        return _taken(native, table)[:, [int(name[1:]) for name in columns]]
    if isinstance(native, np.ndarray):
        return table.frame.select(columns).to_numpy()
    if isinstance(native, pl.DataFrame):
        return table.frame.select(columns)
    return _taken(native, table)


def _taken(native: object, table: Table) -> NDArray[np.generic]:
    rows = slice(None) if table.rows is None else table.rows
    return cast("NDArray[np.generic]", native)[rows]


def _native_pandas(table: Table, columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    given = cast("pd.DataFrame", table.native)
    names, _ = unique_names(list(given.columns))
    places = {name: place for place, name in enumerate(names)}
    kept = [name for name in columns if name in places]
    part = given.iloc[:, [places[name] for name in kept]]
    part = part if table.rows is None else part.iloc[table.rows]
    changed = [name for name in columns if name in table.edited or name not in places]
    if not changed:
        return part
    fresh = as_pandas(table, changed, index=part.index)
    renamed = part.set_axis(kept, axis=1)
    merged = {name: _like(cast("pd.Series", fresh[name]), renamed.get(name)) if name in changed else renamed[name] for name in columns}
    return pd.DataFrame(merged, index=part.index).set_axis([table.renamed.get(name, name) for name in columns], axis=1)


def _like(fresh: pd.Series, given: pd.Series | None) -> pd.Series:
    """Edited values under the dtype of the column they replace, where they fit."""
    if given is None or fresh.dtype == given.dtype:
        return fresh
    try:
        return fresh.astype(given.dtype)
    except (TypeError, ValueError):
        return fresh


def as_pandas(table: Table, columns: Sequence[str], *, dates_as_text: bool = False, index: pd.Index | None = None) -> pd.DataFrame:
    """A pandas frame with the dtypes that `pandas.read_csv` would give (works without pyarrow)."""
    import pandas as pd

    frame = table.frame.select(columns)
    return pd.DataFrame({name: _as_pandas_values(frame.get_column(name), dates_as_text=dates_as_text) for name in columns}, index=index)


def _as_pandas_values(series: pl.Series, *, dates_as_text: bool) -> object:
    import pandas as pd

    kind = series.dtype
    if kind.is_temporal():
        if dates_as_text:
            return series.dt.to_string("%Y-%m-%d" if kind == pl.Date else "%Y-%m-%d %H:%M:%S").to_list()
        return series.cast(pl.Datetime("us")).to_numpy()
    if kind == pl.Categorical or isinstance(kind, pl.Enum):
        return pd.Categorical(series.cast(pl.String).to_list())
    if kind == pl.String:
        return pd.Series(series.to_list(), dtype="str").to_numpy(dtype=object) if series.len() == 0 else series.to_list()
    if kind == pl.Boolean and series.null_count():
        return series.to_list()
    return series.to_numpy()
