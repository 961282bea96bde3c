"""Handlers for fitted things: fit, transform, predict, score, resample, search. They ask an estimator nothing that changes it."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from rung.inputs.trace_parts import Metric, Plain, Search, Split, Use
from rung.record.script import values
from rung.record.script.parents import Given, Named
from rung.record.script.recorder import MIN_ROWS, Draft, Recorder, Work
from rung.record.script.silence import warned
from rung.record.script.state import kind_of, number_in, parameters_of, state, stored


def _named(args: Given, kwargs: Named) -> Named:
    """X, y and the rest by name, whatever the method calls its first argument."""
    given = dict(zip(("X", "y"), args[1:3], strict=False)) | kwargs
    for old in ("data", "X_train", "raw_documents", "Xs", "x", "X_"):
        if old in given and "X" not in given:
            given["X"] = given.pop(old)
    return given


def _reads(recorder: Recorder, draft: Draft, given: Named) -> None:
    top = draft.depth == 0
    for role in ("X", "y", "sample_weight", "groups"):
        if given.get(role) is not None:
            number = recorder.read(draft, role, given[role], sink=top)
            if top and number is not None and role in ("X", "y"):
                recorder.objects.excerpt(number, given[role])
            if top and number is not None and role == "y":
                recorder.predictions.label(recorder.objects.digest(number, given[role]), number)
    _contained(recorder, draft, given.get("X"), "")
    _pair(recorder, draft)
    if top and draft.kind in ("fit", "fit-transform", "resample"):
        _begins(recorder, draft, given.get("X"))
    watched = given.get("eval_set")
    for place, pair in enumerate(watched if isinstance(watched, list) else [watched] if watched is not None else []):
        _contained(recorder, draft, pair, f"eval_set[{place}].")
        if isinstance(pair, tuple) and len(pair) >= 2:
            recorder.read(draft, f"eval_set[{place}].X", pair[0], sink=top)
            recorder.read(draft, f"eval_set[{place}].y", pair[1], sink=top)


def _contained(recorder: Recorder, draft: Draft, value: Any, prefix: str) -> None:
    """Rows and labels in a booster's own container."""
    for role, number in zip(("X", "y"), recorder.container(value), strict=True):
        if number is not None:
            draft.reads.append(Use(role=f"{prefix}{role}", item=number))


def _begins(recorder: Recorder, draft: Draft, value: Any) -> None:
    """Rows that nobody was seen to make begin here, where they are texts or records, or no table is known that they may come from."""
    number = next((use.item for use in draft.reads if use.role == "X"), None)
    if number is None or recorder.rows(number) is not None or values.n_rows(value) < MIN_ROWS:
        return
    recorder.touch(draft, value)
    texts = values.kind_of(value) == "list" or getattr(getattr(value, "dtype", None), "kind", "") in "OUST"
    larger = any(each.n_rows >= values.n_rows(value) and each.kind != "aggregate" for each in recorder.objects.sources)
    if recorder.rows(number) is None and (texts or not larger):
        recorder.first_seen(number, value, draft)
    _pair(recorder, draft)


def _pair(recorder: Recorder, draft: Draft) -> None:
    """Labels of unknown rows that are handed over beside known ones for the first time belong to them."""
    pair = [
        draft_item for role in ("X", "y") if (draft_item := next((use.item for use in draft.reads if use.role == role), None)) is not None
    ]
    if len(pair) == 2:
        pair_up(recorder, pair[0], pair[1])


def pair_up(recorder: Recorder, first: int, second: int) -> None:
    """Give the unknown one of two items that are used side by side the rows of the known one."""
    items = recorder.objects.items
    for known, unknown in ((items[first], items[second]), (items[second], items[first])):
        fits = known.rows is not None and unknown.rows is None and unknown.shape[:1] == known.shape[:1]
        if fits:
            recorder.objects.change(unknown.id, rows=known.rows, followed="paired", why_unknown="")


