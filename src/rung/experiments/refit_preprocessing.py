"""Fit the pipeline again on training rows only, or encode out of fold, and score the same rows."""

from __future__ import annotations

import numpy as np

from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding, Verdict
from rung.core.marks import experiment
from rung.experiments.measure import FLOOR
from rung.facts.own_model import OnTest, Predicted, ask_model, features_for, fit_labels, refitted
from rung.facts.score import FoldScores, Metric, compare, estimate, score_folds
from rung.facts.target import Target, TestTarget
from rung.inputs.case import Test, Train
from rung.inputs.lab import Lab
from rung.inputs.model import Model, Step


@experiment("refit-preprocessing")
def refit_preprocessing(lab: Lab, finding: Finding) -> Outcome:
    """Fit a fresh clone of the whole pipeline on the training rows only; what the step learned must change, the test score may fall."""
    model, target, metric = lab.ask(Model), lab.ask(Target), lab.ask(Metric)
    before = _scored("as given", lab.ask(OnTest).predicted, metric)
    fresh = _fitted_on_training(lab, model, target)
    after = _scored("fitted on training rows", ask_model(fresh, lab.ask(Test).table, lab.ask(TestTarget).y, target, 0), metric)
    path = finding.subject.names[0] if finding.subject.names else ""
    changed = _changed(_step(model, path), _step(fresh, path))
    difference = compare(metric, before, after)
    verdict, why = _decide(metric.name, difference, path, changed)
    return Outcome(
        experiment="refit-preprocessing",
        changed="every step fitted on the training rows only",
        metric=metric.name,
        before=estimate(before, metric),
        after=estimate(after, metric),
        difference=difference,
        expected="falls",
        verdict=verdict,
        why=why,
    )


def _fitted_on_training(lab: Lab, model: Model, target: Target) -> Model:
    table, known = lab.ask(Train).table, np.flatnonzero(target.known)
    return refitted(model, table.take(known), fit_labels(model, table, target)[known], features_for(model, table, target))


def _scored(name: str, predicted: Predicted, metric: Metric) -> FoldScores:
    return score_folds(name, metric, predicted.y, predicted.score, np.zeros(len(predicted.y), dtype=np.int64), predicted.rows)


def _step(model: Model, path: str) -> Step | None:
    return next((step for step in model.steps if step.path == path), None)


def _changed(given: Step | None, fresh: Step | None) -> bool:
    """Whether what the step learned is another thing after the fit on training rows."""
    if given is None or fresh is None:
        return False
    if given.categories != fresh.categories and given.categories:
        return True
    pairs = [(given.statistics[name], fresh.statistics[name]) for name in given.statistics if name in fresh.statistics]
    return any(a.shape != b.shape or not np.allclose(a, b, rtol=1e-9, atol=0.0, equal_nan=True) for a, b in pairs)


def _decide(metric: str, difference: Estimate, path: str, changed: bool) -> tuple[Verdict, str]:
    """The leak is confirmed by what the step learned; the score says only how much it was worth."""
    shown = f"{metric} on the test rows changes by {difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"
    if not changed:
        return Verdict.REFUTED, f"'{path}' learns the same from the training rows alone; {shown}"
    if difference.high < 0 and difference.value < -FLOOR:
        return Verdict.CONFIRMED, f"'{path}' learns other values from the training rows alone; {shown}: the score was too good"
    return Verdict.CONFIRMED, f"'{path}' learns other values from the training rows alone; {shown}, so the leak was worth little here"
