"""What another threshold would do to the decisions of the model asked about, on rows that it was not fitted on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.marks import fact
from rung.facts.contestant import Contestant
from rung.facts.sample import row_keys
from rung.facts.score import Metric, predicted_rows
from rung.facts.target import Classes
from rung.facts.threshold_move import best_threshold, recall_gain, recalls

HALF = 0.5  # where classifiers cut when nobody says otherwise
FEWEST = 10  # rows of a class on each half


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionGain:
    """Balanced accuracy with the threshold that one half of the rows chose in place of 0.5, measured on the other half."""

    threshold: float
    before: float
    gain: Estimate


@fact(cost="instant")
def decision_gain(contestant: Contestant, classes: Classes, metric: Metric) -> DecisionGain:
    """Binary only, from out-of-fold scores that read as shares."""
    scores = contestant.scores
    told = np.flatnonzero(predicted_rows(scores.prediction)) if metric.task == "binary" else np.empty(0, dtype=np.int64)
    if metric.task != "binary" or not len(told):
        raise Unavailable("only for two classes")
    said, truth = scores.prediction[told], scores.y[told] == metric.positive
    if said.min() < 0 or said.max() > 1 or len(np.unique(said)) < 3:
        raise Unavailable("the model gives no probabilities to cut elsewhere")
    chosen = row_keys(scores.rows[told], 23) < HALF
    if min(truth[chosen].sum(), truth[~chosen].sum(), (~truth)[chosen].sum(), (~truth)[~chosen].sum()) < FEWEST:
        raise Unavailable(f"fewer than {FEWEST} rows of '{classes.target.classes[metric.positive]}' on one half")
    threshold = best_threshold(said[chosen], truth[chosen])
    measured = ~chosen
    gain = recall_gain(truth[measured], said[measured] >= HALF, said[measured] >= threshold)
    return DecisionGain(threshold=threshold, before=float(np.mean(recalls(truth[measured], said[measured] >= HALF))), gain=gain)
