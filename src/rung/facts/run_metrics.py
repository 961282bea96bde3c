"""What each metric was handed, seen by where its arguments came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rung.core.marks import fact
from rung.facts.run_history import RunHistory
from rung.facts.run_scorings import LEARNERS
from rung.inputs.trace import Event
from rung.inputs.trace_parts import Argument

RANKING = re.compile(r"roc_auc|average_precision|roc_curve|precision_recall_curve|det_curve|top_k")
PROBABLE = re.compile(r"log_loss|brier|d2_log_loss|d2_brier|calibration_curve")
SYMMETRIC = re.compile(
    r"^(accuracy by hand|accuracy_score|balanced_f|mean_squared_error|mean_absolute_error|root_mean_squared_error|median_absolute_error|max_error|cohen_kappa_score|"
    r"matthews_corrcoef|zero_one_loss|hamming_loss|f1_score|jaccard_score|mutual_info|adjusted_|normalized_|v_measure|fowlkes|rand_score|pair_confusion|mean_squared_log_error)"
)
OF_POSITIVE = re.compile(r"^(f1|fbeta|precision|recall|jaccard)_score$")
ONLY_ACCURACY = re.compile(
    r"^(accuracy by hand|accuracy_score|accuracy|zero_one_loss|.*(Classifier|SVC|NB|Regression|Pipeline|CV)\.score)$"
)
SCORER = re.compile(r"make_scorer\((\w+), predict\)")
CLUSTERING = re.compile(r"silhouette|davies|calinski|rand_score|mutual_info|homogeneity|completeness|v_measure|fowlkes")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Misuse:
    """One metric that was handed the wrong thing.

    kind : 'hard', 'scorer', 'swapped', 'column', 'positive' or 'accuracy'.   maker : event that made the argument.   share : of the class in question.
    """

    kind: str
    event: Event
    message: str
    maker: Event | None = None
    share: float = 1.0
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunMetrics:
    """Misuses, one a place in the source."""

    history: RunHistory
    misuses: tuple[Misuse, ...]


@fact(cost="instant")
def run_metrics(history: RunHistory) -> RunMetrics:
    """Every metric the script calls, each place once."""
    found: dict[object, Misuse] = {}
    scores = [
        each for each in history.trace.events if each.kind in ("metric", "score", "cross-validation") and not each.depth and not each.raised
    ]
    searches = [each for each in history.trace.events if each.kind == "search" and not each.depth and not each.raised]
    for event in [*scores, *searches]:
        for each in (*_misuses(history, event), *_scorers(event)):
            found.setdefault((event.where, each.kind), each)
    for each in _accuracy_only(scores):
        found.setdefault((each.event.where, each.kind), each)
    swapped = {each.event.where for each in found.values() if each.kind == "swapped"}
    return RunMetrics(
        history=history, misuses=tuple(each for each in found.values() if each.kind == "swapped" or each.event.where not in swapped)
    )


def _scorers(event: Event) -> Iterator[Misuse]:
    """Scorers that hand a metric of probabilities the labels of `predict`: make_scorer asks for no more unless told to."""
    told = str(event.settings.get("scoring", event.search.scoring if event.search is not None else ""))
    for name in SCORER.findall(told) if event.kind in ("cross-validation", "search") else ():
        if RANKING.search(name) or PROBABLE.search(name):
            yield Misuse(
                kind="scorer", event=event, message=f"the scorer hands {name} the hard labels of predict; it needs scores or probabilities."
            )


def _misuses(history: RunHistory, event: Event) -> Iterator[Misuse]:
    metric = event.metric
    if event.kind != "metric" or metric is None or len(metric.arguments) < 2 or CLUSTERING.search(metric.name):
        return
    truth, guess = metric.arguments[0], metric.arguments[1]
    if truth.prediction is not None and guess.prediction is None and _model_made(history, truth) is not None:
        if not SYMMETRIC.search(metric.name):
            yield Misuse(
                kind="swapped",
                event=event,
                maker=_model_made(history, truth),
                message="the prediction stands where the truth belongs, and the truth where the prediction belongs.",
            )
        return
    maker = _model_made(history, guess)
    if maker is not None and (RANKING.search(metric.name) or PROBABLE.search(metric.name)):
        yield from _of_scores(event, truth, guess, maker)
    if OF_POSITIVE.search(metric.name):
        yield from _positive(event, truth)


def _model_made(history: RunHistory, argument: Argument) -> Event | None:
    """The prediction of a supervised model that an argument is."""
    if argument.prediction is None:
        return None
    event = history.outer(history.trace.events[argument.prediction])
    kind = event.estimator.kind if event.estimator is not None else "other"
    return event if event.kind in ("predict", "cross-validation") and kind in (*LEARNERS, "other", "dummy") else None


def _of_scores(event: Event, truth: Argument, guess: Argument, maker: Event) -> Iterator[Misuse]:
    regresses = maker.estimator is not None and maker.estimator.kind == "regressor"
    labels = (
        guess.hard
        and not regresses
        and (guess.rounded or str(maker.settings.get("method", "predict")) == "predict" or maker.kind == "cross-validation")
    )
    classes = guess.n_distinct or 2
    if labels and (maker.estimator is None or maker.estimator.kind != "dummy"):
        yield Misuse(
            kind="hard", event=event, maker=maker,
            message=f"it was given {classes} hard labels, not probabilities: what it measures then is one threshold, not the ranking.",
        )  # fmt: skip
    value = event.metric.value if event.metric is not None else np.nan
    two = maker.estimator is None or len(maker.estimator.classes) in (0, 2)
    if guess.column == 0 and two and str(maker.settings.get("method", "predict_proba")) == "predict_proba" and not guess.hard:
        area = bool(event.metric and event.metric.name == "roc_auc_score")
        if not (area and value >= 0.5) and _of_second(truth):
            yield Misuse(
                kind="column", event=event, maker=maker, sure=area,
                message="it was given column 0 of predict_proba, the probability of the first class, where the metric wants that of the second.",
            )  # fmt: skip


def _of_second(truth: Argument) -> bool:
    """Whether the truth is not turned round: its rare or its later label is the positive one as usual."""
    return truth.n_distinct in (0, 2)


def _positive(event: Event, truth: Argument) -> Iterator[Misuse]:
    """The label taken as positive, where it is that of most rows."""
    average = str(event.settings.get("average", "binary"))
    if average not in ("binary", "None") or len(truth.values) != 2:
        return
    shares = dict(truth.values)
    label = str(event.settings.get("pos_label", "1"))
    other = next((name for name in shares if name not in (label, f"{label}.0")), "")
    share = next((value for name, value in shares.items() if name in (label, f"{label}.0") or (label == "1" and name == "True")), None)
    if share is not None:
        yield Misuse(
            kind="positive", event=event, share=share, sure="pos_label" in event.settings,
            message=f"the label taken as positive ({label}; the other is {other}) is that of {share:.0%} of the rows: always saying it scores {2 * share / (1 + share):.2f} in F1.",
        )  # fmt: skip


def _accuracy_only(scores: list[Event]) -> Iterator[Misuse]:
    """Accuracy where nothing else is reported and one class holds nearly all rows."""
    named = [(each, _name(each)) for each in scores]
    if not named or any(not ONLY_ACCURACY.search(name) for _, name in named):
        return
    for event, name in named:
        share = _largest_share(event)
        if share is not None:
            yield Misuse(
                kind="accuracy", event=event, share=share,
                message=f"{name} is the only score, and the largest class holds {share:.1%} of the rows: always naming it would score that.",
            )  # fmt: skip


def _name(event: Event) -> str:
    if event.kind == "cross-validation":
        scoring = event.settings.get("scoring")
        classifies = event.estimator is not None and event.estimator.kind in ("classifier", "pipeline", "search")
        return str(scoring) if scoring not in (None, "None") else "accuracy" if classifies else "r2"
    return event.metric.name if event.metric is not None else "score"


def _largest_share(event: Event) -> float | None:
    """Share of the largest class among the true labels, None where unknown."""
    arguments = event.metric.arguments if event.metric is not None else ()
    truth = [each for each in arguments if each.role == "y_true"] or list(arguments[:1])
    brief = next((each for each in (*truth, *((event.labels,) if event.labels else ())) if each is not None and each.values), None)
    if brief is None or not 2 <= len(brief.values) <= 20:
        return None
    return max(share for _, share in brief.values)
