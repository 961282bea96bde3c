"""E403: errors that grow with the prediction."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.residual_shape import ResidualShape
from rung.facts.scored import Scored

ALPHA = 1e-4  # one test a run


@check("E403", severity="note", explains=("heavy-tailed-errors",))
def heteroscedastic_errors(scored: Scored, shape: ResidualShape, *, min_ratio: float = 2.0) -> Iterator[Finding]:
    """The spread of the errors changes with the prediction, so that one interval for all rows is wrong for most.

    Why it matters:
        A single error bar is too wide where predictions are small and too narrow where they are large (or the other way round); the squared loss listens
        to the noisy end.
    Likely cause:
        A quantity that grows by factors (prices, counts, durations) modelled by differences.
    How it decides:
        Koenker's test of squared residuals on the ranks of the predictions, one in 10,000, and a spread among the largest third of predictions that is `min_ratio`
        times (or one over it) that among the smallest third. A note: most real quantities do so, and the mean is right all the same.
    When it is wrong:
        Only the mean is used.
    Fix:
        Model the logarithm or a count likelihood, weigh rows by their precision, or predict quantiles.
    Verify:
        The ratio of the spreads after the change; the coverage of intervals in each third.
    Prevent:
        Report the error by band of prediction.
    Sources:
        Koenker (1981). Limits chosen by hand.

    min_ratio : standard deviation in the largest third over that in the smallest, or the inverse
    """
    spread = shape.spread
    if spread.p < ALPHA and (spread.ratio >= min_ratio or spread.ratio <= 1 / min_ratio):
        yield _finding(scored, shape)


def _finding(scored: Scored, shape: ResidualShape) -> Finding:
    spread, bands = shape.spread, shape.bands
    return Finding(
        subject=Subject(kind="model", names=(scored.model.name,), detail="spread of the residuals"),
        message=f"Residuals of the largest third of predictions spread {spread.ratio:.2g} times as wide as those of the smallest third.",
        severity=Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Bars(
                title="Spread of the residuals by prediction",
                labels=tuple(f"{each.low:.4g} to {each.high:.4g}" for each in bands),
                values=tuple(each.spread for each in bands),
                reading="Equal bars would allow one error bar for all rows.",
            ),
            Measure(title="Ratio of the spreads", value=spread.ratio, limit=1.0),
        ),
        remedy=Remedy(
            fix="Model the logarithm of the target, or predict quantiles where intervals are needed.",
            patch="model = TransformedTargetRegressor(model, func=np.log1p, inverse_func=np.expm1)",
        ),
    )
