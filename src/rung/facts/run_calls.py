"""Hard calls of a rare class at the threshold that nobody chose: how many were called beside how many there are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rung.core.marks import fact
from rung.facts.run_scorings import Scoring, Scorings
from rung.inputs.trace import Event

WEIGHED = re.compile(r"balanced|scale_pos_weight|is_unbalance|class_weight|auto_class_weights")
OF_CALLS = re.compile(
    r"^(f1|fbeta|precision|recall|jaccard)_score$|^(classification_report|confusion_matrix|balanced_accuracy_score|matthews_corrcoef)$"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RareCalls:
    """event : the metric on hard calls.   label : the rare class.   share, called : of rows that are it, and that are called it.   n : rows."""

    event: Event
    scoring: Scoring
    label: str
    share: float
    called: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunCalls:
    """Metrics on hard calls by `predict`, in scripts that neither weigh the classes, nor resample, nor cut the scores at a threshold of their own."""

    scorings: Scorings
    calls: tuple[RareCalls, ...]


@fact(cost="instant")
def run_calls(scorings: Scorings) -> RunCalls:
    """Two classes, labels known."""
    trace = scorings.history.trace
    handled = any(each.kind == "resample" for each in trace.events) or any(
        argument.rounded for each in trace.events if each.metric is not None for argument in each.metric.arguments
    )
    found = {} if handled else {each.event.id: call for each in scorings.held if (call := _call(each)) is not None}
    return RunCalls(scorings=scorings, calls=tuple(found.values()))


def _call(scoring: Scoring) -> RareCalls | None:
    metric, predict = scoring.event.metric, scoring.predict
    if metric is None or predict is None or not OF_CALLS.search(metric.name) or len(metric.arguments) < 2:
        return None
    truth, guess = metric.arguments[:2]
    estimator = scoring.fit.estimator if scoring.fit is not None else None
    weighed = estimator is not None and any(
        value not in (None, "None", 1, 1.0, False) for name, value in estimator.parameters.items() if WEIGHED.search(name)
    )
    if (
        estimator is None
        or weighed
        or len(truth.values) != 2
        or str(predict.settings.get("method", "predict")) != "predict"
        or estimator.kind == "dummy"
    ):
        return None
    label, share = min(truth.values, key=lambda pair: pair[1])
    called = dict(guess.values).get(label, 0.0)
    return RareCalls(event=scoring.event, scoring=scoring, label=label, share=share, called=called, n=truth.n)
