"""T303: an optimizer that moves something else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject, Where
from rung.core.marks import check
from rung.facts.initial_weights import fresh
from rung.facts.run_charts import at, listed
from rung.inputs.history import History
from rung.inputs.history_model import Parameter


@check(
    "T303",
    severity="error",
    explains=("flat-loss", "plateaued-loss", "underfitting", "learning-rate-too-low", "frozen-parameters", "optimizer-never-steps"),
)
def optimizer_holds_other_parameters(history: History, *, min_share: float = 0.02) -> Iterator[Finding]:
    """Parameters of the model get gradients, and no optimizer holds them.

    Why it matters:
        Gradients are computed and thrown away; the model (or a part of it) stays as it was made.
    Likely cause:
        The optimizer was made before the model was replaced, copied, wrapped or extended; or it was given the parameters of one part.
    How it decides:
        Exact, by the identity of tensors: trainable parameters of the model that are called, hold a gradient and stand in no optimizer; and, beside them, tensors in the
        optimizer that no watched model lists and that never had a gradient.
    When it is wrong:
        Training the head of a loaded model alone on purpose: weights that were loaded, or that carry no fresh start, make it a note. Set requires_grad=False on them to
        save the time, and it is silent.
    Fix:
        Make the optimizer after the model is final, from `model.parameters()`.
    Verify:
        `sum(len(g['params']) for g in optimizer.param_groups)` equals the number of trainable parameters.
    Prevent:
        held = {id(p) for g in optimizer.param_groups for p in g['params']}; assert all(id(p) in held for p in model.parameters() if p.requires_grad)
    Sources:
        The rule is exact.

    min_share : share of the model's trainable weights from which it is more than a note; a whole weight matrix always is
    """
    if not history.optimizers or not history.parameters:
        return
    called = {each.path for each in history.layers if each.order >= 0 and not each.output_cut}
    mine = [each for each in history.parameters if each.layer in called and each.requires_grad and not each.tied_to]
    lost = [each for each in mine if each.optimizer < 0 and _gets_gradient(each) and not each.changed]
    share = sum(each.size for each in lost) / max(1, sum(each.size for each in mine))
    stale = [
        each
        for each in history.parameters
        if each.layer is None and each.optimizer >= 0 and each.seen and each.gradient_missing >= each.seen
    ]
    if lost:
        yield _finding(lost, stale, share, history, min_share)


def _gets_gradient(parameter: Parameter) -> bool:
    """A gradient was seen, or nobody looked: what is called and trainable gets one unless the graph is cut."""
    known = parameter.gradient_norm[np.isfinite(parameter.gradient_norm)]
    return bool((known > 0).any()) if len(known) else parameter.seen == 0


def _deliberate(lost: list[Parameter], stale: list[Parameter], history: History) -> bool:
    """Training a head of a loaded net: the rest is no fresh start and the optimizer holds nothing foreign."""
    matrices = [each for each in lost if each.fan_in > 1 and each.size >= 100]
    return not stale and (history.pretrained or bool(matrices and not any(fresh(each) for each in matrices)))


def _matrices(lost: list[Parameter]) -> bool:
    """A new head is small beside its body, and is the whole output: the size says nothing, the kind does."""
    return any(each.fan_in > 1 for each in lost)


def _finding(lost: list[Parameter], stale: list[Parameter], share: float, history: History, min_share: float) -> Finding:
    layers = tuple(dict.fromkeys(each.layer or "" for each in lost))
    where: Where | None = history.optimizers[0].where
    whole = share > 0.99
    also = f" It holds {len(stale)} tensors that belong to no watched model and never had a gradient." if stale else ""
    severity = (
        Severity.NOTE
        if _deliberate(lost, stale, history) or (share < min_share and not _matrices(lost))
        else Severity.CRITICAL
        if whole or stale
        else Severity.ERROR
    )
    return Finding(
        subject=Subject(
            kind="layer", names=("optimizer", *layers[:20]) if whole else (*layers[:20], *(each.path for each in lost[:20])), where=where
        ),
        message=f"The optimizer{at(where)} does not hold {'any' if whole else f'{share:.0%}'} of the model's trainable weights: {listed([each.path for each in lost])} get gradients and never move.{also}",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Share of trainable weights in no optimizer", value=share),
            Ranking(
                title="Parameters in no optimizer",
                columns=("parameter", "entries"),
                rows=tuple((each.path, each.size) for each in lost[:30]),
            ),
        ),
        remedy=Remedy(
            cause="The optimizer was made from another set of tensors.",
            fix="Make the optimizer after the model is final, from model.parameters().",
            patch=f"optimizer = torch.optim.{history.optimizers[0].type_name}(model.parameters(), ...)  # after the model is final",
            experiment="unfreeze",
        ),
    )
