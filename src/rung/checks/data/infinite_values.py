"""D102: numbers that are not finite."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.non_finite import BadStep, InfiniteColumn, NonFinite


@check("D102", severity="error", explains=("outliers", "skewed-feature", "unscaled-features", "not-converged", "feature-drift"))
def infinite_values(found: NonFinite) -> Iterator[Finding]:
    """A column holds infinite numbers, or a step of the pipeline makes them out of finite ones.

    Why it matters:
        Most estimators raise on infinity; others turn every mean and scale they touch into NaN, and predict nonsense without a word.
    Likely cause:
        A division by zero (a ratio of two columns), the logarithm of zero, an exponential that overflows, a cast to a smaller type.
    How it decides:
        Infinite values are counted in all rows of every table. Rows whose numbers are all finite are then followed through the
        pipeline: the first step
        whose successor is given infinity or NaN is named.
    When it is wrong:
        An infinity may be meant (no upper limit); it still has to be written as something that the model can take.
    Fix:
        Guard the division or the logarithm where it is made (log1p, a small constant below the line), or make the value missing and
        impute.
    Verify:
        np.isfinite holds for what every step hands on.
    Prevent:
        assert np.isfinite(train.select_dtypes('number')).all().all()
    Sources:
        IEEE 754: x / 0 and log 0 are infinite, 0 / 0 and log of a negative number are NaN.
    """
    for each in _worst(found.columns):
        yield _column(each, [other for other in found.columns if other.column == each.column])
    for step in found.steps:
        yield _step(step)


def _worst(columns: tuple[InfiniteColumn, ...]) -> list[InfiniteColumn]:
    """One entry a column, training first, at most ten."""
    first: dict[str, InfiniteColumn] = {}
    for each in columns:
        first.setdefault(each.column, each)
    return sorted(first.values(), key=lambda each: -(each.above + each.below))[:10]


def _column(each: InfiniteColumn, everywhere: list[InfiniteColumn]) -> Finding:
    count, name = each.above + each.below, repr(each.column)
    what = "The target" if each.is_target else "Column"
    return Finding(
        subject=Subject(kind="column", names=(each.column,), rows=each.rows, detail=f"rows of the {each.where} table"),
        message=f"{what} {name} is infinite in {count:,} of {each.n_rows:,} {each.where} rows ({each.above:,} above, {each.below:,} below all numbers).",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Bars(
                title=f"Infinite values of {name}",
                labels=tuple(other.where for other in everywhere),
                values=tuple(float(other.above + other.below) for other in everywhere),
                unit="rows",
                reading="One is enough to make a mean infinite.",
            ),
        ),
        remedy=Remedy(
            fix=f"Find the division or logarithm that makes {name} and guard it; until then read infinity as missing.",
            patch=f"for frame in (train, test):\n    frame[{name}] = frame[{name}].replace([np.inf, -np.inf], np.nan)",
            prevent=f"assert np.isfinite(train[{name}].dropna()).all()",
        ),
    )


def _step(step: BadStep) -> Finding:
    shown = ", ".join(repr(name) for name in step.columns[:3])
    return Finding(
        subject=Subject(kind="step", names=(step.path, *step.columns[:10]), rows=step.rows, detail=f"rows of the {step.where} table"),
        message=f"Step '{step.path}' ({step.type_name}) makes {step.n_bad:,} of {step.n_asked:,} finite {step.where} rows infinite or NaN, in {shown}.",
        severity=Severity.ERROR,
        confidence=Confidence.LIKELY,
        evidence=(
            Measure(
                title="Rows that the step spoils", value=step.n_bad / max(1, step.n_asked), limit=0.0, unit="share of rows",
                reading="These rows were finite in every numeric column before the pipeline.",
            ),
        ),
        remedy=Remedy(
            fix=f"Guard '{step.path}' against zero and negative values, and against a scale of zero.",
            patch="FunctionTransformer(np.log1p)  # in place of np.log; clip negatives first",
            prevent="assert np.isfinite(model[:-1].transform(train.drop(columns=[target]))).all()",
        ),
    )  # fmt: skip
