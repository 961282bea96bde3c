"""T301: layers that never move although they should."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.motionless import Motionless, Still
from rung.facts.run_charts import at, listed
from rung.inputs.history import History

CAUSES = {
    "no-gradient": "no gradient ever reaches them: the graph is cut behind them (detach, no_grad, .data, .item or an operation without a slope)",
    "not-trainable": "requires_grad is False from the start, and they look freshly initialised",
}


@check(
    "T301",
    severity="error",
    explains=("flat-loss", "plateaued-loss", "underfitting", "vanishing-gradients", "dead-units", "learning-rate-too-low"),
)
def frozen_parameters(still: Motionless, history: History, *, min_share: float = 0.02) -> Iterator[Finding]:
    """Parameters are called in every pass and never change.

    Why it matters:
        These layers stay random projections; the rest of the net works around them, and nothing tells you.
    Likely cause:
        A `detach()` or `no_grad` inside forward, `requires_grad_(False)` left from an earlier use, or a loop over the wrong parameters.
    How it decides:
        Exact. Parameters that an optimizer holds and that are called, and whose gradient was None at every step looked at while others had one; or parameters
        with requires_grad=False whose spread is that of a fresh initialisation. Named with the layer behind which the graph is cut.
    When it is wrong:
        A pre-trained backbone frozen on purpose was moved or loaded before: its weights do not look fresh, or a state dict was loaded: silent. A fixed
        random projection on purpose is named; mute it.
    Fix:
        Remove the detach or no_grad, or set requires_grad to True before the optimizer is made.
    Verify:
        After one step every trainable parameter has changed.
    Prevent:
        assert all(p.grad is not None for p in model.parameters() if p.requires_grad)  # after the first backward pass
    Sources:
        The invariants are exact; the tolerance of a fresh start is twice its sampling error.

    min_share : share of the model's weights from which it is more than a note
    """
    for kind in CAUSES:
        found = [each for each in still.parameters if each.reason == kind]
        if found:
            yield _finding(found, kind, still, history, min_share)


def _finding(found: list[Still], kind: str, still: Motionless, history: History, min_share: float) -> Finding:
    layers = tuple(dict.fromkeys(each.layer for each in found))
    share = sum(each.size for each in found) / max(still.total, 1)
    cut = still.cut_at if kind == "no-gradient" else ""
    layer = history.layer(cut or layers[0])
    where = layer.where if layer is not None else None
    behind = f"; the graph is cut behind '{cut}'" if cut else ""
    return Finding(
        subject=Subject(kind="layer", names=(*layers[:20], *(each.path for each in found[:20])), where=where),
        message=f"{listed([each.path for each in found])} ({share:.0%} of the weights) never change{behind}{at(where)}: {CAUSES[kind]}.",
        severity=Severity.ERROR if share >= min_share else Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN if kind == "no-gradient" else Confidence.LIKELY,
        evidence=(
            Measure(title="Share of the weights that never change", value=share),
            Ranking(
                title="Parameters that never change",
                columns=("parameter", "entries", "steps looked at", "requires_grad"),
                rows=tuple((each.path, each.size, each.seen, each.reason != "not-trainable") for each in found[:30]),
            ),
        ),
        remedy=Remedy(
            cause=CAUSES[kind] + ".",
            fix="Remove the cut from forward." if kind == "no-gradient" else "Set requires_grad to True before the optimizer is made.",
            patch="h = self.body(x)  # without detach() and outside no_grad"
            if kind == "no-gradient"
            else f"model.get_submodule({layers[0]!r}).requires_grad_(True)",
            verify="After one step each of them has changed.",
            experiment="unfreeze",
        ),
    )
