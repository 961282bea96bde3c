"""E402: a regression that is too high or too low in a range of its predictions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Line, Lines, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.metric_names import spoken
from rung.facts.residual_shape import Band, ResidualShape
from rung.facts.scored import Scored
from rung.inputs.contract import Contract

OF_MEDIANS = ("MAE", "median error", "MAPE")


@check("E402", severity="warning", explains=())
def biased_range(
    scored: Scored, shape: ResidualShape, contract: Contract, *, min_bias: float = 0.4, min_effect: float = 0.05, min_short: float = 0.2
) -> Iterator[Finding]:
    """Among rows with predictions of one range, the truth lies systematically to one side.

    Why it matters:
        Sums, budgets and rankings built on these predictions are off by a known amount in a known direction.
    Likely cause:
        A target that was transformed and not properly turned back, a penalty or few trees that pull the ends to the middle, another level of the target since
        training, a cap.
    How it decides:
        Judged rows are put into bands of like prediction (never of like truth: there every honest model regresses to the mean). A warning where a band's mean residual is
        at least `min_bias` of the residuals' own spread (and `min_effect` of the target's) with the interval, which holds for all bands at once; the slope of the truth on the prediction is told.
        Amounts (no negative target): also where all predictions together lie `min_short` of the truth beside it (99 %), which errors with long tails would hide in every
        band; only a note where a metric is declared that a median answers (MAE, MAPE, median error), for a median lies below the mean by right.
        Where the test rows are later ones or other entities, their level may honestly be another: a note, unless training rows of that range that the
        model had not seen lie half as far to the same side.
    When it is wrong:
        The test rows come from another level of the target than those of use; then it is the test rows.
    Fix:
        Turn transforms back with their bias in mind, loosen what shrinks, or refit the line of truth on prediction on rows set apart.
    Verify:
        The mean residual by band on new rows.
    Prevent:
        Compare the mean prediction with the mean truth by band in the build.
    Sources:
        Mincer & Zarnowitz (1969) for the slope; Duan (1983) on turning logarithms back. Limit chosen by hand, see fault bench.

    min_bias : mean residual of a band over the standard deviation of all residuals, at the near end of its interval
    min_effect : the same over the standard deviation of the target: a bias within a nearly perfect model matters to nobody
    min_short : sum of the predictions beside that of the truth, over the latter, at the near end of its interval
    """
    astray = _astray(shape, min_short) and spoken(contract.metric) not in OF_MEDIANS
    far = [(each, _near(each) / shape.residual_sd) for each in shape.bands if shape.residual_sd > 0]
    worst = max(far, key=lambda pair: pair[1], default=None)
    if worst is None or (worst[1] < 0.1 and not astray):
        return
    large = [pair for pair in far if pair[1] >= max(min_bias, min_effect * shape.scale / shape.residual_sd)]
    grave = [pair for pair in large if not shape.natural or _lasting(pair[0], min_bias * shape.residual_sd)]
    told = max(grave, key=lambda pair: pair[1], default=worst)
    yield _finding(scored, shape, told[0], Severity.WARNING if grave or astray else Severity.NOTE)


def _astray(shape: ResidualShape, min_short: float) -> bool:
    """Whether all predictions together are off by much, and in another period or world were so before."""
    short = shape.short
    if short is None or max(short.low, -short.high) < min_short:
        return False
    return not shape.natural or shape.short_before * np.sign(short.value) >= 0.5 * min_short


def _lasting(band: Band, least: float) -> bool:
    """Whether the model was off to the same side before, so that it is the model and not the period."""
    return band.before * np.sign(band.bias.value) >= 0.5 * least


def _near(band: Band) -> float:
    """Distance of the interval's near end from zero, 0 where it holds zero."""
    return max(0.0, band.bias.low, -band.bias.high)


def _finding(scored: Scored, shape: ResidualShape, band: Band, severity: Severity) -> Finding:
    side = "too low" if band.bias.value > 0 else "too high"
    bands = shape.bands
    return Finding(
        subject=Subject(kind="model", names=(scored.model.name,), detail=f"predictions {band.low:.4g} to {band.high:.4g}"),
        message=f"Predictions between {band.low:.4g} and {band.high:.4g} are {side} by {abs(band.bias.value):.4g} on average "
        f"({abs(band.bias.value) / shape.residual_sd:.1f} of the residuals' spread, {band.n:,} rows); truth rises {shape.slope.value:.2f} for each 1 predicted{_together(shape)}.",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN if severity is not Severity.NOTE else Confidence.LIKELY,
        evidence=(
            Lines(
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
            ),
            Measure(
                title="Slope of the truth on the prediction", value=shape.slope.value, low=shape.slope.low, high=shape.slope.high, limit=1.0
            ),
        ),
        remedy=Remedy(
            fix="Look for a transform that was not turned back, or a penalty that pulls to the middle; then refit.",
            patch="line = LinearRegression().fit(model.predict(X_calibration).reshape(-1, 1), y_calibration)  # on rows set apart",
        ),
    )


def _together(shape: ResidualShape) -> str:
    if shape.short is None or not shape.short.excludes(0.0):
        return ""
    return f"; together the predictions are {abs(shape.short.value):.0%} {'below' if shape.short.value > 0 else 'above'} the truth"
