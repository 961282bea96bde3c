"""P202: a scale-sensitive model on raw scales."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.experiment import Estimate
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.own_model import OwnScores
from rung.facts.rescaled_model import RawScales, ScaledOwnScores
from rung.facts.score import Metric, compare

# A gain below half a point of AUC or R2 matters to nobody, whatever its interval. Chosen by hand, as in the experiments.
FLOOR = 0.005


@check(
    "P202",
    severity="warning",
    explains=("underfitting", "not-converged", "not-better-than-baseline", "linear-beats-nonlinear", "over-regularised"),
)
def unscaled_features(
    raw: RawScales, scaled: ScaledOwnScores | None, own: OwnScores | None, metric: Metric, *, min_ratio: float = 10.0
) -> Iterator[Finding]:
    """A model that measures distances or penalises coefficients gets columns on scales of their own.

    Why it matters:
        The column with the largest numbers decides the distance, and a penalty falls on columns by their unit instead of their use.
    Likely cause:
        The scaler was left out of the pipeline, or a column was added after it.
    How it decides:
        The estimator is of a scale-sensitive kind, no step scales, and the largest standard deviation is 10 times the smallest or more. The estimator is fitted again on the
        same folds with standardised columns; a warning needs an interval of the paired gain above nought and a gain of at least 0.005. Otherwise it is a note.
    When it is wrong:
        The raw scales carry meaning, as coordinates in one unit do.
    Fix:
        Put a scaler before the estimator, inside the pipeline.
    Verify:
        The score on the same folds rises by the gain that is shown.
    Prevent:
        model = make_pipeline(StandardScaler(), estimator)
    Sources:
        Hastie, Tibshirani & Friedman (2009), sections 3.4 and 13.3: inputs are standardised before ridge regression and nearest neighbours.

    min_ratio : largest over smallest standard deviation from which scales count as different.
    """
    spread = [(name, sd) for name, sd in raw.deviations if sd > 0]
    if len(spread) < 2 or spread[0][1] / spread[-1][1] < min_ratio:
        return
    gain = compare(metric, own.result, scaled.result) if own is not None and scaled is not None else None
    helps = gain is not None and gain.low > 0 and gain.value > FLOOR
    yield _finding(raw.estimator, spread, metric, gain, helps)


def _finding(estimator: str, spread: list[tuple[str, float]], metric: Metric, gain: Estimate | None, helps: bool) -> Finding:
    (big, large), (small, little) = spread[0], spread[-1]
    shown = (
        "the gain could not be measured"
        if gain is None
        else f"standardising changes {metric.name} by {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
    )
    measure = (
        ()
        if gain is None
        else (Measure(title=f"Paired gain of scaling, {metric.name}", value=gain.value, low=gain.low, high=gain.high, limit=FLOOR),)
    )
    names = tuple(name for name, sd in spread if sd >= large / 10)[:20]
    return Finding(
        subject=Subject(kind="columns", names=names, detail=f"{estimator} without a scaler"),
        message=f"{estimator} gets raw scales: '{big}' varies {large / little:,.0f} times as much as '{small}'; {shown}.",
        severity=Severity.WARNING if helps else Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN if helps else Confidence.POSSIBLE,
        evidence=(
            *measure,
            Bars(title="Standard deviation by column", labels=tuple(n for n, _ in spread[:30]), values=tuple(s for _, s in spread[:30])),
        ),
        remedy=Remedy(
            fix=f"Put a scaler before {estimator}, inside the pipeline.",
            patch="model = sklearn.pipeline.make_pipeline(sklearn.preprocessing.StandardScaler(), model).fit(X_train, y_train)",
            prevent="model = make_pipeline(StandardScaler(), estimator)",
            experiment="scale-features" if gain is not None else None,
        ),
    )
