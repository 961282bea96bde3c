"""Rows parted while a script is read: splits, folds, cross-validations, shuffles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rung.inputs.trace_parts import Fold, Search, Split
from rung.record.reading import frames, known
from rung.record.reading.values import Data, Est, Unknown, first_data

if TYPE_CHECKING:
    from rung.record.reading.expressions import Expressions as Interpreter


def train_test_split(reader: Interpreter, dotted: str, args: list[Any], kwargs: dict[str, Any]) -> list[Any]:
    """Parts in the order of the call."""
    tables = [each for each in args if isinstance(each, Data)]
    if not tables:
        return [Unknown(tuple(args)) for _ in range(2 * max(1, len(args)))]
    n = len(tables[0].rows) if tables[0].rows is not None else known.N_UNKNOWN
    share = next((value for key in ("test_size",) if isinstance(value := kwargs.get(key), float) and 0 < value < 1), 0.25)
    shuffle = kwargs.get("shuffle", True) is not False
    order = np.random.default_rng(len(reader.out.events)).permutation(n) if shuffle else np.arange(n)
    cut = max(1, n - int(n * share))
    where = (order[:cut], order[cut:])
    rows = tables[0].rows
    fold = Fold(
        train=where[0], test=where[1],
        train_rows=None if rows is None else rows[where[0]], test_rows=None if rows is None else rows[where[1]],
    )  # fmt: skip
    made: list[Any] = []
    writes: list[tuple[str, Data | None]] = []
    for place, each in enumerate(args):
        for part, positions in (("train", where[0]), ("test", where[1])):
            taken = None
            if isinstance(each, Data):
                # Lists whose lengths the source does not tell are taken to be as long as the first.
                known_rows = each.rows if each.rows is not None and len(each.rows) == n else None
                taken = reader.out.data(None if known_rows is None else known_rows[positions], each.columns, each.kind, each.name)
            made.append(taken if taken is not None else Unknown((each,)))
            writes.append((f"{part}[{place}]", taken))
    seeded = kwargs.get("random_state") is not None or reader.out.seeded or not shuffle
    split = Split(method="train_test_split", folds=(fold,), shuffle=shuffle, stratified=kwargs.get("stratify") is not None)
    reader.out.event("split", dotted, [(f"arrays[{i}]", each) for i, each in enumerate(args)], writes, split=split, seeded=seeded)
    return made


def folds_of(reader: Interpreter, splitter: Any, data: Data, groups: Any = None) -> Split:
    """Folds of a splitter (or of cv=5) over a table."""
    n = len(data.rows) if data.rows is not None else known.N_UNKNOWN
    name = splitter.name if isinstance(splitter, Est) else "KFold"
    default, drawn = known.SPLITTERS.get(name, (5, False))
    given = splitter.parameters.get("n_splits", splitter.parameters.get("_first", default)) if isinstance(splitter, Est) else splitter
    k = given if isinstance(given, int) and 1 <= given <= 50 else default
    rng = np.random.default_rng(3)
    shuffle = drawn or (isinstance(splitter, Est) and splitter.parameters.get("shuffle") is True)
    order = rng.permutation(n) if shuffle else np.arange(n)
    found = []
    for part in range(min(k, 20)):
        if name == "TimeSeriesSplit":
            edge = n * (part + 1) // (k + 1)
            train, test = np.arange(edge), np.arange(edge, n * (part + 2) // (k + 1))
        elif drawn and "Repeated" not in name:
            order = rng.permutation(n)
            train, test = order[: int(0.75 * n)], order[int(0.75 * n) :]
        else:
            test = np.sort(order[part::k])
            train = np.setdiff1d(np.arange(n), test)
        rows = data.rows
        found.append(
            Fold(train=train, test=test, train_rows=None if rows is None else rows[train], test_rows=None if rows is None else rows[test])
        )
    return Split(
        method=name,
        folds=tuple(found),
        shuffle=shuffle,
        stratified="Stratified" in name,
        grouped="Group" in name,
        by_time=name == "TimeSeriesSplit",
    )


def cross_validation(reader: Interpreter, dotted: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """cross_val_score(model, X, y) and its kin."""
    name = dotted.rpartition(".")[2]
    model = args[0] if args else kwargs.get("estimator")
    X, y = first_data(args[1:2], kwargs.get("X")), first_data(args[2:3], kwargs.get("y"))
    if X is None:
        return Unknown(tuple(args))
    split = folds_of(reader, kwargs.get("cv", 5), X)
    made = reader.out.data(X.rows, (), "array") if name == "cross_val_predict" else None
    est = reader.out.estimator(model) if isinstance(model, Est) else None
    scoring = kwargs.get("scoring")
    event = reader.out.event(
        "cross-validation", dotted, [("X", X), ("y", y)], [("result", made)], split=split, estimator=est,
        settings={"scoring": scoring if isinstance(scoring, str) else None},
    )  # fmt: skip
    if made is not None:
        made.prediction, made.hard = event.id, kwargs.get("method", "predict") == "predict"
        return made
    return Unknown()


def shuffled(reader: Interpreter, dotted: str, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """sklearn.utils.resample and shuffle."""
    tables = [each for each in args if isinstance(each, Data)]
    if not tables:
        return Unknown(tuple(args))
    n = len(tables[0].rows) if tables[0].rows is not None else known.N_UNKNOWN
    rng = np.random.default_rng(len(reader.out.events))
    size = kwargs.get("n_samples")
    drawn = (
        rng.integers(0, n, size if isinstance(size, int) else n)
        if name == "resample" and kwargs.get("replace", True) is not False
        else rng.permutation(n)
    )
    seeded = kwargs.get("random_state") is not None or reader.out.seeded
    made = [frames.choose(reader, each, dotted, drawn, kind="sample", seeded=seeded) for each in tables]
    return made[0] if len(made) == 1 else made


def search_of(reader: Interpreter, est: Est, X: Data) -> dict[str, Any]:
    """What a search's fit event holds besides."""
    cv = est.parameters.get("cv", 5)
    splitter = next((each for each in est.parts if each.name in known.SPLITTERS), cv)
    return {"split": folds_of(reader, splitter, X), "search": Search(candidates=2, best={}, best_score=float("nan"))}
