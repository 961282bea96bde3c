"""Handlers for metric functions, and the memory of predictions by their values."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from rung.inputs.trace_parts import Argument, Metric, Use
from rung.record.script import values
from rung.record.script.estimators import pair_up
from rung.record.script.parents import Given, Named
from rung.record.script.rankings import by_pair
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
        numbered: dict[str, int | None] = {}
        for role, each in list(given.items()):
            if role in TRUTHS or role in GUESSES:
                number = recorder.read(draft, role, each, sink=True)
                items += [number] if number is not None else []
                brief = _brief(recorder, role, each)
                arguments += [brief] if brief is not None else []
                numbered[role] = number
            elif role != "kwargs":
                draft.settings[role] = values.plain(each)
        arguments = _told_apart(recorder, arguments, numbered)
        _pair(recorder, items)
        result = yield
        value = float(result) if isinstance(result, float | int | np.number) else float("nan")
        draft.metric = Metric(name=name, value=value, arguments=tuple(arguments))
        sides = [each for role, each in given.items() if role in TRUTHS or role in GUESSES]
        if len(sides) == 2 and all(each.prediction is None for each in arguments):
            by_pair(recorder.rankings, draft, (sides[0], sides[1]), value - (0.5 if "auc" in name else 0.0))

    return handle


def _told_apart(recorder: Recorder, arguments: list[Argument], items: dict[str, int | None]) -> list[Argument]:
    """A perfect prediction equals the truth: then that one is the prediction whose history leads back to the model."""
    both = [each for each in arguments if each.prediction is not None]
    if len(both) < 2:
        return arguments
    come = [recorder.comes_from(items.get(each.role), each.prediction) for each in both]
    if all(come) or not any(come):
        come = [each.role in GUESSES or each.role == "left" for each in both]
    truth = {each.role for each, comes in zip(both, come, strict=True) if not comes}
    return [replace(each, prediction=None, column=None, rounded=False) if each.role in truth else each for each in arguments]


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


def compared(recorder: Recorder, left: Any, right: Any, result: Any) -> None:
    """`a == b` was worked out. Where one side is a prediction, its mean or sum will be an accuracy written by hand."""
    n = values.n_rows(result)
    if n < 2 or not values.n_rows(left) == values.n_rows(right) == n:
        return
    briefs = [_brief(recorder, role, each) for role, each in (("left", left), ("right", right))]
    known = {"left": recorder.objects.known(left), "right": recorder.objects.known(right)}
    briefs = _told_apart(recorder, [each for each in briefs if each is not None], known)
    guesses = [place for place, each in enumerate(briefs) if each.prediction is not None]
    if len(guesses) != 1 or len(briefs) != 2:
        return
    roles = ("y_pred", "y_true") if guesses[0] == 0 else ("y_true", "y_pred")
    items = [recorder.objects.fresh(each, len(recorder.drafts)) for each in (left, right)]
    _pair(recorder, items)
    arguments = tuple(replace(each, role=role) for role, each in zip(roles, briefs, strict=True))
    uses = tuple(Use(role=role, item=number) for role, number in zip(roles, items, strict=True))
    recorder.compared = (weakref.ref(result), arguments, uses)


def by_hand(recorder: Recorder, draft: Draft, value: Any) -> bool:
    """Whether `value` is the comparison of truth and prediction made a moment ago: then the call is a metric."""
    if recorder.compared is None or recorder.compared[0]() is not value:
        return False
    _, arguments, uses = recorder.compared
    draft.reads += uses
    draft.kind, draft.metric = "metric", Metric(name="accuracy by hand", value=float("nan"), arguments=arguments)
    return True


def valued(draft: Draft, result: Any, n: int) -> None:
    """Complete such a metric with its value: the mean as it is, the sum as a share."""
    share = float(result) / n if draft.call.endswith("sum") else float(result)
    if draft.metric is not None:
        draft.metric = replace(draft.metric, value=share)
