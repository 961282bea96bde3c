"""T107: the loop's own figures do not say what they seem to say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject, Where
from rung.core.marks import check
from rung.facts.loop_source import LoopSource
from rung.facts.run_charts import at, source_lines
from rung.inputs.history import History


@check("T107", severity="note", explains=())
def misread_monitoring(source: LoopSource, history: History) -> Iterator[Finding]:
    """A figure that the loop prints or logs about itself is not what its name says.

    Why it matters:
        Decisions hang on these figures: an average that weighs eight rows like thirty-two, a gradient norm that can never show an explosion, a
        spread that is NaN, hooks that pile up with each look.
    Likely cause:
        Snippets for looking into a net that were written for one look and put into a loop.
    How it decides:
        From the source of the loop, together with what was recorded: batch losses added up and divided by the number of batches although the batches differ
        in size; norms of gradients read below the clipping; an unbiased standard deviation of gradients in a model that has a parameter
        with one entry; hooks registered without keeping the handle.
    When it is wrong:
        The source is read, not run: a branch that is never taken is named too. All are notes.
    Fix:
        As the finding says, line by line.
    Verify:
        The figure agrees with the one that rung recorded.
    Prevent:
        Let one tool watch the run.
    Sources:
        The documentation of torch: Tensor.std is unbiased by default, clip_grad_norm_ returns the norm before clipping.
    """
    sizes = history.batches.sizes
    if source.batch_means and len(sizes) and np.ptp(sizes) > 0:
        told = f"batch means are averaged although batches have {sizes.min():.0f} to {sizes.max():.0f} rows: the smallest counts like the largest"
        yield _finding(
            source.batch_means[0], "average of batch means", told, "total += loss.item() * len(x)  # and at the end / len(loader.dataset)"
        )
    if source.late_norms and history.clipping:
        told = "gradient norms are read after clipping: they can never exceed the limit, and an explosion stays unseen"
        yield _finding(
            source.late_norms[0],
            "gradient norm",
            told,
            "total = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)  # the norm before clipping",
        )
    single = next((each.path for each in history.parameters if each.size == 1), None)
    if source.gradient_spread and single is not None:
        told = f"the standard deviation of a gradient with one entry is NaN, as that of '{single}'"
        yield _finding(source.gradient_spread[0], "spread of gradients", told, "g.std(correction=0)")
    for where in source.kept_hooks[:1]:
        told = "a hook is registered and its handle thrown away: each look adds another one, and all of them run at every pass"
        yield _finding(where, "hook", told, "handle = module.register_forward_hook(look)\n...\nhandle.remove()")


def _finding(where: Where, name: str, told: str, patch: str) -> Finding:
    return Finding(
        subject=Subject(kind="line", names=(name,), where=where),
        message=f"{told[0].upper()}{told[1:]}{at(where)}.",
        severity=Severity.NOTE,
        confidence=Confidence.LIKELY,
        evidence=source_lines(where),
        remedy=Remedy(cause=told + ".", fix="Write it as below.", patch=patch),
    )
