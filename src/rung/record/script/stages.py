"""`staged_predict` and its kin: one prediction after each round of boosting, each noted as it is taken."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

from rung.record.script import estimators
from rung.record.script.parents import Given, Named
from rung.record.script.recorder import Draft, Recorder, Spec, Work
from rung.record.script.wrap import Active, disguise, mark, seen_call

STAGED = ("staged_predict", "staged_predict_proba", "staged_decision_function", "staged_score")
OVER = object()


def staging(original: Callable[..., Any], spec: Spec) -> Callable[..., Any]:
    """The same predictions, an event each."""

    @functools.wraps(original)
    def staged(self: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        stages = original(self, *args, **kwargs)
        recorder = Active.recorder
        if recorder is None or not recorder.on or recorder.local.busy or recorder.local.stack:
            return stages
        return _watched(spec, stages, (self, *args), kwargs)

    disguise(staged)
    return mark(staged)


def _watched(spec: Spec, stages: Iterator[Any], args: Given, kwargs: Named) -> Iterator[Any]:
    number = 0
    while (value := seen_call(spec, lambda *_, **__: next(stages, OVER), args, {**kwargs, "stage": number})) is not OVER:
        yield value
        number += 1


disguise(_watched)


def stage(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """The next prediction, or score, of a model cut back to its first rounds."""
    draft.settings["stage"] = kwargs.pop("stage")
    draft.kind = "score" if draft.call.endswith("score") else "predict"
    work = (estimators.score if draft.kind == "score" else estimators.predict)(recorder, draft, args, kwargs)
    next(work)
    result = yield
    if result is OVER:
        draft.keep = False
        return
    with contextlib.suppress(StopIteration):
        work.send(result)
