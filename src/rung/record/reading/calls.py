"""Calls of libraries while a script is read: loading, splitting, fitting, predicting, scoring, and NumPy and pandas functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rung.inputs.trace_parts import Metric
from rung.record.reading import frames, known, methods, models, splits
from rung.record.reading.values import Data, Est, Folds, Method, Obj, Ref, Stat, Unknown, first_data, inside, stats_in

if TYPE_CHECKING:
    from rung.record.reading.expressions import Expressions as Interpreter

LOADERS = ("read_", "load_", "fetch_", "make_", "genfromtxt", "loadtxt", "scan_")
STACKERS = frozenset(["concatenate", "vstack", "hstack", "column_stack", "concat", "append", "r_", "c_", "stack", "row_stack"])
NOT_TABLES = frozenset(
    [
        "load_dotenv",
        "load_workbook",
        "make_pipeline",
        "make_column_transformer",
        "make_union",
        "make_scorer",
        "make_column_selector",
        "load_model",
    ]
)


def call(reader: Interpreter, function: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Anything that is not the user's own."""
    if isinstance(function, Method):
        return methods.method(reader, function, args, kwargs)
    if isinstance(function, Ref):
        return library(reader, function.dotted, args, kwargs)
    return Unknown((function, *args, *kwargs.values()))


def library(reader: Interpreter, dotted: str, args: list[Any], kwargs: dict[str, Any]) -> Any:  # noqa: C901, PLR0912 - one arm a kind of call
    """A function or class of a library."""
    name = dotted.rpartition(".")[2]
    if dotted.startswith("builtins."):
        return builtin(reader, name, args, kwargs)
    if name in known.SPLITTERS or name.endswith("ShuffleSplit"):
        return estimator(reader, dotted, args, kwargs)
    if known.estimator_kind(dotted) is not None or name in (
        "make_pipeline",
        "make_column_transformer",
        "ColumnTransformer",
        "FeatureUnion",
    ):
        return estimator(reader, dotted, args, kwargs)
    if name == "train_test_split":
        return splits.train_test_split(reader, dotted, args, kwargs)
    if name in ("cross_val_score", "cross_validate", "cross_val_predict", "learning_curve", "validation_curve", "permutation_test_score"):
        return splits.cross_validation(reader, dotted, args, kwargs)
    if name in ("Dataset", "DMatrix", "Pool", "QuantileDMatrix"):
        return Obj(
            None,
            {"X": args[0] if args else kwargs.get("data"), "y": args[1] if len(args) > 1 else kwargs.get("label", kwargs.get("y"))},
            kind="dataset",
        )
    if name == "train" and known.library_of(dotted) in ("xgboost", "lightgbm", "catboost", "xgb", "lgb"):
        return native_train(reader, dotted, args, kwargs)
    if "metrics" in dotted and known.METRICS.search(name):
        return metric(reader, dotted, args, kwargs)
    if name in ("resample", "shuffle") and "utils" in dotted:
        return splits.shuffled(reader, dotted, name, args, kwargs)
    if name.startswith(LOADERS) and name not in NOT_TABLES:
        return load(reader, dotted, name, args, kwargs)
    if name == "seed" or dotted.endswith("set_seed"):
        reader.out.seeded = reader.out.seeded or dotted.startswith("numpy")
        reader.out.event("seed", dotted, settings={"target": dotted})
        return None
    if name in ("default_rng", "RandomState", "Generator"):
        return Obj(None, {"seeded": bool(args and args[0] is not None) or bool(kwargs)}, kind="rng")
    if dotted.startswith("numpy.random."):
        return methods.of_generator(reader, Obj(None, {"seeded": reader.out.seeded}, kind="rng"), name, args, kwargs.get("size"))
    if name in ("filterwarnings", "simplefilter") and args and args[0] == "ignore":
        reader.out.event("silence", dotted, settings={"action": "ignore"})
        return None
    if name == "clone":
        return clone(reader, args[0]) if args else Unknown()
    return functions(reader, dotted, name, args, kwargs)


