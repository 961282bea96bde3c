"""T214: targets on a scale that the net starts far away from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Evidence, Histograms, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.progress import Progress
from rung.inputs.history import History


@check(
    "T214",
    severity="error",
    explains=(
        "exploding-gradients",
        "diverging-loss",
        "oscillating-loss",
        "plateaued-loss",
        "flat-loss",
        "learning-rate-too-low",
        "learning-rate-too-high",
        "dead-units",
        "nan-loss",
    ),
)
def unnormalised_targets(history: History, progress: Progress, *, max_scale: float = 30.0, max_learned: float = 0.3) -> Iterator[Finding]:
    """The numbers to predict are large, the net starts near zero, and most of the run is spent on the way there.

    Why it matters:
        Gradients carry the scale of the target (squared error: its square); the rate that suits them suits nothing else.
    Likely cause:
        Prices, counts or times taken as they are.
    How it decides:
        A regression loss whose targets have a size (root mean square) above `max_scale`, and the run gains less than `max_learned` of what a constant guess loses
        (most of it is still worse than guessing the mean).
    When it is wrong:
        A net that learns well on raw targets is left alone; so is a head whose bias starts at the mean.
    Fix:
        Standardise the target with the mean and spread of the training rows; turn predictions back at the end.
    Verify:
        The loss starts near 1 and falls below it.
    Prevent:
        assert y.std() < 10
    Sources:
        LeCun et al. (1998), Efficient BackProp. Limits chosen by hand, see benchmarks/run_training.py.

    max_scale : size of the target from which it is raw
    max_learned : share of a constant guess's loss that was gained nevertheless
    """
    fed = history.batches.targets
    if progress.kind != "numbers" or not len(fed.mean):
        return
    size = float(np.sqrt(np.nanmax(fed.mean**2 + fed.std**2)))
    if size > max_scale and progress.learned < max_learned:
        yield _finding(history, progress, size)


def _finding(history: History, progress: Progress, size: float) -> Finding:
    fed = history.batches.targets
    return Finding(
        subject=Subject(kind="column", names=("target",)),
        message=f"The targets are not scaled: mean {fed.mean[0]:.4g}, spread {fed.std[0]:.4g}. The loss went from {progress.start:.4g} to {progress.end:.4g}; "
        f"guessing the mean scores {progress.constant:.4g}.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if progress.learned < 0 and progress.start > 2 * progress.constant else Confidence.LIKELY,
        evidence=_evidence(history, size),
        remedy=Remedy(
            cause=f"The net starts at outputs near zero, the targets have a size of {size:.3g}.",
            fix="Standardise the target and turn predictions back afterwards.",
            patch="mean, std = y_train.mean(), y_train.std()\ny_train = (y_train - mean) / std\n# prediction = model(x) * std + mean",
            verify="The loss starts near 1 and falls below it.",
            experiment="normalise-targets",
        ),
    )


def _evidence(history: History, size: float) -> tuple[Evidence, ...]:
    values = history.batches.target_order[np.isfinite(history.batches.target_order)]
    measure = Measure(title="Size of the targets", value=size, limit=30.0, reading="Root mean square; standardised targets have 1.")
    if len(values) < 10:
        return (measure,)
    counts, edges = np.histogram(values, bins=30)
    shares = tuple((counts / counts.sum()).tolist())
    return measure, Histograms(title="Targets as fed", x_label="target", edges=tuple(edges.tolist()), groups=("targets",), shares=(shares,))
