"""T101: the loss is not a number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Evidence, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_charts import at, loss_chart, source_lines
from rung.inputs.history import History
from rung.inputs.history_probes import NonFinite

FIXES = {
    "input": "Drop or impute the missing values before they reach the model.",
    "target": "Drop the rows without a label before training.",
    "log": "Use the loss that works on logits, or log(x.clamp_min(1e-12)).",
    "sqrt": "Add a small number under the root: its slope is infinite at zero.",
    "div": "Add a small number to the divisor, or mask the places where it is zero.",
    "exp": "Subtract the largest value before the exponential, or use logsumexp.",
    "pow": "Keep the base away from zero, or raise it to a power of at least one.",
}
ORIGINS = {"log", "sqrt", "rsqrt", "div", "exp", "pow", "acos", "asin", "atanh", "reciprocal", "norm"}


@check("T101", severity="critical", explains=("flat-loss", "diverging-loss", "plateaued-loss", "exploding-gradients", "oscillating-loss"))
def nan_loss(history: History) -> Iterator[Finding]:
    """The loss became NaN or infinite, and from then on nothing is learned.

    Why it matters:
        One update with such a gradient destroys every weight; what follows is time lost.
    Likely cause:
        A missing value in the inputs, a logarithm, root or division at zero, an overflow in half precision, or steps that grow without bound.
    How it decides:
        Exact: a loss that is not finite was seen. Where the step could be replayed, the first bad tensor in forward order is named: input, target,
        parameter, the operation of a layer, the loss, a gradient, or the update.
    When it is wrong:
        A scaler that skips a step whose gradient overflowed has done its duty; such a step is a note as long as the losses stay finite.
    Fix:
        Mend the place named: clean the input, make the operation safe at zero, lower the rate, or keep the loss in 32 bits.
    Verify:
        Run past the step named; the loss stays finite.
    Prevent:
        assert torch.isfinite(loss), 'loss is not finite'
    Sources:
        IEEE 754: a NaN spreads through every operation, so that only the first one is of interest.
    """
    curve = history.curve("train")
    bad = curve.step[~np.isfinite(curve.value)] if curve is not None else np.empty(0, dtype=np.int64)
    origin = history.non_finite
    if not len(bad) and (origin is None or origin.recovered):
        return
    first = origin.step if origin is not None else int(bad[0])
    yield _finding(history, origin, first, lasting=_lasting(history))


def _lasting(history: History) -> bool:
    """Whether the last training loss is not finite."""
    curve = history.curve("train")
    return curve is None or not np.isfinite(curve.value[-1]) or history.non_finite is not None


def _finding(history: History, origin: NonFinite | None, first: int, *, lasting: bool) -> Finding:
    place = _place(origin)
    layer = (origin.module or origin.parameter) if origin is not None else ""
    grew = _grew(history)
    return Finding(
        subject=Subject(
            kind="step",
            names=(layer or f"step {first}",),
            rows=origin.rows if origin else (),
            where=origin.where if origin else None,
            detail=f"step {first}",
        ),
        message=f"The loss is {origin.value if origin else 'not finite'} from step {first} on: {place}."
        if lasting
        else f"The loss was not finite at step {first} and recovered: {place}.",
        severity=Severity.WARNING if not lasting else Severity.ERROR if grew else Severity.CRITICAL,
        # A loss that climbs for many steps and then overflows is the end of another fault, not a beginning.
        confidence=Confidence.POSSIBLE if grew else Confidence.NEAR_CERTAIN,
        evidence=_evidence(history, origin, first),
        remedy=_remedy(origin),
    )


def _grew(history: History) -> bool:
    """Whether the loss had multiplied before it broke, so that the overflow is the last of a climb."""
    curve = history.curve("train")
    if curve is None:
        return False
    known = curve.value[: int(np.argmin(np.isfinite(curve.value)))]
    operation = history.non_finite is not None and history.non_finite.op in ORIGINS
    return bool(len(known) > 1 and not operation and np.abs(known).max() > 20 * max(abs(known[0]), 1e-6))


def _place(origin: NonFinite | None) -> str:
    if origin is None:
        return "the curve alone does not tell where it began"
    made = f"'{origin.op}'" if origin.op else "an operation"
    inside = f" in layer '{origin.module}'" if origin.module else ""
    ranged = f" on inputs from {origin.input_low:.3g} to {origin.input_high:.3g}" if np.isfinite(origin.input_low) else ""
    told = {
        "input": f"the batch holds {origin.value} in {_cells(origin)}",
        "target": f"the target holds {origin.value} in {_cells(origin)}",
        "parameter": f"parameter '{origin.parameter}' was already {origin.value} before the pass",
        "forward": f"the first bad tensor is made by {made}{inside}{ranged}",
        "loss": f"the model's output is finite, the loss is made {origin.value} by {made}{ranged}",
        "backward": f"the loss is finite, the gradient of '{origin.parameter}' is {origin.value}"
        + (f", through {made}" if origin.op else ""),
        "update": f"the gradients are finite, the update made '{origin.parameter}' {origin.value}",
    }
    return told[origin.phase] + at(origin.where)


def _cells(origin: NonFinite) -> str:
    rows = f"row {origin.rows[0]}" + (f" and {len(origin.rows) - 1} more" if len(origin.rows) > 1 else "") if origin.rows else "some rows"
    return rows + (f", column {origin.channels[0]}" if origin.channels else "")


def _evidence(history: History, origin: NonFinite | None, first: int) -> tuple[Evidence, ...]:
    measure = Measure(title="First step that is not finite", value=float(first), reading="Counted in updates of the optimizer.")
    return (
        measure,
        *loss_chart(history, reading="The curve ends where it is no longer a number."),
        *source_lines(origin.where if origin else None),
    )


def _remedy(origin: NonFinite | None) -> Remedy:
    key = (origin.phase if origin.phase in ("input", "target") else origin.op) if origin is not None else ""
    fix = FIXES.get(key, "Lower the learning rate and clip the gradient; in half precision, keep the loss in 32 bits.")
    patch = "loss = criterion(output, target)\nassert torch.isfinite(loss), 'loss is not finite'"
    return Remedy(cause=_place(origin), fix=fix, patch=patch, verify="Run past this step: the loss stays finite.")
