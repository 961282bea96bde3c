"""M103: one answer for every row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.answers import Answers, one_value
from rung.facts.own_model import OnTrain, Predicted
from rung.facts.rivals import Headroom, Rivals, told_apart
from rung.facts.score import Metric
from rung.facts.target import Target

PENALTIES = ("C", "alpha", "reg_lambda", "min_samples_leaf", "min_child_samples", "max_depth")
FEW = 20  # rows below which one answer for all may be chance
CHANCE = 0.001  # that a model which calls as often as the reference called none of these rows


@check(
    "M103",
    severity="critical",
    explains=(
        "uncorrected-imbalance",
        "not-better-than-baseline",
        "underfitting",
        "default-threshold",
        "metric-mismatch",
        "prediction-drift",
        "miscalibration",
        "weak-slice",
    ),
)
def constant_predictions(
    answers: Answers,
    target: Target,
    metric: Metric,
    rivals: Rivals | None,
    headroom: Headroom | None,
    on_train: OnTrain | None,
    *,
    min_told_apart: float = 0.1,
) -> Iterator[Finding]:
    """The model gives the same answer for every row.

    Why it matters:
        It tells nothing about a row; an accuracy that looks good is the share of the commonest class.
    Likely cause:
        A penalty so strong that every coefficient is zero, a threshold that no score reaches, a rare class that was never learned, columns that arrive
        constant, or an output unit that died.
    How it decides:
        All predictions are equal (numbers: their spread is below a millionth of the target's) while the true values differ, on at least 20 rows. It is
        critical where the scores behind the labels are one number too, or where a plain reference model, at one half, tells at least `min_told_apart`
        of the other classes' rows apart so often that none in all these rows is no chance; where no reference could either, it is a note: the answer is right, and a threshold is missing.
    When it is wrong:
        A rare class with weak signal: then one half is reached by no honest probability, and the finding is a note.
    Fix:
        Follow the causes in the order listed: inputs, penalty, threshold, output.
    Verify:
        The predictions hold more than one value, and the score rises above chance.
    Prevent:
        assert len(np.unique(model.predict(X_valid))) > 1
    Sources:
        By definition; the reference's share is chosen by hand, see fault bench.

    min_told_apart : smallest share of the other classes' rows that a reference finds at one half
    """
    said = answers.predicted
    known = said.labels[np.isfinite(said.labels)]
    truth = said.y[np.isfinite(said.y)]
    if len(known) < FEW or len(np.unique(truth)) < 2 or not one_value(known, truth, target):
        return
    dead = not said.has_scores or one_value(said.score, truth, target)
    if not dead and _differs_elsewhere(on_train, said):
        return
    able, calls = told_apart(rivals.best, metric, known[0]) if rivals is not None and target.is_classification else (float("nan"), 0.0)
    signal = headroom is None or headroom.best_score - metric.chance > 0.02
    critical = (dead and signal and (not target.is_classification or said.has_scores)) or (
        able >= min_told_apart and (1 - calls) ** len(known) < CHANCE
    )
    yield _finding(answers, target, able, dead=dead, critical=critical)


def _differs_elsewhere(on_train: OnTrain | None, said: Predicted) -> bool:
    """Whether the labels differ on the training rows: then one answer on the test rows is theirs, not the model's."""
    return on_train is not None and on_train.predicted is not said and len(np.unique(on_train.predicted.labels)) > 1


def _finding(answers: Answers, target: Target, able: float, *, dead: bool, critical: bool) -> Finding:
    said, model = answers.predicted, answers.model
    answer = said.labels[np.isfinite(said.labels)][0]
    spoken = f"'{target.classes[int(answer)]}'" if target.is_classification else f"{answer:.4g}"
    right = float(np.mean(said.y == answer)) if target.is_classification else float("nan")
    evidence = [
        Bars(
            title="Share of rows",
            labels=("true answers equal to it", "predictions equal to it"),
            values=(right, 1.0),
            marked=("predictions equal to it",),
        )
    ]
    if not target.is_classification:
        evidence = [
            Measure(
                title="Spread of the predictions",
                value=float(np.nanstd(said.labels)),
                limit=float(np.std(said.y)),
                reading="The limit is the spread of the true values.",
            )
        ]
    if np.isfinite(able):
        evidence.append(
            Measure(  # pyright: ignore[reportArgumentType]
                title="Rows of other classes found by a plain reference model",
                value=able,
                limit=0.0,
                reading="At one half, on unseen rows.",
            )
        )
    causes = _causes(answers, dead=dead)
    return Finding(
        subject=Subject(kind="model", names=(model.name,)),
        message=f"{model.name} predicts {spoken} for all {len(said.y):,} {answers.where} rows"
        + (f", which is right for {right:.0%} of them." if target.is_classification else ", whose true values differ."),
        severity=Severity.CRITICAL if critical else Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN,
        # Scores that differ under one label: a model too poor to reach the threshold is the cause of that, not its consequence.
        explains=() if dead else ("uncorrected-imbalance", "default-threshold", "metric-mismatch", "prediction-drift", "weak-slice"),
        evidence=tuple(evidence),
        remedy=Remedy(  # pyright: ignore[reportArgumentType]
            cause="Likeliest first: " + "; ".join(causes) + ".",
            fix=f"Start with the first cause: {causes[0]}.",
            prevent="assert len(np.unique(model.predict(X_valid))) > 1",
            experiment="move-threshold" if not dead and target.task == "binary" else "change-model-type",
        ),
    )


def _causes(answers: Answers, *, dead: bool) -> list[str]:
    """Causes in the order in which the evidence speaks for them."""
    held = [f"{name}={answers.model.parameters[name]}" for name in PENALTIES if name in answers.model.parameters]
    penalty = "a penalty that leaves no coefficient or split" + (f" ({', '.join(held[:3])})" if held else "")
    if dead:
        return [penalty, "columns that arrive constant or missing", "an output that is saturated or dead"]
    return ["a threshold that no score reaches: the scores themselves differ", "a rare class", penalty]
