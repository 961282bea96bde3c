"""T213: inputs on a scale that the net cannot digest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Evidence, Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.progress import Progress
from rung.inputs.history import History
from rung.inputs.history_loop import Channels


@check(
    "T213",
    severity="error",
    explains=(
        "exploding-gradients", "diverging-loss", "oscillating-loss", "saturated-activations", "dead-units", "flat-loss", "plateaued-loss", "learning-rate-too-high",
        "vanishing-gradients", "learning-rate-too-low", "exploding-weights", "nan-loss",
    ),
)  # fmt: skip
def unnormalised_inputs(
    history: History, progress: Progress, *, max_scale: float = 30.0, max_ratio: float = 1000.0, max_learned: float = 0.6
) -> Iterator[Finding]:
    """Inputs reach the net on raw scales, and the run suffers from it.

    Why it matters:
        The largest column rules the first layer, the curvature differs by the square of the scales, and no single rate suits all weights.
    Likely cause:
        A scaler that was fitted and not applied, pixels from 0 to 255, or a table with units of thousands beside fractions.
    How it decides:
        A channel's size (root mean square) exceeds `max_scale`, or the spreads of channels differ `max_ratio`-fold with one above ten, or all are below a hundredth;
        none of the first two layers is a normalisation; and it does harm: the first loss is three times that of a constant guess, or less than `max_learned` is gained.
    When it is wrong:
        Standardised inputs go beyond one, pixels up to 16 are digestible, tokens are no measures: all silent. A net that learns well is left alone.
    Fix:
        Standardise each column with the mean and spread of the training rows.
    Verify:
        The same net from the same start on standardised inputs: the loss falls.
    Prevent:
        assert x.abs().mean() < 10
    Sources:
        LeCun et al. (1998), Efficient BackProp. Limits chosen by hand, see benchmarks/run_training.py.

    max_scale : size of a channel from which it is raw
    max_ratio : largest spread over the smallest, constant channels apart
    max_learned : share of a constant guess's loss that was gained nevertheless
    """
    fed = history.batches.inputs
    if fed.token_like or not len(fed.mean) or _normalised_first(history) or progress.pretrained:
        return
    size = np.sqrt(fed.mean**2 + fed.std**2)
    size = np.where(np.isfinite(size), size, 0.0)
    spreads = fed.std[np.isfinite(fed.std) & (fed.std > 0)]
    ratio = float(spreads.max() / spreads.min()) if len(spreads) > 1 else 1.0
    raw = size.max() > max_scale or (ratio > max_ratio and size.max() > 10) or size.max() < 0.01
    harm = progress.excess > 3 or progress.learned < max_learned
    if raw and harm:
        yield _finding(fed, size, ratio, progress)


def _normalised_first(history: History) -> bool:
    """One of the first two layers with parameters is a norm (or the first an embedding): scales do no harm behind it."""
    ordered = sorted((each for each in history.layers if each.order >= 0), key=lambda each: each.order)
    first = [each.type_name for each in ordered if each.n_parameters or "Norm" in each.type_name][:2]
    return any("Norm" in each for each in first) or bool(first and "Embedding" in first[0])


def _finding(fed: Channels, size: np.ndarray, ratio: float, progress: Progress) -> Finding:
    worst = int(size.argmax())
    told = (
        f"the first loss is {progress.excess:.3g} times that of a constant guess"
        if progress.excess > 3
        else f"{max(progress.learned, 0):.0%} is learned"
    )
    return Finding(
        subject=Subject(kind="columns", names=(f"input {worst}",), detail="inputs of the model"),
        message=f"The inputs are not scaled: column {worst} has mean {fed.mean[worst]:.4g} and spread {fed.std[worst]:.4g}, spreads differ {ratio:.3g}-fold; {told}.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if size.max() > 100 else Confidence.LIKELY,
        evidence=_evidence(fed, size),
        remedy=Remedy(
            cause="Raw units reach the first layer.",
            fix="Standardise the columns with statistics of the training rows.",
            patch="mean, std = X_train.mean(0), X_train.std(0)\nX_train, X_valid = (X_train - mean) / std, (X_valid - mean) / std",
            verify="The first loss is that of a constant guess.",
            experiment="normalise-inputs",
        ),
    )


def _evidence(fed: Channels, size: np.ndarray) -> tuple[Evidence, ...]:
    order = np.argsort(-size)[:20]
    rows = tuple(
        (f"input {place}", float(fed.mean[place]), float(fed.std[place]), float(fed.low[place]), float(fed.high[place])) for place in order
    )
    return (
        Measure(
            title="Largest size of a column", value=float(size.max()), limit=30.0, reading="Root mean square; standardised columns have 1."
        ),
        Ranking(title="Columns by size", columns=("column", "mean", "spread", "lowest", "highest"), rows=rows),
    )
