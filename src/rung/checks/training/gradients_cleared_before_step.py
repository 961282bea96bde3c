"""T305: gradients cleared before they are used."""

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
    "T305",
    severity="critical",
    explains=(
        "flat-loss",
        "plateaued-loss",
        "underfitting",
        "learning-rate-too-low",
        "frozen-parameters",
        "optimizer-never-steps",
        "collapsing-weights",
        "graph-cut-at-loss",
    ),
)
def gradients_cleared_before_step(order: LoopOrder, history: History, *, min_share: float = 0.5) -> Iterator[Finding]:
    """The gradients are cleared between the backward pass and the update, which then has nothing to apply.

    Why it matters:
        Every update is empty: the loss is flat and no error is raised.
    Likely cause:
        `zero_grad()` moved below `backward()`.
    How it decides:
        Exact, from the order of calls: at more than `min_share` of the updates a clearing stands after the last backward pass, and the gradients that reached
        those updates were zero or missing.
    When it is wrong:
        With several optimizers one may be cleared before the other steps; then the gradients that arrive are not zero and nothing is said.
    Fix:
        Clear, then backward, then step.
    Verify:
        The gradient norm at the update is above zero.
    Prevent:
        assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())  # before step()
    Sources:
        The rule is exact.

    min_share : share of the updates
    """
    if order.cleared_late > min_share and _empty(history):
        yield _finding(order)


def _empty(history: History) -> bool:
    """Nearly all updates that were looked at found no gradient."""
    norms = history.steps.gradient_norm
    return not len(norms) or bool((np.nan_to_num(norms) == 0).mean() > 0.9)


def _finding(order: LoopOrder) -> Finding:
    return Finding(
        subject=Subject(kind="line", names=("zero_grad",), where=order.late_where),
        message=f"Gradients are cleared after backward() and before step() at {order.cleared_late:.0%} of {order.updates:,} updates{at(order.late_where)}: every update is empty.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Share of updates without a gradient", value=order.cleared_late),
            Ranking(title="One round of the loop", columns=("event",), rows=tuple((kind,) for kind in order.dominant[:20])),
            *source_lines(order.late_where),
        ),
        remedy=Remedy(
            cause="zero_grad() stands between backward() and step().",
            fix="Move zero_grad() above backward().",
            patch="optimizer.zero_grad()\nloss.backward()\noptimizer.step()",
            verify="The gradient norm at the update is above zero.",
            experiment="repair-loop",
        ),
    )
