"""T312: every prediction compared with every target."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rung.core.evidence import Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_charts import at, source_lines
from rung.inputs.history import History
from rung.inputs.history_loop import LossCall


@check(
    "T312",
    severity="critical",
    explains=("plateaued-loss", "flat-loss", "underfitting", "learning-rate-too-low", "not-better-than-baseline"),
)
def shape_broadcast(history: History) -> Iterator[Finding]:
    """Output and target differ in shape, so that the loss compares each row with all the others.

    Why it matters:
        The best answer to all targets at once is their mean: the model learns to say the mean, and no error is raised.
    Likely cause:
        An output of shape (N, 1) against a target of shape (N,).
    How it decides:
        Exact: the shapes at the loss, or at a subtraction inside a loss written by hand; stretched against each other they make a table larger than both, of rows by rows.
    When it is wrong:
        Weights a class, or one target for many outputs, stretch one side only: silent.
    Fix:
        `output.squeeze(1)`, or `target.unsqueeze(1)`.
    Verify:
        assert output.shape == target.shape
    Prevent:
        Turn PyTorch's warning on broadcasting in losses into an error.
    Sources:
        The rule is exact.
    """
    for call in history.losses:
        if call.phase == "train" and call.broadcast and _crossed(call):
            yield _finding(call)


def _crossed(call: LossCall) -> bool:
    """The result is larger than either side, and both axes hold the rows."""
    made = math.prod(call.broadcast_shape) if call.broadcast_shape else math.prod(call.input_shape) * math.prod(call.target_shape)
    larger = made > max(math.prod(call.input_shape), math.prod(call.target_shape))
    plain = {len(call.input_shape), len(call.target_shape)} == {1, 2} and 1 in (*call.input_shape, *call.target_shape)
    return larger and (call.name != "own" or plain)


def _finding(call: LossCall) -> Finding:
    n = call.input_shape[0] if call.input_shape else 0
    return Finding(
        subject=Subject(kind="line", names=(call.name,), where=call.where, detail=f"{call.input_shape} against {call.target_shape}"),
        message=f"The output has shape {call.input_shape}, the target {call.target_shape}: the loss averages over {call.broadcast_shape or (n, n)} pairs, "
        f"each row against all{at(call.where)}.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Pairs that are averaged", value=float(math.prod(call.broadcast_shape or (n, n))), limit=float(n)),
            Ranking(
                title="Shapes at the loss",
                columns=("what", "shape"),
                rows=(("output", str(call.input_shape)), ("target", str(call.target_shape))),
            ),
            *source_lines(call.where),
        ),
        remedy=Remedy(
            cause="(N, 1) and (N,) are stretched to (N, N).",
            fix="Give both the same shape.",
            patch="loss = criterion(output.squeeze(1), target)"
            if len(call.input_shape) > len(call.target_shape)
            else "loss = criterion(output, target.squeeze(1))",
            prevent="assert output.shape == target.shape",
            experiment="match-shapes",
        ),
    )
