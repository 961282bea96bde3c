"""E105: the number looks good and a constant gets the same."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.metric_views import MetricViews, View
from rung.facts.scored import Scored


@check("E105", severity="warning", explains=())
def no_baseline(scored: Scored, views: MetricViews, *, min_rows: int = 30) -> Iterator[Finding]:
    """The reported score is what the best constant answer gets, so that it shows nothing.

    Why it matters:
        0.95 is excellent or worthless: only what no model gets tells which.
    Likely cause:
        A score was reported by itself, in a metric whose worthless value is far from zero.
    How it decides:
        The declared metric is worked out for the predictions, with its 95 % interval, and for the best constant answer on the same rows (the frequent class,
        the class shares, the mean, the median). A warning where the interval does not lie beyond the constant's value; a note where no metric is declared and
        accuracy (or R2) does not.
    When it is wrong:
        The model is there for its ranking, and another metric says so: declare that one.
    Fix:
        Report every score beside its reference: a constant, the best single column, the model in use.
    Verify:
        The paired difference to the reference, with its interval.
    Prevent:
        Keep a DummyClassifier or DummyRegressor in the same evaluation code.
    Sources:
        Wilson (1927) for shares; DeLong et al. (1988) for AUC.

    min_rows : judged rows below which nothing is said
    """
    chosen = views.of(views.declared or ("accuracy" if scored.target.is_classification else "R2"))
    if chosen is None or chosen.name == "recall" or scored.n < min_rows or chosen.beats_trivial:
        return
    yield _finding(chosen, scored, declared=views.declared is not None)


def _finding(view: View, scored: Scored, *, declared: bool) -> Finding:
    constant = (
        "the class shares"
        if view.name in ("log loss", "Brier score")
        else "the most frequent class"
        if scored.target.is_classification
        else "a constant"
    )
    return Finding(
        subject=Subject(kind="metric", names=(view.name,)),
        message=f"{view.name} is {view.value.value:.3f} ({view.value.low:.3f} to {view.value.high:.3f}) and {constant} alone gets {view.trivial:.3f}: "
        "the number shows no skill.",
        severity=Severity.WARNING if declared else Severity.NOTE,
        confidence=Confidence.LIKELY,
        evidence=(
            Bars(
                title=f"{view.name} on {scored.n:,} rows",
                labels=(scored.model.name, constant),
                values=(view.value.value, view.trivial),
                lows=(view.value.low, view.trivial),
                highs=(view.value.high, view.trivial),
                marked=(scored.model.name,),
                reading="Larger is better." if view.larger else "Smaller is better.",
            ),
        ),
        remedy=Remedy(
            fix=f"Report {view.name} beside what {constant} gets, and say how much of the way to the best possible value is covered.",
            patch="from sklearn.dummy import DummyClassifier\nbaseline = DummyClassifier(strategy='prior').fit(X_train, y_train)"
            if scored.target.is_classification
            else "from sklearn.dummy import DummyRegressor\nbaseline = DummyRegressor(strategy='median').fit(X_train, y_train)",
        ),
    )
