"""M101: no better than knowing the class shares, or one column."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars, Measure
from rung.core.experiment import Estimate
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.ladder import ModelLadder
from rung.facts.score import Metric, estimate
from rung.facts.standing import Standing
from rung.inputs.model import Model

PLAIN_SHARE = 0.15
SURE = 3 / 1.96  # widens a 95 % interval to three standard errors


@check("M101", severity="warning", explains=("no-baseline", "weak-slice"))
def not_better_than_baseline(
    metric: Metric, ladder: ModelLadder, model: Model | None, standing: Standing | None, *, min_gap: float = 0.02, min_plain: float = 0.03
) -> Iterator[Finding]:
    """The model does not beat the class shares or the best single column on rows that it has not seen.

    Why it matters:
        A model that a constant or one column can replace costs effort and trust and returns nothing.
    Likely cause:
        Labels or columns out of step, a penalty or depth that leaves nothing, training on other columns than are scored, or a table without signal.
    How it decides:
        On the test set, out of fold without one, or on the rows of the one table that carries predictions along: paired intervals (DeLong for AUC, squared
        errors for R2) of the user's model against the class shares (or the mean), the best single column, and plain linear and boosted models. An error where
        it is not above the shares while a reference is clearly above the user's model; a warning where one column alone beats it by more than `min_gap` with
        its interval above zero; for a model that cannot be fitted again also where a plain linear or boosted one on the columns given is ahead by more than
        `min_plain` and 15 % of its lift over chance. A model that gives labels only is compared by its right calls, the others calling as many. Where nothing finds
        signal, or the rows are too few to tell, it is a note with the smallest difference that these rows could show.
    When it is wrong:
        The single column is a leak: then it is the column that is wrong, and the rules on leakage say so.
    Fix:
        First the data: alignment of labels, columns. Then capacity and penalty. Without any signal, other columns.
    Verify:
        The paired interval against the baseline lies above zero.
    Prevent:
        Keep the baseline in the test suite of the model, compared in pairs on the same rows.
    Sources:
        DeLong, DeLong & Clarke-Pearson (1988). The floor is chosen by hand, see fault bench.

    min_gap : smallest difference of AUC or R2 (or accuracy, of labels) that matters beside one column
    min_plain : the same beside a plain model
    """
    signal = _signal(ladder, metric)
    if model is None or standing is None:
        if model is None and not signal:
            yield _no_signal(ladder, metric)
        return
    own = estimate(standing.own, metric)
    if not np.isfinite(own.value):
        return
    rival, alone = standing.rival, standing.ahead(metric, standing.single)
    missed = plain = standing.ahead(metric, rival)  # of labels, right calls: they rank nothing
    if own.low <= metric.chance:
        if _surely(missed) and missed.value >= min_gap and estimate(rival, metric).low > metric.chance:
            severity = Severity.ERROR if standing.own_ranks or own.high < metric.chance else Severity.WARNING
            yield _finding(
                model, standing, metric, own, missed, "the class shares" if metric.task != "regression" else "the mean", severity
            )
        elif not signal:
            yield _no_signal(ladder, metric, model)
        else:
            yield _cannot_tell(model, metric, own)
    elif _surely(alone) and alone.value >= min_gap:
        yield _finding(model, standing, metric, own, alone, f"the single column '{standing.column}'", Severity.WARNING)
    elif model.refit is None and _surely(plain) and plain.value >= max(min_plain, _share(standing, rival.mean - metric.chance)):
        # What can be fitted again is asked for its cause by other rules.
        yield _finding(model, standing, metric, own, plain, f"a plain {rival.name} model on the columns given", Severity.WARNING)


def _share(standing: Standing, lift: float) -> float:
    return PLAIN_SHARE * lift if standing.own_ranks else 0.0


def _surely(gap: Estimate) -> bool:
    """Whether the gap is above zero by three standard errors: several references and columns were looked at, not one."""
    return gap.value > 0 and gap.value - SURE * (gap.value - gap.low) > 0


def _signal(ladder: ModelLadder, metric: Metric) -> bool:
    return any(each.score.low > metric.chance for each in ladder.contenders[1:])


def _finding(model: Model, standing: Standing, metric: Metric, own: Estimate, gap: Estimate, baseline: str, severity: Severity) -> Finding:
    steps = [estimate(each, metric) for each in (standing.single, standing.linear, standing.nonlinear)]
    where = {"test": "test rows", "out-of-fold": "unseen rows", "as given": "the rows given"}[standing.where]
    return Finding(
        subject=Subject(kind="model", names=(model.name,)),
        message=_message(model, standing, metric, own, gap, baseline, where),
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN if gap.low > 2 * gap.value / 3 else Confidence.LIKELY,
        evidence=(
            Bars(
                title=f"{metric.name} on {where}",
                labels=("prior", f"'{standing.column}' alone", "linear", "non-linear", model.name),
                values=(metric.chance, *(each.value for each in steps), own.value),
                lows=(metric.chance, *(each.low for each in steps), own.low),
                highs=(metric.chance, *(each.high for each in steps), own.high),
                marked=(model.name,),
                reading=f"The paired difference is {gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}).",
            ),
        ),
        remedy=Remedy(
            fix="Look at the causes above first; if none stands, replace the model by the reference that is ahead.",
            patch="from sklearn.dummy import DummyClassifier, DummyRegressor  # score the baseline beside the model, on the same rows",
            prevent="assert score(model, X_test, y_test) > score(baseline, X_test, y_test)",
            experiment="change-model-type",
        ),
    )


def _message(model: Model, standing: Standing, metric: Metric, own: Estimate, gap: Estimate, baseline: str, where: str) -> str:
    if not standing.own_ranks and own.low > metric.chance:
        return f"{model.name} gives labels and does not beat {baseline}: calling as many, that is right on {gap.value:.1%} more of {where}."
    return f"{model.name} reaches {metric.name} {own.value:.3f} on {where} and does not beat {baseline}; the better model is {gap.value:+.3f} ahead."


def _no_signal(ladder: ModelLadder, metric: Metric, model: Model | None = None) -> Finding:
    best = max(ladder.contenders[1:], key=lambda each: np.nan_to_num(each.score.value, nan=-1e9))
    smallest = best.score.high - best.score.value
    return _note(
        Subject(kind="model", names=(model.name,)) if model is not None else Subject(kind="table", detail="no signal"),
        f"No signal found in the columns: the best of three plain models reaches {metric.name} {best.score.value:.3f}; "
        f"a difference below {smallest:.3f} cannot be seen with these rows.",
        best.score,
        metric,
        "Collect columns that could know the answer, or more rows; no choice of model will help.",
    )


def _cannot_tell(model: Model, metric: Metric, own: Estimate) -> Finding:
    return _note(
        Subject(kind="model", names=(model.name,)),
        f"{model.name} cannot be told from chance: {metric.name} {own.value:.3f} ({own.low:.3f} to {own.high:.3f}) on {own.n:,} rows.",
        own,
        metric,
        "Score it on more rows before it is judged.",
    )


def _note(subject: Subject, message: str, score: Estimate, metric: Metric, fix: str) -> Finding:
    measure = Measure(
        title=metric.name,
        value=score.value,
        low=score.low,
        high=score.high,
        limit=metric.chance,
        reading="The limit is what no information gives.",
    )
    return Finding(
        subject=subject,
        message=message,
        severity=Severity.NOTE,
        confidence=Confidence.POSSIBLE,
        evidence=(measure,),
        remedy=Remedy(fix=fix),
    )
