"""T212: dropout that leaves too little to learn from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.progress import Progress
from rung.facts.run_charts import at, loss_chart
from rung.inputs.history import History
from rung.inputs.history_model import Layer


@check("T212", severity="warning", explains=("plateaued-loss", "flat-loss", "underfitting", "oscillating-loss"))
def excessive_dropout(history: History, progress: Progress, *, min_rate: float = 0.7, max_learned: float = 0.7) -> Iterator[Finding]:
    """Dropout removes so many units at each step that the net cannot fit even its training rows.

    Why it matters:
        Noise drowns the gradient; the model stays far below what it could do, on training rows too.
    Likely cause:
        The keep probability given where the drop probability belongs, or a value left from a search.
    How it decides:
        A dropout of at least `min_rate` was active in training, and either less than `max_learned` of a constant guess's loss is gained, or the validation loss
        (without dropout) is below seven tenths of the training loss.
    When it is wrong:
        Wide layers stand a dropout of a half, and training loss above validation loss is what dropout looks like: both are silent.
    Fix:
        Use 0.1 to 0.5, or none until the net can fit one batch.
    Verify:
        The training loss falls further with half of the rate.
    Prevent:
        Remember that `p` is the share that is dropped.
    Sources:
        Srivastava et al. (2014). Limits chosen by hand, see benchmarks/run_training.py.

    min_rate : probability of dropping from which it is judged
    max_learned : share of a constant guess's loss that was gained nevertheless
    """
    found = [
        each for each in history.layers if "Dropout" in each.type_name and each.order >= 0 and _rate(each) >= min_rate and _active(each)
    ]
    if not found or progress.pretrained:
        return
    gap = _gap(history)
    if progress.learned < max_learned or gap < 0.7:
        yield _finding(max(found, key=_rate), found, progress, history)


def _rate(layer: Layer) -> float:
    value = layer.settings.get("p")
    return float(value) if isinstance(value, int | float) else 0.0


def _active(layer: Layer) -> bool:
    return layer.trained_mode_share != 0


def _gap(history: History) -> float:
    """Validation loss over training loss at the end, 1 where either is missing."""
    train, valid = history.curve("train"), history.curve("valid")
    if train is None or valid is None:
        return 1.0
    seen, held = train.value[-max(1, len(train.value) // 10) :], valid.value[-1:]
    return float(np.median(held) / np.median(seen)) if np.isfinite(seen).all() and np.isfinite(held).all() and np.median(seen) > 0 else 1.0


def _finding(worst: Layer, found: list[Layer], progress: Progress, history: History) -> Finding:
    rate = _rate(worst)
    return Finding(
        subject=Subject(kind="layer", names=tuple(each.path for each in found), where=worst.where),
        message=f"'{worst.path}' drops {rate:.0%} of its units at each step; {max(progress.learned, 0):.0%} of a constant guess's loss is gained in training{at(worst.where)}.",
        severity=Severity.ERROR if rate >= 0.9 else Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN if rate >= 0.9 else Confidence.LIKELY,
        evidence=(
            Measure(title="Share of units dropped", value=rate, limit=0.7),
            *loss_chart(history, reading="A training loss far above the validation loss is the dropout's doing."),
        ),
        remedy=Remedy(
            cause=f"With p={rate:g} one unit in {1 / max(1 - rate, 0.01):.0f} is left.",
            fix="Lower it to 0.5 or less.",
            patch=f"nn.Dropout({min(0.5, round(1 - rate, 2)):g})  # p is the share that is dropped",
            experiment="less-dropout",
        ),
    )