def builtin(reader: Interpreter, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:  # noqa: C901 - one arm a function
    """len, range, enumerate, zip, print, int ..."""
    first = args[0] if args else None
    if name == "len":
        return (
            (len(first.rows) if first.rows is not None else known.N_UNKNOWN)
            if isinstance(first, Data)
            else len(first)
            if isinstance(first, list | dict | str)
            else Unknown()
        )
    if name in ("list", "tuple", "sorted", "reversed", "set") and isinstance(first, list | dict):
        return list(first)
    if name == "dict":
        return dict(first) if isinstance(first, dict) else dict(kwargs)
    if name == "range" and all(isinstance(each, int) for each in args):
        return list(range(*args))[:8]
    if name in ("enumerate", "zip") and args:
        sides = [reader.rounds(each) for each in args]
        return (
            [[place, each] for place, each in enumerate(sides[0])]
            if name == "enumerate"
            else [list(each) for each in zip(*sides, strict=False)]
        )
    if name in ("int", "float", "round") and isinstance(first, int | float):
        return int(first) if name != "float" else float(first)
    if name == "next" and isinstance(first, Folds):
        return first.pairs[0]
    if name == "next" and isinstance(first, list) and first:
        return first[0]
    if name == "getattr" and len(args) > 1 and isinstance(args[1], str):
        return reader.attribute(first, args[1])
    if name == "super":
        return Unknown()
    if name == "slice":
        return Unknown()
    return Stat(frozenset(stats_in(*args))) if stats_in(*args) and first_data(*args) is None else Unknown(tuple(args))


def estimator(reader: Interpreter, dotted: str, args: list[Any], kwargs: dict[str, Any]) -> Est:
    """An object of an estimator's class, or a splitter."""
    name = dotted.rpartition(".")[2]
    reader.objects += 1
    given = [*args, *kwargs.values()]
    parts = [each for value in given for each in inside(value) if isinstance(each, Est)]
    plain = {key: value for key, value in kwargs.items() if isinstance(value, str | int | float | bool) or value is None}
    if args and isinstance(args[0], int | float | str) and not isinstance(args[0], bool):
        plain["_first"] = args[0]
    names = {"make_pipeline": "sklearn.pipeline.Pipeline", "make_column_transformer": "sklearn.compose.ColumnTransformer"}
    full = f"{known.library_of(dotted)}.pipeline.Pipeline" if name == "make_pipeline" else names.get(name, dotted)
    return Est(full, reader.objects, plain, parts)


def clone(reader: Interpreter, value: Any) -> Any:
    """A fresh object of the same kind."""
    if not isinstance(value, Est):
        return Unknown()
    reader.objects += 1
    return Est(value.dotted, reader.objects, dict(value.parameters), [clone(reader, each) for each in value.parts])


def load(reader: Interpreter, dotted: str, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """A table comes in. Bundled sets come as (X, y), as a bag with data and target, or as one frame."""
    n = known.SIZES.get(name, known.N_UNKNOWN)
    if name.startswith("make_"):
        size = kwargs.get("n_samples", args[0] if args else n)
        n = size if isinstance(size, int) else n
    kind = "generated" if name.startswith("make_") else "bundled" if name.startswith(("load_", "fetch_")) else "file"
    path = args[0] if args and isinstance(args[0], str) else dotted
    rows = reader.out.new_rows(n, str(path), kind)  # type: ignore[arg-type]
    columns = methods.header(reader, path) if kind == "file" and isinstance(path, str) else ()
    if kind == "file":
        table = reader.out.data(rows, columns)
        reader.out.event("load", dotted, [], [("result", table)], settings={"path": str(path)})
        return table
    X, y = reader.out.data(rows, (), "frame" if kwargs.get("as_frame") else "array"), reader.out.data(rows, (), "series", "target")
    reader.out.event("load", dotted, [], [("X", X), ("y", y)], settings={"path": str(path)})
    if kind == "generated" or kwargs.get("return_X_y"):
        return [X, y]
    return Obj(None, {"data": X, "target": y, "frame": X, "feature_names": Unknown(), "target_names": Unknown()}, kind="bunch")


def native_train(reader: Interpreter, dotted: str, args: list[Any], kwargs: dict[str, Any]) -> Est:
    """xgboost.train, lightgbm.train."""
    parameters = args[0] if args and isinstance(args[0], dict) else kwargs.get("params", {})
    data = next((each for each in (*args, *kwargs.values()) if isinstance(each, Obj) and each.kind == "dataset"), None)
    objective = str(parameters.get("objective", "")) if isinstance(parameters, dict) else ""
    kind = "Classifier" if any(word in objective for word in ("binary", "multi", "logistic")) else "Regressor"
    reader.objects += 1
    made = Est(f"{known.library_of(dotted)}.Booster{kind}", reader.objects, {})
    sets = [each for key in ("valid_sets", "evals", "eval_set") for each in models.datasets(kwargs.get(key))]
    if data is not None:
        models.fit(reader, made, dotted, data.attributes["X"], data.attributes["y"], sets, stopping=models.stops_early(kwargs, parameters))
    return made


def metric(reader: Interpreter, dotted: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """A metric function."""
    name = dotted.rpartition(".")[2]
    second = "y_score" if name in known.SCORES_WANTED else "y_pred"
    given = [*args[:2], *(kwargs[key] for key in ("y_true", "y_pred", "y_score", "y_prob", "y_proba") if key in kwargs)]
    given = [first_data(each) for each in given[:2]]
    roles = ("y_true", second)
    arguments = tuple(reader.out.argument(role, each, each) for role, each in zip(roles, given, strict=False))
    positive = kwargs.get("pos_label")
    reader.out.event(
        "metric", dotted, list(zip(roles, given, strict=False)), metric=Metric(name=name, value=float("nan"), arguments=arguments),
        settings={"pos_label": positive} if isinstance(positive, str | int) else {},
    )  # fmt: skip
    return Unknown()


def functions(reader: Interpreter, dotted: str, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Functions of NumPy, pandas and others on tables."""
    data = first_data(args, kwargs)
    if data is None:
        grouped = [each for value in args for each in inside(value) if isinstance(each, Est)]
        stats = stats_in(*args, *kwargs.values())
        return Stat(frozenset(stats)) if stats and not grouped else Unknown((*args, *kwargs.values()))
    if name in STACKERS or name == "merge":
        return stack(reader, dotted, name, args, kwargs)
    if name in known.REDUCERS and known.library_of(dotted) in ("numpy", "np", "scipy", "statistics"):
        axis = kwargs.get("axis", args[1] if len(args) > 1 and isinstance(args[1], int) else None)
        return (
            frames.derive(reader, data, dotted, kind="array") if axis in (1, -1) else frames.reduce(reader, data, name.removeprefix("nan"))
        )
    if name == "qcut":
        stat = frames.reduce(reader, data, "qcut")
        return frames.derive(reader, data, dotted, stat, kind="series", name=data.name)
    if name in ("repeat", "tile"):
        n = len(data.rows) if data.rows is not None else known.N_UNKNOWN
        return frames.choose(reader, data, dotted, np.repeat(np.arange(n), 2), kind="sample", seeded=True)
    if name in ("argsort", "flatnonzero", "nonzero", "argmax", "argmin", "unique", "isin", "bincount", "argwhere", "linspace", "arange"):
        return Unknown((data,)) if name != "isin" else frames.derive(reader, data, dotted, kind="array")
    others = [each for each in (*args, *kwargs.values()) if each is not data]
    columns = () if name in ("get_dummies", "DataFrame") and not data.columns else data.columns
    if name == "get_dummies":
        columns = ()
    return frames.derive(
        reader,
        data,
        dotted,
        *others,
        columns=columns,
        kind="frame" if name in ("DataFrame", "get_dummies") else "series" if name == "Series" else "",
    )


def stack(reader: Interpreter, dotted: str, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Tables one under the other, or side by side."""
    tables = [each for each in inside(args) if isinstance(each, Data)]
    if name == "merge":
        return methods.merge(reader, tables, dotted, kwargs.get("how")) if len(tables) > 1 else Unknown(tuple(args))
    aside = (
        name in ("hstack", "column_stack", "c_")
        or kwargs.get("axis", args[1] if len(args) > 1 else 0) in (1, "columns")
        or kwargs.get("how") == "horizontal"
    )
    if aside or len(tables) == 1:
        return frames.derive(reader, tables[0], dotted, *tables[1:], *(each for each in inside(args) if isinstance(each, Stat)), columns=())
    rows = None if any(each.rows is None for each in tables) else np.concatenate([each.rows for each in tables])  # type: ignore[misc]
    made = reader.out.data(rows, tables[0].columns, tables[0].kind, tables[0].name)
    made.parts = () if rows is None else tuple(len(each.rows) for each in tables if each.rows is not None)
    reader.out.event("concat", dotted, [(f"parts[{i}]", each) for i, each in enumerate(tables)], [("result", made)], settings={"axis": 0})
    return made
