"""T310: a loss function that does not fit what goes into it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Evidence, Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.loss_inputs import LossInputs, LossUse
from rung.facts.run_charts import at, source_lines
from rung.inputs.history import History

SQUARES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
NAMES = {"mse_loss": "squared error", "l1_loss": "absolute error", "smooth_l1_loss": "smooth L1", "huber_loss": "Huber's loss"}


@check(
    "T310",
    severity="error",
    explains=(
        "flat-loss",
        "diverging-loss",
        "plateaued-loss",
        "exploding-weights",
        "underfitting",
        "metric-mismatch",
        "learning-rate-too-high",
    ),
)
def wrong_loss(uses: LossInputs, history: History, *, max_classes: int = 60) -> Iterator[Finding]:
    """The loss function takes its input for something that it is not.

    Why it matters:
        The number that falls is not the one that was meant: it has no floor, or is zero from the start, or asks for distances between names.
    Likely cause:
        A loss copied from another task: likelihood loss without log-softmax, cross-entropy over a single output, squared error on class numbers, a minus sign.
    How it decides:
        From the calls themselves. nll_loss whose rows are no log-probabilities. cross_entropy over one column. Binary losses whose targets lie outside 0..1.
        A squared or absolute error of one output against whole numbers 0..K-1 (3 to `max_classes`, all present, each of a tenth of an equal share at least).
        A loss that is called with its sign turned, in a run with one optimizer.
    When it is wrong:
        Grades and counts are whole numbers too: for those a squared error is a choice, so that this one case is likely, not certain.
    Fix:
        Take the loss that fits the output: logits and class numbers to cross_entropy, one logit to binary_cross_entropy_with_logits.
    Verify:
        The first loss is that of a constant guess, ln K for K classes, and never falls below zero.
    Prevent:
        assert 0 <= loss  # for every classification loss
    Sources:
        The documentation of each loss function.

    max_classes : largest number of distinct whole targets that are taken for classes
    """
    for use in uses.train:
        told = _mismatch(use, history, max_classes)
        if told:
            yield _finding(use, *told)


def _mismatch(use: LossUse, history: History, max_classes: int) -> tuple[str, str, Confidence] | None:
    call = use.call
    if (
        call.name == "nll_loss"
        and use.classes > 1
        and call.input_rows_log_normalised < 0.5
        and not use.axis_normalised
        and call.input_high > 0
    ):
        kind = "probabilities" if call.input_rows_sum_to_one > 0.95 else "raw scores" if call.input_high > 1e-6 else "no log-probabilities"
        return (
            f"nll_loss gets {kind}; it needs log-probabilities, and without them it has no floor",
            "loss = F.cross_entropy(logits, y)",
            Confidence.NEAR_CERTAIN,
        )
    if call.name == "cross_entropy" and use.classes == 1:
        return (
            "cross_entropy over a single output is 0 for every row",
            "loss = F.binary_cross_entropy_with_logits(logit.squeeze(1), y.float())",
            Confidence.NEAR_CERTAIN,
        )
    if call.name.startswith("binary_cross_entropy") and (call.target_low < -1e-6 or call.target_high > 1 + 1e-6):
        return (
            f"{call.name} gets targets from {call.target_low:g} to {call.target_high:g}; outside 0..1 it has no floor",
            "y = (y > 0).float()  # 0 and 1",
            Confidence.NEAR_CERTAIN,
        )
    if _turned(use, history):
        return (
            f"{call.name} is maximised: backward() starts at minus the loss",
            "loss.backward()  # without the minus",
            Confidence.NEAR_CERTAIN,
        )
    if call.name in SQUARES and use.outputs == 1 and _class_numbers(use, max_classes):
        return (
            f"{NAMES[call.name]} against class numbers 0 to {int(call.target_high)}: it takes class 8 for closer to 9 than to 1",
            f"nn.Linear(..., {int(call.target_high) + 1})  # one output a class\nloss = F.cross_entropy(logits, y)",
            Confidence.LIKELY,
        )
    return None


def _turned(use: LossUse, history: History) -> bool:
    scale = history.loop.backward_scale[np.isfinite(history.loop.backward_scale)]
    single = len(history.optimizers) == 1 and len({each.where for each in history.losses if each.phase == "train"}) == 1
    # A turned loss has one and the same negative factor at every step; a penalty that is subtracted has not.
    steady = len(scale) >= 3 and float(np.std(scale)) < 0.02 * abs(float(np.mean(scale)))
    return single and use.call.name != "own" and steady and bool(np.mean(scale) < -1e-6)


def _class_numbers(use: LossUse, max_classes: int) -> bool:
    call = use.call
    k = int(call.target_high) + 1 if np.isfinite(call.target_high) else 0
    whole = call.target_integral and call.target_low == 0 and 3 <= k <= max_classes and call.target_distinct == k
    if not whole:
        return False
    counts = call.class_counts[call.class_counts > 0]
    return len(counts) < 2 or bool(counts.min() >= 0.1 * counts.mean())


def _finding(use: LossUse, told: str, patch: str, confidence: Confidence) -> Finding:
    call = use.call
    return Finding(
        subject=Subject(kind="line", names=(call.name, call.producer) if call.producer else (call.name,), where=call.where),
        message=f"{told[0].upper()}{told[1:]}{at(call.where)}.",
        severity=Severity.CRITICAL if confidence is Confidence.NEAR_CERTAIN else Severity.ERROR,
        confidence=confidence,
        evidence=_evidence(use),
        remedy=Remedy(
            cause=told + ".",
            fix="Take the loss that fits the output.",
            patch=patch,
            verify="The first loss is that of a constant guess.",
            experiment="swap-loss",
        ),
    )


def _evidence(use: LossUse) -> tuple[Evidence, ...]:
    call = use.call
    rows = (
        ("input", str(call.input_shape), call.input_low, call.input_high),
        ("target", str(call.target_shape), call.target_low, call.target_high),
    )
    first = (
        Measure(title="First value of the loss", value=float(call.values[0])) if len(call.values) and np.isfinite(call.values[0]) else None
    )
    table = Ranking(title=f"What {call.name} is given", columns=("what", "shape", "lowest", "highest"), rows=rows)
    return (*((first,) if first else ()), table, *source_lines(call.where))
