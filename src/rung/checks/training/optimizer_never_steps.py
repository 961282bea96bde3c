"""T304: gradients without updates."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_charts import at, source_lines
from rung.inputs.history import History

EQUAL = 1e-6  # two spreads of the same entries, in single precision


@check(
    "T304",
    severity="critical",
    explains=(
        "flat-loss",
        "plateaued-loss",
        "underfitting",
        "learning-rate-too-low",
        "frozen-parameters",
        "lr-schedule-bug",
        "gradient-accumulation-bug",
    ),
)
def optimizer_never_steps(history: History, *, min_backwards: int = 5, max_passes: int = 256) -> Iterator[Finding]:
    """Gradients are computed again and again, and no update follows, or updates that change nothing.

    Why it matters:
        The model stays exactly as it was made; only the noise of the batches moves the loss.
    Likely cause:
        `optimizer.step` without parentheses, a condition that is never true, a step in a branch of another phase, or a wrapper that swallows it.
    How it decides:
        Exact: backward passes were counted and steps were not; or steps were taken at a rate above zero with gradients above zero, and not one parameter changed.
        One update in more than `max_passes` backward passes counts as none.
    When it is wrong:
        Gradients wanted for their own sake (saliency, attacks) need no step: where nothing is ever cleared and no optimizer exists, nothing is said.
        Updates written by hand change the weights: silent.
    Fix:
        Call `optimizer.step()` after `loss.backward()`.
    Verify:
        One parameter differs before and after a step.
    Prevent:
        before = next(model.parameters()).clone(); ...; assert not torch.equal(before, next(model.parameters()))
    Sources:
        The rule is exact.

    min_backwards : backward passes before which nothing is said
    max_passes : backward passes to one update that are still an accumulation
    """
    loop = history.loop
    meant = bool(history.optimizers) or loop.zero_grads > 0
    if not meant or loop.backwards < min_backwards:
        return
    steps = sum(each.steps for each in history.optimizers)
    if steps == 0 and _moves_by_hand(history):
        return
    if steps == 0 or loop.backwards > max_passes * steps:
        yield _finding(history, steps, "no update follows" if steps == 0 else f"only {steps} updates follow")
    elif _empty_steps(history):
        yield _finding(history, steps, f"{steps:,} updates change nothing")


def _moves_by_hand(history: History) -> bool:
    """Weights change although no optimizer steps: the updates are written out."""
    changed = any(each.changed or abs(each.final_std - each.initial_std) > EQUAL * each.initial_std for each in history.parameters)
    return changed or bool(np.nanmax(history.steps.update_ratio, initial=0.0) > 0)


def _empty_steps(history: History) -> bool:
    """Steps at a rate above zero and with gradients above zero that changed no parameter."""
    rates = history.steps.rate[np.isfinite(history.steps.rate)]
    norms = history.steps.gradient_norm[np.isfinite(history.steps.gradient_norm)]
    held = [each for each in history.parameters if each.optimizer >= 0 and each.requires_grad]
    own = [each for each in held if each.layer is not None]
    looked = [each for each in own if each.seen >= 3]
    pulled = [each for each in looked if np.nanmax(each.gradient_norm, initial=0.0) > 1e-12]
    return bool(len(rates) and rates.max() > 1e-12 and len(norms) and norms.max() > 0 and pulled and not any(each.changed for each in held))


def _finding(history: History, steps: int, told: str) -> Finding:
    made = history.optimizers[0].where if history.optimizers else None
    pattern = next((each for each in history.loop.patterns if "backward" in each.kinds), None)
    where = (
        next((place for kind, place in zip(pattern.kinds, pattern.where, strict=False) if kind == "backward"), None)
        if pattern is not None
        else None
    )
    events = (
        tuple(
            (kind, f"{place.file.rpartition('/')[2]}:{place.line}" if place else "")
            for kind, place in zip(pattern.kinds, pattern.where, strict=False)
        )[:20]
        if pattern
        else ()
    )
    return Finding(
        subject=Subject(kind="line", names=("optimizer.step",), where=where or made),
        message=f"backward() is called {history.loop.backwards:,} times{at(where)} and {told}: the model is never trained.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Updates", value=float(steps), reading=f"Beside {history.loop.backwards:,} backward passes."),
            Ranking(title="What one round of the loop does", columns=("event", "line"), rows=events),
            *source_lines(where),
        ),
        remedy=Remedy(
            cause="step() is not reached, or named without parentheses.",
            fix="Call optimizer.step() after loss.backward().",
            patch="optimizer.zero_grad()\nloss.backward()\noptimizer.step()",
            verify="One parameter differs before and after a step.",
            experiment="repair-loop",
        ),
    )
