"""Which callables of pandas are observed, and how."""

from __future__ import annotations

import functools
import sys
import warnings
from types import ModuleType
from typing import Any

from rung.record.script import frames, sources, statistics, storage
from rung.record.script.recorder import Spec
from rung.record.script.wrap import Installer, disguise, mark, seen_call, wrapper

READERS = "read_csv read_table read_excel read_parquet read_json read_feather read_sql read_sql_query read_fwf read_pickle read_orc read_stata read_hdf"
SELECTS = "__getitem__ head tail dropna drop_duplicates sort_values sort_index nlargest nsmallest filter take reindex truncate drop"
DERIVES = (
    "fillna replace clip map apply astype assign where mask interpolate ffill bfill shift diff transform add sub mul div subtract divide "
    "multiply abs combine_first round applymap update select_dtypes"
)
IN_PLACE = "fillna replace clip where mask interpolate ffill bfill update dropna drop_duplicates sort_values sort_index drop"
KEEPS = "reset_index set_index to_numpy copy to_frame squeeze ravel tolist to_list __array__"
STATISTICS = "mean median std var min max sum quantile mode value_counts corr cov corrwith describe unique nunique skew kurt agg aggregate idxmax idxmin sem"
OPERATORS = "__add__ __sub__ __mul__ __truediv__ __floordiv__ __pow__ __radd__ __rsub__ __rmul__ __rtruediv__"
GROUPED = (
    "mean median std var min max sum count nunique first last size agg aggregate transform apply quantile rank cumsum cummean cumcount shift "
    "ffill bfill head tail idxmax idxmin prod skew value_counts fillna diff pct_change"
)
WINDOWED = "mean sum std var min max median agg aggregate apply quantile skew kurt count rank first last"
FUNCTIONS = {
    "merge": ("merge", statistics.merge), "concat": ("concat", statistics.concat), "qcut": ("reduce", statistics.binned),
    "cut": ("reduce", statistics.binned), "pivot_table": ("reduce", statistics.table_of_groups),
    "crosstab": ("reduce", statistics.crosstab), "factorize": ("derive", frames.coded),
    "get_dummies": ("derive", frames.derive), "to_numeric": ("derive", frames.derive), "to_datetime": ("derive", frames.derive),
}  # fmt: skip
SETITEM = {"STORE_SUBSCR", "STORE_SLICE"}


def attach(pandas: ModuleType, install: Installer) -> None:
    """Wrap what moves rows or mixes them."""
    exceptions: Any = sys.modules["pandas.util._exceptions"]
    install.patches.code(exceptions.find_stack_level, _stack_level)
    frame, series = pandas.DataFrame, pandas.Series
    for owner in (frame, series):
        _methods(owner, install)
        for name in IN_PLACE.split():
            _rewrap_in_place(owner, name, install)
        install.method(owner, "__setitem__", _spec("assign", owner, "__setitem__", frames.assign), _setter)
        values_of = vars(owner).get("values")
        if isinstance(values_of, property) and values_of.fget is not None:
            seen = wrapper(values_of.fget, _spec("derive", owner, "values", frames.same_rows))
            install.patches.put(owner, "values", property(seen, doc=values_of.__doc__))
        storage.attach_writers(owner, install)
    _indexers(pandas, install)
    _groups(pandas, install)
    _windows(install)
    for name in READERS.split():
        install.function(pandas, name, Spec("load", f"pandas.{name}", sources.load))
    for name, (kind, handler) in FUNCTIONS.items():
        install.function(pandas, name, Spec(kind, f"pandas.{name}", handler))  # type: ignore[arg-type]


def _spec(kind: Any, owner: type, name: str, handler: Any) -> Spec:
    return Spec(kind, f"pandas.{owner.__name__}.{name}", handler)


def _methods(owner: type, install: Installer) -> None:
    table: list[tuple[str, Any, Any]] = [
        ("select", SELECTS, frames.select),
        ("derive", DERIVES, frames.derive),
        ("derive", KEEPS, frames.same_rows),
    ]
    table += [("reduce", STATISTICS, statistics.reduce), ("derive", OPERATORS, frames.arithmetic)]
    table += [("sample", "sample", frames.sample), ("derive", "pop", frames.pop), ("derive", "__getattr__", frames.get_attribute)]
    table += [("merge", "merge join", statistics.merge), ("assign", "insert", frames.assign), ("reduce", "rank", statistics.binned)]
    table += [("load", "__init__", sources.construct), ("reduce", "pivot_table", statistics.table_of_groups)]
    table += [("select", "explode", frames.exploded)]
    for kind, names, handler in table:
        for name in names.split():
            install.method(owner, name, _spec(kind, owner, name, handler))
    install.method(owner, "query", _spec("select", owner, "query", frames.select), _query)


