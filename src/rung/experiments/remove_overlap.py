"""Fit without the training rows that also stand in the test set, and score the same test rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding, Verdict
from rung.core.marks import experiment
from rung.experiments.measure import outcome
from rung.facts.matrix import Matrix, TestMatrix
from rung.facts.memoriser import memoriser
from rung.facts.overlap import Overlap
from rung.facts.score import FoldScores, Metric, score_folds
from rung.inputs.lab import Lab

Ints = NDArray[np.int64]


@experiment("remove-overlap")
def remove_overlap(lab: Lab, finding: Finding) -> Outcome:
    """Take the twins out of training: a forest that remembers rows loses what it only remembered."""
    overlap, matrix = lab.ask(Overlap), lab.ask(Matrix)
    twins = np.concatenate([each.train_rows for each in overlap.told(finding.message)])
    shared = np.isin(matrix.rows, twins)
    if shared.sum() < 3 or (~shared).sum() < 20:
        raise Unavailable(f"only {int(shared.sum())} shared rows among the rows that are fitted on")
    others = np.random.default_rng(0).permutation(np.flatnonzero(~shared))[: int(shared.sum())]
    blank = np.ones(len(shared), dtype=bool)
    blank[others] = False
    result = outcome(
        lab,
        experiment="remove-overlap",
        changed=f"training without its {int(shared.sum()):,} rows that also stand in the test set",
        before=_scored(lab, np.ones(len(shared), dtype=bool)),
        after=_scored(lab, ~shared),
        placebo=_scored(lab, blank) if blank.sum() > 20 else None,
        expected="falls",
    )
    if result.verdict is Verdict.REFUTED:
        # The rows are shared, whatever the score does: an easy target hides it.
        return replace(result, verdict=Verdict.INCONCLUSIVE, why=f"{result.why}; the rows are shared all the same")
    return result


def _scored(lab: Lab, kept: NDArray[np.bool_]) -> FoldScores:
    """The forest's predictions of the test rows, in five parts for the spread."""
    matrix, test, metric = lab.ask(Matrix), lab.ask(TestMatrix), lab.ask(Metric)
    learner = memoriser(metric.task, metric.n_classes, metric.positive)
    prediction = learner(matrix.x[kept], matrix.y[kept])(test.x)
    n = len(test.y)
    part: Ints = np.random.default_rng(0).permutation(np.arange(n) % (5 if n >= 100 else 2))
    return score_folds("forest on the test set", metric, test.y, prediction, part, test.rows)
