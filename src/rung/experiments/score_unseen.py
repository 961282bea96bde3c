"""Score the test rows with a clone that did not see them."""

from __future__ import annotations

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import outcome
from rung.facts.overlap import Overlap
from rung.facts.own_model import ask_model, features_for, fit_labels, refitted
from rung.facts.score import FoldScores, Metric, score_folds
from rung.facts.scored import Scored
from rung.inputs.case import Train
from rung.inputs.lab import Lab

MAX_FITTED = 20_000


@experiment("score-unseen")
def score_unseen(lab: Lab, _finding: Finding) -> Outcome:
    """Fit a clone on training rows that are not in the test set; the score of the same test rows must fall."""
    scored, train = lab.ask(Scored), lab.ask(Train).table
    kept = _untouched(lab, train.n_rows)
    kept = kept[~np.isnan(scored.target.y[kept])]
    if len(kept) < 30:
        raise Unavailable(f"only {len(kept)} training rows are not in the test set: too few to fit a clone on")
    kept = kept if len(kept) <= MAX_FITTED else np.sort(np.random.default_rng(0).permutation(kept)[:MAX_FITTED])
    model = scored.model
    clone = refitted(model, train.take(kept), fit_labels(model, train, scored.target)[kept], features_for(model, train, scored.target))
    said = ask_model(clone, scored.table.take(scored.rows), scored.y, scored.target, 0)
    return outcome(
        lab,
        experiment="score-unseen",
        changed="a clone of the model that was not fitted on the test rows",
        before=_scores(lab, scored, scored.score),
        after=_scores(lab, scored, said.score),
        expected="falls",
    )


def _untouched(lab: Lab, n_rows: int) -> np.ndarray:
    try:
        equal = lab.ask(Overlap).equal
    except Unavailable:
        return np.arange(n_rows)
    return np.setdiff1d(np.arange(n_rows), equal.train_rows)


def _scores(lab: Lab, scored: Scored, prediction: np.ndarray) -> FoldScores:
    """In five parts for the spread."""
    part = np.random.default_rng(0).permutation(np.arange(scored.n) % (5 if scored.n >= 100 else 2))
    return score_folds("on the test set", lab.ask(Metric), scored.y, prediction, part, scored.rows)
