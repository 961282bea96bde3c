"""T313: a softmax over the wrong axis."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_charts import at, source_lines
from rung.inputs.history import History
from rung.inputs.history_loop import SoftmaxCall


@check(
    "T313",
    severity="error",
    explains=("plateaued-loss", "flat-loss", "batch-mixing", "wrong-loss", "future-leak", "underfitting", "diverging-loss"),
)
def wrong_softmax_axis(history: History) -> Iterator[Finding]:
    """A softmax runs over the rows of the batch, or over the queries of an attention.

    Why it matters:
        Shares are divided among the rows that happen to be fed together: a row's answer depends on its companions, and its classes do not sum to one.
    Likely cause:
        `dim=0`, or no axis given, where the classes lie on the last axis.
    How it decides:
        Exact: the axis of each softmax against the axis on which the batch lies; and square attention tables normalised over their second last axis.
    When it is wrong:
        Similarities of a batch with itself (contrastive losses) are square, and normalised both ways on purpose: silent.
    Fix:
        `softmax(x, dim=-1)`.
    Verify:
        The sums over the last axis are one.
    Prevent:
        assert torch.allclose(p.sum(-1), torch.ones(()))
    Sources:
        The rule is exact.
    """
    for call in history.softmaxes:
        over_batch = call.batch_axis is not None and call.axis == call.batch_axis and call.shape[call.axis] > 1 and len(call.shape) > 1
        square = len(call.shape) == 2 and call.shape[0] == call.shape[1]
        over_queries = call.inside and _over_queries(call.axis, call.shape)
        if over_batch and not square and (call.feeds_loss or call.inside):
            yield _finding(call, "the rows of the batch", history)
        elif over_queries and not over_batch:
            yield _finding(call, "the queries, not the keys,", history)
    for loss in history.losses:
        # Logarithms of shares that do not add up to one over the classes were divided among something else.
        if (
            loss.phase == "train"
            and loss.name == "nll_loss"
            and not history.softmaxes
            and loss.input_high <= 0
            and loss.input_rows_log_normalised < 0.5
        ):
            call = SoftmaxCall(name="log_softmax", axis=0, shape=loss.input_shape, where=loss.where, feeds_loss=True, inside=False)
            yield _finding(call, "as the shares of a row do not add up to one: the rows of the batch,", history)
            return


def _over_queries(axis: int, shape: tuple[int, ...]) -> bool:
    """The second last axis of a square table of attention."""
    return len(shape) in (3, 4) and axis == len(shape) - 2 and tuple(shape)[axis] == tuple(shape)[axis + 1] > 1


def _finding(call: SoftmaxCall, over: str, history: History) -> Finding:
    layer = history.layer(call.module)
    where = call.where or (layer.where if layer else None)
    sums = (
        f"; sums over the last axis go from {call.row_sum_low:.3g} to {call.row_sum_high:.3g}"
        if call.row_sum_low == call.row_sum_low
        else ""
    )
    return Finding(
        subject=Subject(kind="layer", names=tuple(each for each in (call.module, call.name) if each), where=where),
        message=f"A {call.name} of shape {call.shape} runs over axis {call.axis}, {over}{at(where)}{sums}.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Axis it runs over", value=float(call.axis), limit=float(len(call.shape) - 1)),
            Ranking(
                title="The call",
                columns=("what", "value"),
                rows=(("shape", str(call.shape)), ("axis of the batch", str(call.batch_axis)), ("axis given", not call.implicit)),
            ),
            *source_lines(where),
        ),
        remedy=Remedy(
            cause="No axis was given." if call.implicit else f"dim={call.axis} is not the axis of the classes.",
            fix="Run it over the last axis.",
            patch=f"torch.{call.name}(x, dim=-1)",
            verify="The sums over the last axis are one.",
        ),
    )
