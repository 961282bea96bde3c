"""M204 seen in a run: a solver stopped at its limit of iterations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at
from rung.inputs.trace import Event, Trace

COUNTED = re.compile(r"Boost|LGBM|XGB|Forest|Tree|Bagging|SVC$|SVR$|KMeans")  # iterations are a size there, or their limit is not told


@witness("M204")
def not_converged_in_run(trace: Trace) -> Iterator[Finding]:
    """A fit ended at its limit of iterations, or a convergence warning was raised: also one that the script hides. Fits inside a search are notes."""
    hidden = next((each for each in trace.events if each.kind == "silence"), None)
    spoken: set[object] = set()
    for each in [*_stopped(trace), *_warned(trace)]:
        if each.where not in spoken:
            spoken.add(each.where)
            yield _finding(trace, each, hidden)


def _stopped(trace: Trace) -> Iterator[Event]:
    for each in trace.events:
        solver = each.estimator is not None and each.estimator.converged is False and not COUNTED.search(each.estimator.type_name)
        if each.kind in ("fit", "fit-transform") and solver:
            yield each


def _warned(trace: Trace) -> Iterator[Event]:
    for each in trace.events:
        told = str(each.settings.get("message", ""))
        if (
            each.kind == "warning"
            and "ConvergenceWarning" in str(each.settings.get("category", ""))
            and not COUNTED.search(told.split(" ", maxsplit=1)[0])
        ):
            yield each


def _finding(trace: Trace, each: Event, hidden: Event | None) -> Finding:
    estimator = each.estimator
    name = estimator.type_name if estimator is not None else "a solver"
    limit = estimator.fitted.get("max_iter", estimator.fitted.get("n_iter_")) if estimator is not None else None
    parent = trace.events[each.parent] if each.parent is not None else None
    inside = parent is not None and parent.kind in ("search", "cross-validation")
    silenced = f" The warning is hidden at {at(hidden)}." if hidden is not None and hidden.id < each.id else ""
    return Finding(
        subject=Subject(kind="line", names=(name,), where=each.where, detail=each.code),
        message=f"{name} at {at(each)} stopped{f' after {limit:g} iterations' if limit else ''} before it had converged.{silenced}",
        severity=Severity.NOTE if inside else Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=act_and_bite(
            trace, each, hidden if silenced and hidden is not None else each, act_title="The fit", bite_title="Where the warning is hidden"
        ),
        remedy=Remedy(fix="Scale the columns, then raise max_iter until the solver stops by itself; do not hide ConvergenceWarning."),
    )
