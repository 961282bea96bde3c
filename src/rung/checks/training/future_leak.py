"""T318: a sequence model that sees the answer."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_charts import at, source_lines
from rung.inputs.history import History
from rung.inputs.history_probes import FutureTokens


@check("T318", severity="error", explains=("target-leakage", "not-better-than-baseline", "plateaued-loss"))
def future_leak(history: History, *, min_share: float = 0.1, min_strength: float = 1e-3, min_next: float = 0.9) -> Iterator[Finding]:
    """The output at a position depends on later positions although the target is the next token, or the target is the input itself.

    Why it matters:
        The model copies the answer: the loss is too good in training, and in use, where the future is missing, nothing works.
    Likely cause:
        No causal mask, a bidirectional layer, a softmax or a norm over time, or a target that was not shifted by one.
    How it decides:
        Exact, by intervention: later tokens are replaced and earlier outputs compared, in models whose targets are the input's next tokens (`min_next` of them).
        Or the targets equal the input at the same positions, with none left out of the loss.
    When it is wrong:
        Masked-token models see both sides and leave most targets out; taggers have other targets: silent. Sequence autoencoders rebuild their input on purpose: mute it.
    Fix:
        Mask the upper triangle before the softmax; shift the target by one.
    Verify:
        Replace the last token: no earlier output changes.
    Prevent:
        assert torch.allclose(model(x)[:, :-1], model(changed_last(x))[:, :-1], atol=1e-5)
    Sources:
        Vaswani et al. (2017). The rule is exact.

    min_share : share of the positions that see later ones
    min_strength : change by later tokens over the change by earlier ones
    min_next : share of targets that are the input's next token
    """
    probe = history.probes.future_tokens
    if probe is None or probe.positions < 2:
        return
    ignored = max((each.ignored_share for each in history.losses if each.phase == "train"), default=0.0)
    if probe.target_is_same > 0.98 and not probe.target_is_next > 0.98 and ignored < 0.3:
        yield _finding(
            probe,
            history,
            f"{probe.target_is_same:.0%} of the targets equal the input at the same position: the target is not shifted",
            shifted=False,
        )
    elif probe.target_is_next >= min_next and probe.future_share >= min_share and probe.strength >= min_strength:
        yield _finding(
            probe,
            history,
            f"{probe.future_share:.0%} of the positions change when later tokens are replaced, and the target is the next token",
            shifted=True,
        )


def _finding(probe: FutureTokens, history: History, told: str, *, shifted: bool) -> Finding:
    layer = history.layer(probe.first_layer)
    loss = next((each for each in history.losses if each.phase == "train"), None)
    where = (probe.where or (layer.where if layer else None)) if shifted else (loss.where if loss else None)
    first = f", first behind '{probe.first_layer}'" if shifted and probe.first_layer else ""
    return Finding(
        subject=Subject(
            kind="layer" if shifted else "line",
            names=tuple(each for each in (probe.first_layer if shifted else "target", history.model_name) if each),
            where=where,
        ),
        message=f"{told}{first}{at(where)}.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN if shifted else Confidence.LIKELY,
        evidence=(
            Measure(title="Positions that see later ones", value=probe.future_share, limit=0.1),
            Measure(title="Targets equal to the next token", value=probe.target_is_next),
            Measure(title="Targets equal to the same token", value=probe.target_is_same),
            *source_lines(where),
        ),
        remedy=Remedy(
            cause="Attention or recurrence looks ahead." if shifted else "Input and target are the same tokens.",
            fix="Mask what lies ahead." if shifted else "Shift the target by one.",
            patch="scores = scores.masked_fill(~torch.tril(torch.ones(T, T)).bool(), float('-inf'))"
            if shifted
            else "x, y = tokens[:, :-1], tokens[:, 1:]",
            verify="Replacing the last token changes no earlier output.",
        ),
    )
