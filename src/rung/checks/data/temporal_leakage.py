"""D302: the future reaches training."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars, Histograms, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.score import Metric
from rung.facts.time_dependence import TimeDependence
from rung.facts.time_gap import Lead, Leads, TimeGap, mixed

ALPHA = 1e-6  # one test a run, of thousands of rows
STRONG = 0.3  # correlation that is an error; chosen by hand


@check("D302", instrument=True, severity="error", explains=("overfitting", "feature-drift", "performance-decay", "target-leakage"))
def temporal_leakage(
    metric: Metric, gap: TimeGap | None, leads: Leads | None, dependence: TimeDependence | None, *, min_gap: float = 0.02,
    min_agreement: float = 0.9, min_likeness: float = 0.1,
) -> Iterator[Finding]:  # fmt: skip
    """Rows or values from after the moment of prediction are used in training.

    Why it matters:
        In use the future is not there: the score falls to what the past alone can tell.
    Likely cause:
        A table with a time was split at random, or a column was shifted the wrong way (shift(-1), a centred window).
    How it decides:
        Split: at least half of the test rows are earlier than the last twentieth of training, AND a forest that remembers rows scores higher with
        rows in eight orders at random than in order of time (above the 99 % interval of one more order, and by at least 0.02), or what the trees
        leave unexplained is alike in rows that are neighbours in time (mean correlation over five rows, 0.1 or more). Values: in order of time, a
        column is the target of a later row, or the mean of the next ones, in at least 90 % of the rows, and far more often than the target's own
        present value is. A time column on which nothing depends is silent.
    When it is wrong:
        The model fills gaps in the past (imputation, reconstruction), so that later rows are known when it is used.
    Fix:
        Test on the latest rows and train on earlier ones; build features from what was known at each row's own time.
    Verify:
        Folds forward in time give the score that production will see.
    Prevent:
        assert train[time].max() <= test[time].min()
    Sources:
        Bergmeir & Benitez (2012), On the use of cross-validation for time series predictor evaluation. Limits by hand, see fault bench.
    min_gap : difference of the score from which a split at random misleads.
    min_agreement : share of rows on which a column must be a later target.
    min_likeness : correlation of the residuals of neighbours in time from which they are dependent.
    """
    for lead in leads.leads[:3] if leads is not None else ():
        if lead.agreement >= min_agreement and lead.persistence <= 1 - 2 * (1 - lead.agreement) - 0.05:
            yield _ahead(lead)
    if gap is not None and gap.gap.low > 0 and gap.gap.value >= min_gap and not gap.interleaved < 0.5:
        yield _split(gap, metric)
    elif (
        dependence is not None
        and dependence.likeness.p < ALPHA
        and dependence.likeness.correlation >= min_likeness
        and not dependence.interleaved < 0.5
    ):
        yield _dependent(dependence)


def _ahead(lead: Lead) -> Finding:
    what = (
        f"the mean target of the next {lead.steps} rows"
        if lead.mean
        else f"the target {lead.steps} row{'s' if lead.steps > 1 else ''} later"
    )
    return Finding(
        subject=Subject(kind="column", names=(lead.column,)),
        message=f"'{lead.column}' is {what} in {lead.agreement:.1%} of {lead.n:,} rows; the target's present value is it in {lead.persistence:.1%}.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(
                title="Rows that hold the future",
                value=lead.agreement,
                limit=0.9,
                unit="share",
                reading="A feature may know the past only.",
            ),
        ),
        remedy=Remedy(
            fix=f"Leave '{lead.column}' out, or shift it the other way, so that it holds the past.",
            patch=f"train = train.drop(columns=[{lead.column!r}])",
            prevent=f"assert {lead.column!r} not in train.columns",
            experiment="drop-feature",
        ),
    )


def _dependent(found: TimeDependence) -> Finding:
    alike = found.likeness
    alarm = Severity.ERROR if alike.correlation >= STRONG else Severity.WARNING
    reading = "Independent rows are at 0; above it, a row tells of those before and after it."
    measure = Measure(title="Likeness of neighbours in time", value=alike.correlation, low=alike.low, high=alike.high, limit=0.1, reading=reading)  # fmt: skip
    return Finding(
        subject=Subject(kind="column", names=(found.column,)),
        message=found.told(),
        severity=Severity.NOTE if np.isnan(found.interleaved) else alarm,
        evidence=(measure,),
        remedy=_remedy(found.column),
    )


def _split(gap: TimeGap, metric: Metric) -> Finding:
    has_test, where = not np.isnan(gap.interleaved), mixed(gap.interleaved)
    alarm = Severity.CRITICAL if gap.gap.value >= 0.1 else Severity.ERROR
    return Finding(
        subject=Subject(kind="column", names=(gap.column,)),
        message=f"{where} by '{gap.column}': {metric.name} {gap.random.mean:.3f} when rows are drawn at random, {gap.forward.mean:.3f} forward in time.",
        severity=alarm if has_test else Severity.NOTE,
        confidence=Confidence.LIKELY,
        evidence=(
            Bars(
                title=f"{metric.name} of a forest that remembers rows",
                labels=("blocks at random", "blocks forward in time"),
                values=(gap.random.mean, gap.forward.mean),
                marked=("blocks forward in time",),
                reading="The drop is what rows from the same time were worth.",
            ),
            Histograms(
                title="When the rows are",
                x_label=gap.column,
                edges=gap.edges,
                groups=("train", "test"),
                shares=(gap.train_times, gap.test_times),
                reading="A test set of the future lies to the right of training.",
            ),
        ),
        remedy=_remedy(gap.column),
    )


def _remedy(column: str) -> Remedy:
    return Remedy(
        fix=f"Sort by '{column}', train on the earlier rows and test on the latest.",
        patch=f"table = table.sort_values({column!r})\ncut = int(0.8 * len(table))\ntrain, test = table.iloc[:cut], table.iloc[cut:]",
        prevent=f"assert train[{column!r}].max() <= test[{column!r}].min()",
        experiment="split-by-time",
    )
