"""Refit the user's model without the column; it must do better where the column misleads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding, Verdict
from rung.core.marks import experiment
from rung.experiments.measure import outcome
from rung.facts.learners import nonlinear
from rung.facts.matrix import Matrix, TestMatrix
from rung.facts.score import FoldScores, Metric, score_folds
from rung.inputs.lab import Lab
from rung.inputs.settings import Settings


@experiment("leave-out-shortcut")
def leave_out_shortcut(lab: Lab, finding: Finding) -> Outcome:
    """Boosted trees fitted on training with and without the column, scored on the test set; a placebo leaves another column out."""
    matrix, test = lab.ask(Matrix), lab.ask(TestMatrix)
    name = finding.subject.names[0]
    place = matrix.place(name)
    if place is None or len(matrix.names) < 2:
        raise Unavailable(f"'{name}' is no column that rung's own models are fitted on")
    everything = np.arange(len(matrix.names))
    other = int(lab.ask(Settings).rng("leave-out-shortcut").choice(np.delete(everything, place)))
    result = outcome(
        lab,
        experiment="leave-out-shortcut",
        changed=f"fitted without '{name}'",
        before=_scored(lab, matrix, test, everything),
        after=_scored(lab, matrix, test, np.delete(everything, place)),
        placebo=_scored(lab, matrix, test, np.delete(everything, other)),
        expected="rises",
    )
    if result.verdict is Verdict.REFUTED:
        # Trees may lean on it less than the user's model did; that model was shown to do better without it.
        return replace(
            result, verdict=Verdict.INCONCLUSIVE, why=f"{result.why} for rung's own trees; the model given does better without it"
        )
    return result


def _scored(lab: Lab, matrix: Matrix, test: TestMatrix, used: np.ndarray) -> FoldScores:
    """In five parts for the spread."""
    metric = lab.ask(Metric)
    learner = nonlinear(metric.task, metric.n_classes, metric.positive, matrix.categorical[used], lab.ask(Settings).seed)
    prediction = learner(matrix.x[:, used], matrix.y)(test.x[:, used])
    part = np.random.default_rng(0).permutation(np.arange(len(test.y)) % (5 if len(test.y) >= 100 else 2))
    return score_folds("boosted trees on the test set", metric, test.y, prediction, part, test.rows)
