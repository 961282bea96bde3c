"""T216: half precision that overflows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Evidence, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_charts import at, series_chart
from rung.inputs.history import History

FREE = 8  # steps that a scaler may lose at the start while it finds its factor


@check(
    "T216",
    severity="error",
    explains=(
        "nan-loss",
        "flat-loss",
        "optimizer-never-steps",
        "plateaued-loss",
        "learning-rate-too-low",
        "frozen-parameters",
        "exploding-gradients",
    ),
)
def mixed_precision_overflow(history: History, *, max_skipped: float = 0.1) -> Iterator[Finding]:
    """Gradients or activations overflow in half precision, so that updates are left out or become infinite.

    Why it matters:
        Each skipped step is lost; where most are, the run stands still without an error.
    Likely cause:
        A scale factor that is set by hand or grows too fast, activations beyond 65,504, or a loss computed in half precision.
    How it decides:
        The gradient scaler skipped more than `max_skipped` of the updates, the first eight apart, or its factor fell below one; or the first tensor that was not
        finite has a half-precision type.
    When it is wrong:
        A scaler that starts high loses its first steps on purpose, and one step in some hundred later: silent.
    Fix:
        Leave the scaler's own start and growth, take bfloat16, or keep the part that overflows in float32.
    Verify:
        Fewer than one update in a hundred is skipped.
    Prevent:
        Log `scaler.get_scale()`; it must not keep falling.
    Sources:
        Micikevicius et al. (2018), Mixed Precision Training. Limits chosen by hand.

    max_skipped : share of skipped updates from which it is a fault
    """
    skipped = sum(each.skipped for each in history.optimizers)
    tried = sum(each.steps for each in history.optimizers) + skipped
    share = max(0, skipped - FREE) / tried if tried else 0.0
    scale = history.steps.loss_scale[np.isfinite(history.steps.loss_scale)]
    tiny = len(scale) > FREE and scale[-1] < 1.0
    half = (
        history.non_finite is not None
        and "16" in history.non_finite.dtype
        and not history.non_finite.recovered
        and "bfloat" not in history.non_finite.dtype
    )
    if (share > max_skipped and skipped > FREE) or tiny or half:
        yield _finding(history, skipped, tried)


def _finding(history: History, skipped: int, tried: int) -> Finding:
    bad = history.non_finite
    told = f"{skipped:,} of {tried:,} updates were skipped by the gradient scaler" if skipped else "a tensor of half precision overflowed"
    named = next((each for each in (bad.module, bad.parameter) if each), "") if bad is not None else ""
    return Finding(
        subject=Subject(kind="layer" if named else "step", names=(named or "gradient scaler",), where=bad.where if bad else None),
        message=f"Half precision overflows: {told}" + (f", first in '{named}'" if named else "") + (at(bad.where) if bad else "") + ".",
        severity=Severity.CRITICAL if tried and skipped > 0.5 * tried else Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=_evidence(history, skipped, tried),
        remedy=Remedy(
            fix="Use the scaler with its own settings, or bfloat16, which has the range of float32.",
            patch="scaler = torch.amp.GradScaler()  # its own start and growth\nwith torch.autocast(device, dtype=torch.bfloat16):",
        ),
    )


def _evidence(history: History, skipped: int, tried: int) -> tuple[Evidence, ...]:
    logs = np.log2(np.maximum(history.steps.loss_scale, 1e-30)) if len(history.steps.loss_scale) else np.empty(0)
    return (
        Measure(title="Share of updates skipped", value=skipped / tried if tried else 0.0, limit=0.1),
        series_chart("Factor of the gradient scaler", "log2", history.steps.step[: len(logs)].tolist(), {"factor": logs}),
    )
