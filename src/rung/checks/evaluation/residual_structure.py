"""E401: the errors of a regression can still be predicted."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Line, Lines, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.residual_shape import ResidualShape
from rung.facts.scored import Scored


@check("E401", severity="warning", explains=("biased-range", "weak-slice"))
def residual_structure(
    scored: Scored, shape: ResidualShape, *, min_left: float = 0.2, min_correlation: float = 0.4, min_gain: float = 0.01
) -> Iterator[Finding]:
    """What the model gets wrong is predictable from the features it has: it left signal behind.

    Why it matters:
        A good model leaves noise. Errors that another model can foresee are score that was not collected, and they fall on the same rows each time.
    Likely cause:
        A straight line through a bent relation, a missing interaction, a season or trend that no feature carries, too strong a penalty.
    How it decides:
        Boosted trees learn the residuals of one half of the judged rows from features and prediction and are tried on the other half: a warning where they
        explain at least `min_left` of the residuals' variance at the lower end of the interval and it is worth `min_gain` of R2; a note from a twentieth on. Where the test rows are later
        ones or other entities, the trees learn from the model's errors on unseen training rows: a relation that has moved since was not there to be
        learned. With a time column, the
        correlation of neighbouring residuals is judged in the same way with `min_correlation`.
    When it is wrong:
        A simple model was wanted and its loss accepted.
    Fix:
        Give the model what it lacks: a bend or interaction of the named column, a season, more capacity, a lag.
    Verify:
        The share that is predictable after the change.
    Prevent:
        Watch the predictable share of the residuals in the build.
    Sources:
        Residual boosting as a test of fit: Friedman (2001); Durbin & Watson (1950) for neighbours in time. Limits chosen by hand, see fault bench.

    min_left : share of the residuals' variance explained on rows that were not learnt from, lower bound
    min_correlation : correlation of residuals of neighbours in time, lower bound
    min_gain : share of the target's variance that the structure makes up: what is left of a nearly perfect model matters to nobody
    """
    left = shape.left
    if left.low >= 0.05:
        grave = left.low >= min_left and not shape.unlearnable and left.value * shape.share >= min_gain
        yield _left(scored, shape, Severity.WARNING if grave else Severity.NOTE)
    together = shape.in_time
    if together is not None and together.low > 0.1:
        grave = together.low >= min_correlation and together.value**2 * shape.share >= min_gain
        yield _in_time(scored, shape, Severity.WARNING if grave else Severity.NOTE)


def _left(scored: Scored, shape: ResidualShape, severity: Severity) -> Finding:
    left = shape.left
    most = f", '{shape.column}' alone {shape.alone:.0%}" if shape.column and shape.alone > 0.02 else ""
    return Finding(
        subject=Subject(kind="model", names=(shape.column,) if most else (scored.model.name,), detail="predictable residuals"),
        message=f"{left.value:.0%} ({left.low:.0%} to {left.high:.0%}) of the variance of {scored.model.name}'s residuals is predictable from the features{most}.",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN if left.low > 0.3 else Confidence.LIKELY,
        evidence=(
            Measure(title="Predictable share of the residuals", value=left.value, low=left.low, high=left.high, limit=0.0),
            bias_lines(shape),
        ),
        remedy=Remedy(
            fix=f"Let the model bend or split on '{shape.column}', or take a model that can."
            if most
            else "Take a model that can hold the interaction, or add it as a feature."
        ),
    )


def _in_time(scored: Scored, shape: ResidualShape, severity: Severity) -> Finding:
    together = shape.in_time
    assert together is not None  # asked before
    return Finding(
        subject=Subject(kind="model", names=(scored.model.name,), detail="residuals in time"),
        message=f"Residuals of neighbours in time correlate by {together.value:.2f} ({together.low:.2f} to {together.high:.2f}): "
        "the last error foretells the next, and intervals that take rows as independent are too narrow.",
        severity=severity,
        confidence=Confidence.LIKELY,
        evidence=(Measure(title="Correlation of neighbours", value=together.value, low=together.low, high=together.high, limit=0.0),),
        remedy=Remedy(fix="Add the last known value or error, a trend or a season as features."),
    )


def bias_lines(shape: ResidualShape) -> Lines:
    """Mean residual by prediction, with intervals."""
    bands = shape.bands
    return Lines(
        title="Mean residual by prediction",
        x_label="prediction",
        y_label="truth minus prediction",
        lines=(
            Line(
                name="mean residual",
                x=tuple(each.centre for each in bands),
                y=tuple(each.bias.value for each in bands),
                low=tuple(each.bias.low for each in bands),
                high=tuple(each.bias.high for each in bands),
            ),
        ),
        reading="Above zero: the model says too little there. The intervals hold for all bands at once.",
    )
