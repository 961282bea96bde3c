"""T307: a loss without a way back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_charts import at, source_lines
from rung.inputs.history import History


@check(
    "T307",
    severity="critical",
    explains=(
        "flat-loss",
        "plateaued-loss",
        "underfitting",
        "frozen-parameters",
        "learning-rate-too-low",
        "optimizer-never-steps",
        "optimizer-holds-other-parameters",
        "gradient-accumulation-bug",
    ),
)
def graph_cut_at_loss(history: History, *, min_backwards: int = 3) -> Iterator[Finding]:
    """The backward pass starts at a loss that no longer knows the model.

    Why it matters:
        No parameter gets a gradient; the loop runs, prints losses, and trains nothing.
    Likely cause:
        The loss wrapped anew (`torch.tensor(loss.item(), requires_grad=True)`), an output detached or turned into NumPy, or a loss made of `argmax`, comparisons or
        rounding with `requires_grad_()` to silence the error.
    How it decides:
        Exact: backward passes that start at a tensor no operation made; or passes after which not one parameter of the model had a gradient, though nothing cleared them.
    When it is wrong:
        Parts of a net that are cut on purpose (stop-gradient) leave gradients elsewhere and are not judged here.
    Fix:
        Call backward() on the loss function's own result, computed from the model's own output.
    Verify:
        `loss.grad_fn` is not None and every trainable parameter has a gradient.
    Prevent:
        assert loss.grad_fn is not None
    Sources:
        The rule is exact.

    min_backwards : backward passes before which nothing is said
    """
    loop = history.loop
    if loop.backwards < min_backwards:
        return
    leafs = loop.leaf_losses / loop.backwards
    if leafs > 0.5:
        yield _finding(history, "starts at a tensor that no operation made", leafs)
    elif _without_gradient(history):
        yield _finding(history, "leaves no gradient in any parameter", 1.0)


def _without_gradient(history: History) -> bool:
    """Trainable parameters were called and none ever had a gradient at an update, though nothing was cleared late."""
    called = {each.path for each in history.layers if each.order >= 0}
    mine = [each for each in history.parameters if each.layer in called and each.requires_grad and each.seen >= 3]
    late = any("zero_grad" in each.kinds[each.kinds.index("backward") :] for each in history.loop.patterns if "backward" in each.kinds)
    silent = all(each.gradient_missing >= each.seen and not np.isfinite(each.gradient_norm).any() for each in mine)
    foreign = any(each.layer is None and np.nanmax(each.gradient_norm, initial=0.0) > 0 for each in history.parameters)
    return bool(mine) and silent and not late and not foreign and not history.unregistered


def _finding(history: History, told: str, share: float) -> Finding:
    where = history.loop.loss_leaf_where
    return Finding(
        subject=Subject(kind="line", names=("loss",), where=where),
        message=f"backward() {told}{at(where)}: the graph between the loss and the model is cut, and nothing is trained.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(Measure(title="Share of backward passes on such a loss", value=share), *source_lines(where)),
        remedy=Remedy(
            cause="The loss was taken out of the graph and put into a new tensor.",
            fix="Call backward() on the result of the loss function itself.",
            patch="loss = criterion(model(x), y)\nloss.backward()  # print loss.item(), never rewrap it",
            verify="loss.grad_fn is not None.",
            prevent="assert loss.grad_fn is not None",
            experiment="repair-loop",
        ),
    )
