"""T306: gradients that pile up, unasked or unscaled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.loop_order import LoopOrder
from rung.facts.run_charts import at, source_lines
from rung.inputs.history import History


@check(
    "T306",
    severity="error",
    explains=(
        "diverging-loss",
        "oscillating-loss",
        "exploding-gradients",
        "learning-rate-too-high",
        "plateaued-loss",
        "exploding-weights",
        "nan-loss",
        "flat-loss",
        "dead-units",
    ),
)
def gradient_accumulation_bug(order: LoopOrder, history: History, *, min_share: float = 0.3) -> Iterator[Finding]:
    """Gradients of earlier batches are added to those of the next, or several batches are added up without being averaged.

    Why it matters:
        Updates follow the sum of all gradients so far, like a momentum that never fades; unscaled accumulation multiplies the rate by the number of batches.
    Likely cause:
        `zero_grad()` forgotten, called once an epoch, or on another optimizer; a loss that is not divided by the number of batches that are added up.
    How it decides:
        Exact, from the order of calls: at `min_share` of the updates or more nothing was cleared since the update before, and old gradients were
        still in place. Or: several backward passes from one line to each update, none of them scaled down, with a loss that is a mean.
    When it is wrong:
        Clearing by hand (`p.grad = None`) is seen by the gradients' own state; several different losses added up on purpose start at different lines: silent.
    Fix:
        Clear before each backward pass that starts a new update; divide the loss by the number of passes.
    Verify:
        The gradient norm no longer grows from step to step.
    Prevent:
        Keep zero_grad, backward and step together in one function.
    Sources:
        The rule is exact.

    min_share : share of the updates that found old gradients
    """
    passes = round(order.backwards)
    if order.uncleared >= min_share and order.updates >= 3 and _dirty(history):
        yield _piling(order)
    elif passes > 1 and order.same_line and order.scaled > 0.9 and _mean_loss(history) and order.updates >= 2 and not _closure(history):
        yield _unscaled(order, passes)


def _dirty(history: History) -> bool:
    """Whether backward passes after an update found old gradients in place; taken as true where that was not looked at."""
    carried = history.steps.carried_norm[1:]
    looked = carried[np.isfinite(carried)]
    return not len(looked) or bool((looked > 0).mean() > 0.3)


def _mean_loss(history: History) -> bool:
    calls = [each for each in history.losses if each.phase == "train"]
    return all(each.reduction == "mean" for each in calls)


def _closure(history: History) -> bool:
    return any(each.closure for each in history.optimizers)


def _piling(order: LoopOrder) -> Finding:
    often = "never" if order.clears == 0 else f"only {order.clears} times"
    return Finding(
        subject=Subject(kind="line", names=("zero_grad",), where=order.backward_where or order.step_where),
        message=f"Gradients are cleared {often} in {order.updates:,} updates: each update adds those of all batches before it{at(order.backward_where)}.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Share of updates on old gradients", value=order.uncleared),
            Ranking(title="One round of the loop", columns=("event",), rows=tuple((kind,) for kind in order.dominant[:20])),
            *source_lines(order.backward_where),
        ),
        remedy=Remedy(
            cause="zero_grad() is missing from the loop." if order.clears == 0 else "zero_grad() is called too rarely.",
            fix="Clear the gradients before each backward pass.",
            patch="optimizer.zero_grad()\nloss.backward()\noptimizer.step()",
            experiment="repair-loop",
        ),
    )


def _unscaled(order: LoopOrder, passes: int) -> Finding:
    return Finding(
        subject=Subject(kind="line", names=("accumulation",), where=order.backward_where),
        message=f"{passes} batches are added up to each update and the loss is not divided by {passes}: the gradient is {passes} times too large{at(order.backward_where)}.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Backward passes to one update", value=order.backwards),
            Measure(title="Factor on the loss", value=order.scaled, limit=1 / passes),
            *source_lines(order.backward_where),
        ),
        remedy=Remedy(
            cause="A sum of means in place of a mean.",
            fix=f"Divide the loss by {passes}.",
            patch=f"(loss / {passes}).backward()",
            experiment="mean-loss",
        ),
    )
