"""Handlers for splits, cross-validation, shuffles and resamples."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from rung.inputs.trace_parts import Fold, Rows, Split
from rung.record.script import values
from rung.record.script.estimators import _chance, _in_force, _inner_rows, _reads, pair_up
from rung.record.script.parents import Given, Named, Parent, note
from rung.record.script.recorder import Draft, Recorder, Spec, Work
from rung.record.script.state import state
from rung.record.script.wrap import Active, disguise, mark, seen_call

MAX_FOLDS = 20
PARALLEL = "joblib.Parallel"  # only hands work on


def with_places(original: Callable[..., Any], spec: Spec) -> Callable[..., Any]:
    """For functions that take any number of arrays and part or draw rows from all of them alike: one more array, 0..n-1, goes in
    and is taken out again, so that the places are known without drawing anything twice.
    """

    @functools.wraps(original)
    def call(*arrays: Any, **options: Any) -> Any:
        recorder = Active.recorder
        lengths = {values.n_rows(each) for each in arrays}
        if recorder is None or not recorder.on or recorder.local.busy or recorder.local.stack or len(lengths) != 1 or min(lengths) < 1:
            return original(*arrays, **options)
        places: list[Any] = []
        return seen_call(spec, functools.partial(_and_places, original, places), arrays, options | {"_places": places})

    disguise(call)
    return mark(call)


def _and_places(original: Callable[..., Any], places: list[Any], *arrays: Any, _places: Any = None, **options: Any) -> Any:
    numbers = np.arange(values.n_rows(arrays[0]), dtype=np.int64)
    result = list(original(*arrays, numbers, **options))
    per_array = len(result) // (len(arrays) + 1)
    places.extend(result[len(arrays) * per_array :])
    kept = result[: len(arrays) * per_array]
    return kept[0] if len(kept) == 1 and per_array == 1 else kept


disguise(_and_places)


def train_test_split(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Rows are parted in two."""
    places = kwargs.pop("_places")
    sides = [_side(recorder, draft, place, each) for place, each in enumerate(args)]
    _pair_all(recorder, sides)
    note(draft, kwargs, "test_size", "train_size", "random_state", "shuffle")
    shuffle = kwargs.get("shuffle", True) is not False
    draft.settings["stratify"] = kwargs.get("stratify") is not None
    draft.seeded = None if not shuffle else kwargs.get("random_state") is not None or "numpy" in recorder.seeds
    result = yield
    train, test = places
    rows = recorder.rows(sides[0])
    draft.split = Split(
        method="train_test_split",
        folds=(fold_of(train, test, rows),),
        shuffle=shuffle,
        stratified=kwargs.get("stratify") is not None,
        by_time=not shuffle,
    )
    for place, number in enumerate(sides):
        _parts(recorder, draft, place, number, (train, test), (result[2 * place], result[2 * place + 1]))


def _side(recorder: Recorder, draft: Draft, place: int, value: Any) -> int | None:
    number = recorder.read(draft, f"arrays[{place}]", value, sink=True)
    if number is not None:
        recorder.first_seen(number, value, draft)
        recorder.objects.excerpt(number, value)
    return number


def _pair_all(recorder: Recorder, sides: list[int | None]) -> None:
    known = [each for each in sides if each is not None]
    for other in known[1:]:
        pair_up(recorder, known[0], other)


def _parts(recorder: Recorder, draft: Draft, place: int, number: int | None, where: tuple[Any, Any], parts: tuple[Any, Any]) -> None:
    item = recorder.objects.items[number] if number is not None else None
    for side, positions, part in zip(("train", "test"), where, parts, strict=True):
        rows = item.rows[positions] if item is not None and item.rows is not None else None
        joined = tuple(each[positions] for each in item.joined) if item is not None else ()
        made = recorder.write(draft, f"{side}[{place}]", part, rows, joined=joined)
        if made is not None and place > 0:
            recorder.predictions.label(recorder.objects.digest(made, part), made)


