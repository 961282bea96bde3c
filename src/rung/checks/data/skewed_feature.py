"""D113: a skewed column in a model that minds."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.rescaled_model import EvenedScores, steady
from rung.facts.score import Metric, compare

# A gain below half a point of AUC or R2 matters to nobody, whatever its interval. Chosen by hand, as in the experiments.
FLOOR = 0.005
# A tail that wrecks one fold's R2 makes every interval of the mean wide. A gain in all folds, two points or more in the middle one, is taken as well.
STEADY = 0.02


@check("D113", severity="warning", explains=("underfitting", "outliers"))
def skewed_feature(evened: EvenedScores, metric: Metric, *, min_gain: float = FLOOR) -> Iterator[Finding]:
    """A column is so skewed that a linear or distance-based model sees little but its tail.

    Why it matters:
        A few rows in the tail set the slope, and the many rows near nought are all alike to the model.
    Likely cause:
        Amounts, counts and durations grow by factors; a logarithm makes them even.
    How it decides:
        Columns of skewness above 2, the exponential distribution's, that a Yeo-Johnson transform halves. The model is fitted again with all of them transformed, on the same
        folds; nothing is said unless the interval of the paired gain lies above nought and the gain is 0.005 or more, or every fold gains and the middle one 0.02. With the user's own linear or distance-based
        model it is a warning; without a model it is a note, about rung's linear one. Trees do not mind and are never named.
    When it is wrong:
        The tail itself is what matters, and its rows are too few for the folds to show it.
    Fix:
        Transform the column inside the pipeline.
    Verify:
        The score on the same folds rises by the gain that is shown.
    Prevent:
        model = make_pipeline(PowerTransformer(), estimator)
    Sources:
        Yeo & Johnson (2000); Box & Cox (1964).

    min_gain : gain of the score from which a transform is worth its while.
    """
    gain = compare(metric, evened.before, evened.after)
    if not ((gain.low > 0 and gain.value >= min_gain) or steady(evened.before, evened.after) >= STEADY):
        return
    names = [name for name, *_ in evened.columns]
    first, before, _, after = evened.columns[0]
    who = "your model" if evened.own else "a linear model"
    more = f" and {len(names) - 1} more columns are" if len(names) > 1 else " is"
    yield Finding(
        subject=Subject(kind="columns" if len(names) > 1 else "column", names=tuple(names[:20])),
        message=f"'{first}'{more} skewed ({before:.1f}, {after:.1f} after a transform): {who} gains {gain.value:+.3f} {metric.name} ({gain.low:+.3f} to {gain.high:+.3f}) without it.",
        severity=Severity.WARNING if evened.own else Severity.NOTE,
        confidence=Confidence.LIKELY,
        evidence=(
            Measure(title=f"Paired gain, {metric.name}", value=gain.value, low=gain.low, high=gain.high, limit=min_gain),
            Bars(title="Skewness", labels=tuple(names[:30]), values=tuple(each[1] for each in evened.columns[:30])),
        ),
        remedy=Remedy(
            fix=f"Transform {', '.join(repr(name) for name in names[:4])} inside the pipeline.",
            patch=f"model = make_pipeline(ColumnTransformer([('even', PowerTransformer(), {names[:8]!r})], remainder='passthrough'), estimator)",
            experiment="even-out-feature",
        ),
    )