def fit(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """fit, partial_fit; also the fit of a search."""
    estimator, given = args[0], _named(args, kwargs)
    _reads(recorder, draft, given)
    draft.settings |= {key: values.plain(value) for key, value in kwargs.items() if key not in ("X", "y", "sample_weight", "eval_set")}
    partial = draft.call.endswith("partial_fit")
    if partial:
        draft.settings["partial"] = True
    if given.get("y") is not None:
        draft.labels = values.argument("y", given["y"])
    _chance(recorder, draft, estimator)
    number = recorder.estimators.number(estimator)
    if kind_of(estimator) == "search" or type(estimator).__name__.endswith(("SearchCV", "RFECV")):
        draft.kind = "search"
    before = recorder.estimators.fits.get(number, ())
    _inner_rows(recorder, draft)
    yield
    draft.estimator = state(recorder, estimator)
    recorder.estimators.fits[number] = (*before, draft.id) if partial else (draft.id,)
    if not draft.depth:
        recorder.rankings.fitted(draft, estimator, values.columns_of(given.get("X")))
    if draft.estimator.converged is False:
        warned(recorder, draft, "ConvergenceWarning", f"{draft.estimator.type_name} stopped at its limit of iterations.")
    if draft.folds:
        draft.split = Split(method=_cv_name(estimator), folds=tuple(draft.folds[:20]))
    if draft.kind == "search":
        draft.search = _chosen(estimator)


def _cv_name(estimator: Any) -> str:
    cv = parameters_of(estimator).get("cv")
    return str(cv) if isinstance(cv, int) or cv is None else type(cv).__name__


def _chosen(estimator: Any) -> Search | None:
    results = stored(estimator, "cv_results_")
    best: dict[str, Plain] = {str(key): values.plain(each) for key, each in (stored(estimator, "best_params_") or {}).items()}
    scores = results.get("mean_test_score") if isinstance(results, dict) else None
    listed = tuple(float(each) for each in np.asarray(scores, dtype=float)[:200]) if scores is not None else ()
    score = number_in(estimator, "best_score_")
    scoring = values.scorer(parameters_of(estimator).get("scoring"))
    return Search(
        candidates=len(results["params"]) if isinstance(results, dict) and "params" in results else len(listed),
        best=best,
        best_score=float("nan") if score is None else score,
        scores=listed,
        scoring=str(scoring) if scoring is not None else "",
    )


def _inner_rows(recorder: Recorder, draft: Draft) -> None:
    """Inner calls on as many rows work on these rows."""
    for use in draft.reads:
        rows = recorder.rows(use.item)
        if use.role == "X" and rows is not None:
            draft.rows_of[len(rows)] = rows


def _chance(recorder: Recorder, draft: Draft, estimator: Any) -> None:
    parameters = parameters_of(estimator)
    if "random_state" in parameters and _draws(estimator, parameters):
        draft.seeded = parameters["random_state"] is not None or "numpy" in recorder.seeds


def _draws(estimator: Any, parameters: dict[str, Any]) -> bool:
    """Whether the estimator draws by chance at all with these settings."""
    name = type(estimator).__name__
    if name in ("LogisticRegression", "LinearSVC", "Ridge", "RidgeClassifier"):
        return parameters.get("solver") in ("sag", "saga", "liblinear") or name == "LinearSVC"
    if name in ("Lasso", "ElasticNet"):
        return parameters.get("selection") == "random"
    if name in ("SVC", "SVR", "NuSVC"):
        return bool(parameters.get("probability"))
    if name == "PCA":
        return parameters.get("svd_solver") in ("randomized", "arpack")
    if name.startswith("XGB"):
        return any(
            parameters.get(each) not in (None, 1, 1.0)
            for each in ("subsample", "colsample_bytree", "colsample_bylevel", "colsample_bynode")
        )
    if name.startswith("LGBM"):
        return parameters.get("subsample_freq", 0) > 0 or parameters.get("colsample_bytree", 1.0) < 1.0
    if name in ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor"):
        return False  # draws only for early stopping above 10,000 rows
    if name in ("GradientBoostingClassifier", "GradientBoostingRegressor"):
        return parameters.get("subsample", 1.0) < 1.0 or parameters.get("max_features") is not None
    return "QuantileTransformer" not in name and "KBinsDiscretizer" not in name and "Imputer" not in name


def fit_transform(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """fit and transform (or predict) in one."""
    inner = fit(recorder, draft, args, kwargs)
    next(inner)
    rows = recorder.rows(next((use.item for use in draft.reads if use.role == "X"), None))
    result = yield
    _finish(inner)
    recorder.write(draft, "result", result, rows)


def _finish(work: Work) -> None:
    for _ in work:
        pass


def transform(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """A fitted transformer is applied: rows keep their order."""
    given = _named(args, kwargs)
    _reads(recorder, draft, {"X": given.get("X")})
    _in_force(recorder, draft, args[0])
    item = recorder.objects.items[draft.reads[0].item] if draft.reads else None
    _inner_rows(recorder, draft)
    result = yield
    draft.estimator = state(recorder, args[0])
    recorder.write(draft, "result", result, item.rows if item is not None else None, joined=item.joined if item is not None else ())


def _in_force(recorder: Recorder, draft: Draft, estimator: Any) -> None:
    number = recorder.estimators.number(estimator)
    draft.uses |= set(recorder.estimators.fits.get(number, ()))
    if number in recorder.estimators.loaded:
        draft.uses.add(recorder.estimators.loaded[number])


def predict(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """predict, predict_proba, decision_function: the result is remembered by its values, for metrics get parts of it."""
    draft.settings["method"] = draft.call.rpartition(".")[2]
    inner = transform(recorder, draft, args, kwargs)
    next(inner)
    result = yield
    with contextlib.suppress(StopIteration):
        inner.send(result)
    if draft.depth == 0:
        recorder.predictions.made(result, draft.id)


def score(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """estimator.score(X, y)."""
    given = _named(args, kwargs)
    _reads(recorder, draft, given)
    _in_force(recorder, draft, args[0])
    _inner_rows(recorder, draft)
    result = yield
    draft.estimator = state(recorder, args[0])
    name = f"{type(args[0]).__name__}.score"
    truth = values.argument("y", given["y"]) if given.get("y") is not None else None
    value = float(result) if isinstance(result, float | int | np.number) else float("nan")
    draft.metric = Metric(name=name, value=value, arguments=(truth,) if truth is not None else ())


def resample(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """fit_resample: chosen rows by the sampler's own record, made-up rows as a source of their own."""
    given = _named(args, kwargs)
    _reads(recorder, draft, given)
    _chance(recorder, draft, args[0])
    item = recorder.objects.items[draft.reads[0].item] if draft.reads else None
    _inner_rows(recorder, draft)
    result = yield
    draft.estimator = state(recorder, args[0])
    if not isinstance(result, tuple) or len(result) != 2 or item is None:
        return
    n = values.n_rows(result[0])
    chosen = getattr(args[0], "sample_indices_", None)
    if item.rows is None:
        rows = None
    elif chosen is not None and len(chosen) == n:
        rows = item.rows[np.asarray(chosen)]
    elif n >= len(item.rows) and _begins_with(result[0], given.get("X")):  # over-samplers put what they were given first
        made = recorder.objects.new_rows(n - len(item.rows), type(args[0]).__name__, "synthetic", draft.id, (item.id,))
        rows = np.concatenate([item.rows, made])
    else:
        rows = None
    for role, each in (("X", result[0]), ("y", result[1])):
        recorder.write(draft, role, each, rows)


def _begins_with(longer: Any, shorter: Any) -> bool:
    pair = values.as_array(longer), values.as_array(shorter)
    if pair[0] is None or pair[1] is None:
        return False
    return bool(np.array_equal(pair[0][: len(pair[1])], pair[1], equal_nan=pair[1].dtype.kind == "f"))