def fold_of(train: Any, test: Any, rows: Rows | None) -> Fold:
    """A fold from positions (or masks), with global rows where they are known."""
    sides = [np.flatnonzero(each) if values.is_mask(each) else np.asarray(each, dtype=np.int64) for each in (train, test)]
    known = [rows[each] if rows is not None else None for each in sides]
    return Fold(train=sides[0], test=sides[1], train_rows=known[0], test_rows=known[1])


def drawn(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """utils.shuffle and utils.resample: rows drawn by chance, all arrays alike."""
    places = kwargs.pop("_places")
    parents = [Parent(recorder, draft, each, f"arrays[{place}]") for place, each in enumerate(args)]
    note(draft, kwargs, "replace", "n_samples", "random_state")
    draft.seeded = kwargs.get("random_state") is not None or "numpy" in recorder.seeds
    result = yield
    results = [result] if len(args) == 1 else list(result)
    for place, (parent, each) in enumerate(zip(parents, results, strict=True)):
        rows = parent.rows[places[0]] if parent.rows is not None else None
        joined = tuple(old[places[0]] for old in parent.joined)
        recorder.write(draft, "result" if len(args) == 1 else f"result[{place}]", each, rows, joined=joined)


def splitting(original: Callable[..., Any], spec: Spec) -> Callable[..., Any]:
    """A splitter's `split`: the same pairs, each noted as it is taken."""
    signature = inspect.signature(original)

    @functools.wraps(original)
    def split(*args: Any, **kwargs: Any) -> Iterator[Any]:
        recorder = Active.recorder
        if recorder is None or not recorder.on or recorder.local.busy or id(args[0]) in recorder.local.splitting:
            return original(*args, **kwargs)
        recorder.local.splitting.add(id(args[0]))  # it may hand over to its base class at once
        try:
            pairs = original(*args, **kwargs)
        finally:
            recorder.local.splitting.discard(id(args[0]))
        return _watched(recorder, spec, pairs, args[0], signature, args, kwargs)

    disguise(split)
    return mark(split)


def _watched(recorder: Recorder, spec: Spec, pairs: Any, splitter: Any, signature: Any, args: Given, kwargs: Named) -> Iterator[Any]:
    given = signature.bind_partial(*args, **kwargs).arguments
    outer = next((each for each in reversed(recorder.local.stack) if each.call != PARALLEL), None)
    draft = recorder.opened(spec, splitter, dict(given)) if outer is None else None
    pairs, inside = iter(pairs), recorder.local.splitting
    while True:
        inside.add(id(splitter))  # a splitter asks its base class for the pairs
        try:
            train, test = next(pairs)
        except StopIteration:
            return
        finally:
            inside.discard(id(splitter))
        _one_pair(recorder, draft, outer, given.get("X"), train, test)
        yield train, test


disguise(_watched)


def _one_pair(recorder: Recorder, draft: Draft | None, outer: Draft | None, value: Any, train: Any, test: Any) -> None:
    recorder.local.busy = True
    try:
        _note_pair(recorder, draft, outer, value, train, test)
    except Exception:
        recorder.trouble("split")
    finally:
        recorder.local.busy = False


def _note_pair(recorder: Recorder, draft: Draft | None, outer: Draft | None, value: Any, train: Any, test: Any) -> None:
    if outer is not None and len(outer.folds) < MAX_FOLDS:
        rows = next((each for each in outer.rows_of.values() if len(each) > max(_last(train), _last(test))), None)
        outer.folds.append(fold_of(train, test, rows))
    elif draft is not None and len(draft.split.folds if draft.split else ()) < MAX_FOLDS:
        rows = recorder.rows(recorder.objects.known(value)) if value is not None else None
        if rows is None:
            rows = recorder.rows(next((use.item for use in draft.reads), None))
        recorder.folded(draft, value, train, test, fold_of(train, test, rows))


def _last(places: Any) -> int:
    return len(places) - 1 if values.is_mask(places) or not len(places) else int(np.max(places))


disguise(_watched)


def split_event(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Opened when the first pair of a splitter is taken."""
    splitter, given = args[0], kwargs
    for role in ("X", "y", "groups"):
        number = recorder.read(draft, role, given.get(role), sink=True)
        if number is not None:
            recorder.first_seen(number, given[role], draft)
            recorder.objects.excerpt(number, given[role])
    numbers = [use.item for use in draft.reads]
    _pair_all(recorder, list(numbers))
    stored = vars(splitter)
    draft.call = f"sklearn.{type(splitter).__name__}.split"
    draft.settings |= {name: values.plain(each) for name, each in stored.items() if not name.startswith("_")}
    shuffle = bool(stored.get("shuffle", "Shuffle" in type(splitter).__name__))
    draft.seeded = None if not shuffle else stored.get("random_state") is not None or "numpy" in recorder.seeds
    yield
    draft.split = split_of(splitter, ())


def split_of(splitter: Any, folds: tuple[Fold, ...]) -> Split:
    """How a splitter parts rows, by its class and settings."""
    name, stored = type(splitter).__name__, vars(splitter) if hasattr(splitter, "__dict__") else {}
    return Split(
        method=name,
        folds=folds,
        shuffle=bool(stored.get("shuffle", "Shuffle" in name)),
        stratified="Stratified" in name,
        grouped="Group" in name,
        by_time="TimeSeries" in name,
    )


def cross_validation(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """cross_val_score and its like: X and y are read, folds come from the splitter inside."""
    given = dict(zip(("estimator", "X", "y"), args, strict=False)) | kwargs
    estimator = given.get("estimator")
    _reads(recorder, draft, given)
    for use in list(draft.reads):
        if use.role == "X":
            recorder.first_seen(use.item, given["X"], draft)
    _pair_all(recorder, [use.item for use in draft.reads if use.role in ("X", "y")])
    note(draft, given, "cv", "n_jobs", "method", "return_train_score")
    if "scoring" in given:
        draft.settings["scoring"] = values.scorer(given["scoring"])
    if given.get("y") is not None:
        draft.labels = values.argument("y", given["y"])
    _chance(recorder, draft, estimator)
    _in_force(recorder, draft, estimator)
    _inner_rows(recorder, draft)
    result = yield
    draft.estimator = state(recorder, estimator)
    cv = given.get("cv")
    draft.split = split_of(cv, tuple(draft.folds)) if hasattr(cv, "split") else Split(method=f"cv={cv}", folds=tuple(draft.folds))
    if draft.call.endswith("predict"):
        rows = recorder.rows(next((use.item for use in draft.reads if use.role == "X"), None))
        recorder.write(draft, "result", result, rows)
        recorder.predictions.made(result, draft.id)
    else:
        draft.metric = _mean_score(draft, result)


def _mean_score(draft: Draft, result: Any) -> Any:
    from rung.inputs.trace_parts import Metric

    name = str(draft.settings.get("scoring") or "score")
    scores = np.asarray(result.get("test_score") if isinstance(result, dict) else result)
    good = scores.size > 0 and scores.dtype.kind == "f"
    return Metric(name=f"cv.{name}", value=float(scores.mean()) if good else float("nan"), arguments=())


def one_fold(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """Inside cross-validation: what is fitted and scored works on the rows of this fold."""
    draft.keep = False
    train, test = kwargs.get("train"), kwargs.get("test")
    if train is None and len(args) > 4:
        train, test = args[3], args[4]
    rows = draft.rows_of.get(values.n_rows(args[1] if len(args) > 1 else kwargs.get("X")))
    if rows is not None and train is not None and test is not None and len(train) != len(test):
        draft.rows_of = {len(train): rows[train], len(test): rows[test]}
    yield
