"""Handlers for metric functions, and the memory of predictions by their values."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from rung.inputs.trace_parts import Argument, Metric
from rung.record.script import values
from rung.record.script.estimators import pair_up
from rung.record.script.frames import Given, Named
from rung.record.script.recorder import Draft, Handler, Recorder, Work

TRUTHS = ("y_true", "labels_true", "y")
GUESSES = ("y_pred", "y_score", "y_prob", "y_proba", "labels_pred", "probas_pred", "pred_decision", "raw_prediction")


def metric(function: Callable[..., Any]) -> Handler:
    """The handler of one metric function, which knows the names of its arguments."""
    signature = inspect.signature(function)
    name = function.__name__

    def handle(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
        given = signature.bind_partial(*args, **kwargs).arguments
        arguments: list[Argument] = []
        items: list[int] = []
        for role, each in list(given.items()):
            if role in TRUTHS or role in GUESSES:
                number = recorder.read(draft, role, each, sink=True)
                items += [number] if number is not None else []
                brief = _brief(recorder, role, each)
                arguments += [brief] if brief is not None else []
            elif role != "kwargs":
                draft.settings[role] = values.plain(each)
        _pair(recorder, items)
        result = yield
        value = float(result) if isinstance(result, float | int | np.number) else float("nan")
        draft.metric = Metric(name=name, value=value, arguments=tuple(arguments))

    return handle


def _brief(recorder: Recorder, role: str, value: Any) -> Argument | None:
    brief = values.argument(role, value)
    if brief is None:
        return None
    event, column, rounded = recorder.predictions.of(value)
    label = recorder.predictions.labels.get(values.digest(value))
    return replace(brief, prediction=event, column=column, rounded=rounded, equals_label_of=label)


def _pair(recorder: Recorder, items: list[int]) -> None:
    if len(items) == 2:
        pair_up(recorder, items[0], items[1])