def _query(original: Any, spec: Spec) -> Any:
    """`query` looks up @names in its caller's frame: it is told that there are more frames in between."""

    @functools.wraps(original)
    def deeper(self: Any, expr: Any, **kwargs: Any) -> Any:
        return original(self, expr, **kwargs | {"level": kwargs.get("level", 0) + 3})

    disguise(deeper)
    return wrapper(deeper, spec)


def _indexers(pandas: ModuleType, install: Installer) -> None:
    indexing = sys.modules.get("pandas.core.indexing")
    base = getattr(indexing, "_LocationIndexer", None)
    if base is not None:
        install.method(base, "__getitem__", Spec("select", "pandas.DataFrame.loc", frames.located))
        install.method(base, "__setitem__", Spec("assign", "pandas.DataFrame.loc.__setitem__", frames.assign), _setter)


def _groups(pandas: ModuleType, install: Installer) -> None:
    generic: Any = sys.modules.get("pandas.core.groupby.generic")
    for owner in (generic.DataFrameGroupBy, generic.SeriesGroupBy):
        for name in GROUPED.split():
            install.method(owner, name, Spec("reduce", f"pandas.{owner.__name__}.{name}", statistics.grouped))
    install.method(generic.DataFrameGroupBy, "__getitem__", Spec("derive", "pandas.DataFrame.__getitem__", statistics.picked))


def _windows(install: Installer) -> None:
    """`rolling(7).mean()` and its kin: each row gets something of the rows around it."""
    for place, owner in (("rolling", "Rolling"), ("expanding", "Expanding"), ("ewm", "ExponentialMovingWindow")):
        found = getattr(sys.modules.get(f"pandas.core.window.{place}"), owner, None)
        for name in WINDOWED.split() if found is not None else ():
            install.method(found, name, Spec("derive", f"pandas.Series.{place}.{name}", frames.windowed))  # type: ignore[arg-type]


def _stack_level() -> int:
    """As pandas counts: its own frames up to the first that is not; wrappers are not there."""
    import os
    import sys

    import pandas as pd

    inside = os.path.dirname(pd.__file__) + os.sep
    frame, count = sys._getframe(), 0
    while frame is not None:
        name = frame.f_code.co_filename
        if "_rung_observed" not in name:
            if not name.startswith(inside) or name.startswith(inside + "tests" + os.sep):
                break
            count += 1
        frame = frame.f_back
    return count


def _setter(original: Any, spec: Spec) -> Any:
    """Pandas warns of chained assignment by counting references and looking at its caller; one call deeper it cannot, so we look for it."""

    @functools.wraps(original)
    def call(self: Any, key: Any, value: Any) -> Any:
        held = None
        if hasattr(self, "obj"):  # an indexer: its owner is counted
            if sys.getrefcount(self.obj) <= _constant("REF_COUNT_IDX"):
                _warn_of_chain("_chained_assignment_msg")
                held = self.obj  # noqa: F841 (one more reference, or pandas would warn a second time)
        elif sys.getrefcount(self) <= _constant("REF_COUNT") and _chained(sys._getframe(1), self):
            _warn_of_chain("_chained_assignment_msg")
        return seen_call(spec, original, (self, key, value), {})

    disguise(call)
    return mark(call)


def _rewrap_in_place(owner: type, name: str, install: Installer) -> None:
    """Methods with inplace=True warn in the same way."""
    for place in owner.__mro__:
        if name in vars(place):
            found = vars(place)[name]
            if getattr(found, "__rung_wrapper__", False) and not getattr(found, "__rung_in_place__", False):
                install.patches.put(place, name, _in_place(found))
            return


def _in_place(inner: Any) -> Any:
    @functools.wraps(inner)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if (
            kwargs.get("inplace") is True
            and sys.getrefcount(self) <= _constant("REF_COUNT_METHOD")
            and not _is_local(sys._getframe(1), self)
        ):
            _warn_of_chain("_chained_assignment_method_msg")
        return inner(self, *args, **kwargs)

    disguise(call)
    call.__rung_in_place__ = True  # type: ignore[attr-defined]
    return mark(call)


def _constant(name: str) -> int:
    return getattr(sys.modules.get("pandas.compat._constants"), name, -1)


def _chained(frame: Any, value: Any) -> bool:
    import dis

    return not _is_local(frame, value) and dis.opname[frame.f_code.co_code[frame.f_lasti]] in SETITEM


def _is_local(frame: Any, value: Any) -> bool:
    return any(each is value for each in frame.f_locals.values())


def _warn_of_chain(message: str) -> None:
    errors: Any = sys.modules.get("pandas.errors")
    text = getattr(sys.modules.get("pandas.errors.cow"), message, None)
    if text is not None:
        warnings.warn(text, errors.ChainedAssignmentError, stacklevel=2)
