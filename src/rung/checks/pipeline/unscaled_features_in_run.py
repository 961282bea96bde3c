"""P202 seen in a run: a model that cares for scales was fitted on raw ones, and scaling pays."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_code import at, code_at
from rung.facts.run_history import RunHistory
from rung.facts.run_scales import RunScales

MIN_GAIN = 0.02  # of the ROC AUC, of the rows right, or of the target's deviation: less is not worth a step
MIN_RATIO = (
    10.0  # largest over median (or lower) deviation: below, what a scaler brings is speed of training, not another weight of the columns
)
ERRORS = 3.0  # standard errors


@witness("P202")
def unscaled_features_in_run(scales: RunScales, history: RunHistory) -> Iterator[Finding]:
    """The model was built again as the script made it and cross-validated on the very matrix it was given, with and without a scaler before it."""
    if scales.ratio < MIN_RATIO or scales.gain < MIN_GAIN or scales.gain < ERRORS * scales.error:
        return
    name = scales.estimator.type_name
    yield Finding(
        subject=Subject(kind="line", names=(scales.column,), where=scales.event.where, detail=f"{name} on raw scales"),
        message=(
            f"{name} at {at(scales.event)} was fitted on raw scales ('{scales.column}' varies {scales.ratio:,.0f} times as much as smaller columns): "
            f"{scales.metric} {scales.raw:.3f} over five folds, {scales.scaled:.3f} with a scaler."
        ),
        severity=Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            *code_at(history.trace, scales.event.where, "The fit"),
            Measure(
                title="Gain a row by scaling", value=scales.gain, low=scales.gain - ERRORS * scales.error, high=scales.gain + ERRORS * scales.error, limit=0.0,
                reading="Paired on the same rows and folds.",
            ),
        ),
        remedy=Remedy(fix=f"Put StandardScaler before {name} in one pipeline."),
    )  # fmt: skip
