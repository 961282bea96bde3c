"""T211: clipping that leaves nothing of the gradient."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.loss_course import LossCourse
from rung.facts.progress import Progress
from rung.facts.run_charts import at, loss_chart
from rung.facts.step_sizes import StepSizes
from rung.inputs.history import History
from rung.inputs.history_loop import Clipping


@check("T211", severity="error", explains=("flat-loss", "learning-rate-too-low", "underfitting", "plateaued-loss"))
def over_clipped_gradients(
    sizes: StepSizes, course: LossCourse, progress: Progress, history: History, *, max_limit: float = 0.02, max_learned: float = 0.5
) -> Iterator[Finding]:
    """Gradients are clipped to a small fraction of their size at nearly every step, and little is learned.

    Why it matters:
        Clipping is meant for rare spikes; at every step it is a second, hidden learning rate, a hundred times lower than the one that was chosen.
    Likely cause:
        A limit copied from another model, or meant for values and given to the norm.
    How it decides:
        More than nine calls of ten shorten the gradient, to less than `max_limit` of its typical norm (of its typical entry, where values are clipped), and less than `max_learned` of a constant guess's
        loss is gained. A call between the update and the next backward pass does nothing and is told as a note.
    When it is wrong:
        Recurrent nets are clipped at most steps by a factor of ten and learn: silent. Adam rescales gradients, so that only extreme limits hurt it.
    Fix:
        Set the limit near the typical norm, which `clip_grad_norm_` returns.
    Verify:
        With the new limit fewer than one step in ten is shortened, and the loss falls.
    Prevent:
        Log the norm that `clip_grad_norm_` returns.
    Sources:
        Pascanu et al. (2013). Limits chosen by hand, see benchmarks/run_training.py.

    max_limit : limit over the typical norm before clipping, or over the typical entry where values are clipped
    max_learned : share of a constant guess's loss that was gained nevertheless
    """
    for each in history.clipping:
        if each.after_step and each.after_step >= 0.5 * max(each.calls, 1):
            yield _misplaced(each)
        tight = each.clipped_share > 0.9 and each.limit < max_limit * each.median_norm
        if tight and progress.learned < max_learned and not progress.pretrained and course.broke_at is None:
            yield _finding(each, sizes, history)


def _finding(clip: Clipping, sizes: StepSizes, history: History) -> Finding:
    by_norm, factor = clip.kind == "norm", clip.median_norm / clip.limit if clip.limit > 0 else math.inf
    what, typical = ("norm", clip.median_norm) if by_norm else ("entry", clip.median_norm)
    patch = (
        f"torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm={max(1.0, round(typical, 1)):g})"
        if by_norm
        else f"torch.nn.utils.clip_grad_value_(model.parameters(), {10 * typical:.1g})"
    )
    return Finding(
        subject=Subject(kind="line", names=("clip_grad_norm_" if by_norm else "clip_grad_value_",), where=clip.where),
        message=f"Gradients are clipped to nothing at {clip.clipped_share:.0%} of the steps: the typical {what} is {typical:.3g}, the limit {clip.limit:.3g}{at(clip.where)}.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if factor > 1000 else Confidence.LIKELY,
        evidence=(
            Measure(title=f"Limit over the typical {what}", value=1 / factor, limit=0.02),
            Measure(title="Sum of all updates over the size of the weights", value=sizes.travelled),
            *loss_chart(history),
        ),
        remedy=Remedy(
            cause=f"The limit acts as a learning rate {factor:.0f} times lower.",
            fix="Set the limit near the typical norm." if by_norm else "Set the limit well above the typical entry.",
            patch=patch,
            experiment="loosen-clipping",
        ),
    )


def _misplaced(clip: Clipping) -> Finding:
    return Finding(
        subject=Subject(kind="line", names=("clip_grad_norm_",), where=clip.where),
        message=f"Gradients are clipped after the update, where it does nothing{at(clip.where)}.",
        severity=Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN,
        remedy=Remedy(
            fix="Clip between backward() and step().",
            patch="loss.backward()\ntorch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)\noptimizer.step()",
        ),
    )
