"""Estimators while a script is read: fits, predictions, samplers, splitters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rung.record.reading import known
from rung.record.reading.values import Data, Est, Folds, Obj, Places, Stat, Unknown, first_data

if TYPE_CHECKING:
    from rung.record.reading.expressions import Expressions as Interpreter


def of_estimator(reader: Interpreter, est: Est, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """est.fit(X, y), est.predict(X) ..."""
    dotted = f"{est.dotted}.{name}"
    X = first_data(args[:1], kwargs.get("X"))
    if (X is None) and args and isinstance(args[0], Obj) and args[0].kind == "dataset":
        X = first_data(args[0].attributes["X"])
    y = first_data(args[1:2], kwargs.get("y"))
    if name == "split" and est.name in known.SPLITTERS:
        return split(reader, est, dotted, X)
    if name in ("fit", "partial_fit"):
        sets = datasets(kwargs.get("eval_set", kwargs.get("validation_data")))
        fit(reader, est, dotted, X, y, sets, stopping=stops_early(kwargs, est.parameters))
        return est
    if name in ("fit_transform", "fit_predict"):
        fit(reader, est, dotted, X, y, [], transform=True)
        return reader.last_made
    if name == "fit_resample" and X is not None:
        return resample(reader, est, dotted, X, y)
    if name in ("transform", "inverse_transform") and X is not None:
        return applied(reader, est, dotted, "transform", X)
    if name in ("predict", "predict_proba", "predict_log_proba", "decision_function") and X is not None:
        return applied(reader, est, dotted, "predict", X, method=name)
    if name == "score" and X is not None:
        reader.out.event("score", dotted, [("X", X), ("y", y)], uses=tuple(est.fits[-1:]), estimator=reader.out.estimator(est))
        return Unknown()
    if name in ("set_params", "set_output"):
        return est
    return Stat(frozenset(est.fits[-1:])) if name.startswith("get_") and est.fits else Unknown((est,))


def fit(
    reader: Interpreter,
    est: Est,
    dotted: str,
    X: Any,
    y: Any,
    sets: list[tuple[Any, Any]],
    *,
    transform: bool = False,
    stopping: bool = False,
) -> None:
    """One fit event. `reader.last_made` is the result of a fit_transform."""
    from rung.record.reading.splits import search_of

    X, y = first_data(X), first_data(y)
    if X is None:
        return
    reads = [("X", X), ("y", y)]
    for place, (a, b) in enumerate(sets):
        reads += [(f"eval_set[{place}].X", first_data(a)), (f"eval_set[{place}].y", first_data(b))]
    kind = "search" if known.estimator_kind(est.dotted) == "search" else "fit-transform" if transform else "fit"
    made = reader.out.data(X.rows, (), "array") if transform else None
    extra = search_of(reader, est, X) if kind == "search" else {}
    drawn = known.RANDOM.search(est.name) and est.parameters.get("random_state") is None and not reader.out.seeded
    if stopping:
        est.parameters.setdefault("early_stopping", True)
    event = reader.out.event(
        kind, dotted, reads, [("result", made)], estimator=reader.out.estimator(est), seeded=False if drawn else None, **extra
    )
    est.fits.append(event.id)
    for part in est.parts:
        part.fits.append(event.id)
    reader.last_made = made


def datasets(value: Any) -> list[tuple[Any, Any]]:
    """Pairs (X, y) of an eval_set argument."""
    if isinstance(value, Obj) and value.kind == "dataset":
        return [(value.attributes["X"], value.attributes["y"])]
    if not isinstance(value, list | tuple):
        return []
    if len(value) == 2 and all(isinstance(each, Data) for each in value):
        return [(value[0], value[1])]
    found: list[tuple[Any, Any]] = []
    for each in value:
        if isinstance(each, list | tuple) and len(each) == 2 and not isinstance(each[0], Obj):
            found.append((each[0], each[1]))
        else:
            found += datasets(each[0] if isinstance(each, list | tuple) and each else each)
    return found


def stops_early(kwargs: dict[str, Any], parameters: Any) -> bool:
    """Whether a fit ends by its score on the evaluation set."""
    named = [each for each in (kwargs, parameters) if isinstance(each, dict)]
    if any(each.get("early_stopping_rounds") for each in named) or any(each.get("early_stopping") is True for each in named):
        return True
    return any(isinstance(each, Unknown | Stat) for value in (kwargs.get("callbacks"),) if isinstance(value, list) for each in value)


def applied(reader: Interpreter, est: Est, dotted: str, kind: Any, X: Data, method: str = "") -> Data:
    """transform or predict with the fits in force."""
    made = reader.out.data(X.rows, (), "array")
    event = reader.out.event(
        kind, dotted, [("X", X)], [("result", made)], uses=tuple(est.fits[-1:]), estimator=reader.out.estimator(est),
        settings={"method": method} if method else {},
    )  # fmt: skip
    if kind == "predict":
        made.prediction, made.hard = (
            event.id,
            method == "predict"
            and ".Booster" not in est.dotted
            and known.estimator_kind(est.dotted) in ("classifier", "pipeline", "search", "dummy")
            and not _regresses(est),
        )
    return made


def _regresses(est: Est) -> bool:
    return any(known.estimator_kind(each.dotted) == "regressor" or _regresses(each) for each in est.parts)


def resample(reader: Interpreter, est: Est, dotted: str, X: Data, y: Data | None) -> list[Any]:
    """A sampler: the rows given, and rows made up from them."""
    n = known.N_UNKNOWN if X.rows is None else len(X.rows)
    if "Under" in est.name:
        rows = None if X.rows is None else X.rows[: max(1, n // 2)]
    else:
        extra = reader.out.new_rows(max(1, n // 2), dotted, "synthetic", (X.item,))
        rows = None if X.rows is None else np.concatenate([X.rows, extra])
    made = reader.out.data(rows, X.columns, X.kind)
    labels = reader.out.data(rows, (), "series", y.name if y is not None else "")
    seeded = est.parameters.get("random_state") is not None or reader.out.seeded
    reader.out.event(
        "resample", dotted, [("X", X), ("y", y)], [("X", made), ("y", labels)], estimator=reader.out.estimator(est), seeded=seeded
    )
    return [made, labels]


def split(reader: Interpreter, est: Est, dotted: str, X: Data | None) -> Folds | Unknown:
    """splitter.split(X)."""
    from rung.record.reading.splits import folds_of

    if X is None:
        return Unknown()
    found = folds_of(reader, est, X)
    drawn = known.RANDOM.search(est.name) or est.parameters.get("shuffle") is True
    seeded = False if drawn and est.parameters.get("random_state") is None and not reader.out.seeded else None
    event = reader.out.event("split", dotted, [("X", X)], [], split=found, seeded=seeded)
    n = known.N_UNKNOWN if X.rows is None else len(X.rows)
    return Folds([(Places(each.train, n, event.id), Places(each.test, n, event.id)) for each in found.folds])
