"""T309: training with dropout off and batch norm frozen."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject, Where
from rung.core.marks import check
from rung.facts.mode_layers import ModeLayers
from rung.facts.run_charts import at, listed, source_lines
from rung.inputs.history import History


@check("T309", severity="error", explains=("overfitting-curve", "flat-loss", "oscillating-loss", "diverging-loss", "plateaued-loss"))
def eval_mode_in_training(history: History, layers: ModeLayers, *, min_share: float = 0.3) -> Iterator[Finding]:
    """The model trains in evaluation mode: dropout does nothing, batch norm uses averages that are never updated.

    Why it matters:
        The regularisation that was written is not there, and batch norm divides by numbers that have nothing to do with the data.
    Likely cause:
        `model.eval()` in the validation function and no `model.train()` after it: from the second epoch on.
    How it decides:
        Exact: passes that led to a backward pass, of the outermost module in evaluation mode, at least `min_share` of them, in a model with layers for which it matters.
    When it is wrong:
        Batch norm held still on purpose in fine-tuning leaves the outermost module in training mode: silent. A model with loaded weights is a note.
    Fix:
        `model.train()` at the start of each epoch.
    Verify:
        assert model.training inside the loop.
    Prevent:
        Set the mode inside the functions that train and evaluate, not around them.
    Sources:
        The rule is exact.

    min_share : share of the training passes in evaluation mode
    """
    loop = history.loop
    share = loop.train_calls_in_eval_mode / loop.train_calls if loop.train_calls else 0.0
    if share >= min_share and loop.train_calls_in_eval_mode >= 2 and layers.sensitive:
        yield _finding(history, layers, share)


def _finding(history: History, layers: ModeLayers, share: float) -> Finding:
    where = _line(history)
    since = _since(history)
    return Finding(
        subject=Subject(kind="layer", names=layers.sensitive, where=where, detail=f"from step {since}" if since else ""),
        message=f"{share:.0%} of {history.loop.train_calls:,} training passes run in evaluation mode"
        + (f", from step {since} on" if since else "")
        + f"{at(where)}: {listed(layers.sensitive)} do not act as in training.",
        severity=Severity.NOTE if history.pretrained else Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(Measure(title="Share of training passes in evaluation mode", value=share), *source_lines(where)),
        remedy=Remedy(
            cause="model.eval() was called and model.train() was not called after it.",
            fix="Call model.train() at the start of each epoch.",
            patch="for epoch in range(epochs):\n    model.train()",
            verify="assert model.training inside the loop.",
            experiment="train-mode",
        ),
    )


def _line(history: History) -> Where | None:
    """The line that put the model into evaluation mode, else the one that calls it in training."""
    event = next((each for each in history.events if each.kind == "eval" and each.where), None)
    if event is not None:
        return event.where
    pattern = next((each for each in history.loop.patterns if "forward-eval" in each.kinds), None)
    return (
        next((place for kind, place in zip(pattern.kinds, pattern.where, strict=False) if kind == "forward-eval"), None)
        if pattern
        else None
    )


def _since(history: History) -> int:
    steps = [each.first for each in history.loop.patterns if "forward-eval" in each.kinds]
    return min(steps) if steps and min(steps) > 1 else 0
