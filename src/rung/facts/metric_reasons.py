"""The reasons for which a metric does not fit, each a small question to contract and predictions. A helper of the rule, no fact itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rung.core.finding import Severity
from rung.facts.metric_names import OF_NUMBERS, OF_SCORES, SHIFT_WITH_PREVALENCE
from rung.facts.metric_views import MetricViews
from rung.facts.scored import Scored
from rung.inputs.contract import Contract
from rung.stats.delong import auc_interval
from rung.stats.intervals import wilson

SURE = 0.999  # of the interval that must lie below one half: a weak model is no inverted one


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One way in which the metric does not fit. detail : short name of the way, part of the finding's key.   other_class : it is fed with the other class's scores."""

    metric: str
    detail: str
    message: str
    fix: str
    patch: str | None = None
    severity: Severity = Severity.WARNING
    other_class: bool = False


def reasons(scored: Scored, views: MetricViews, contract: Contract, min_imbalance: float) -> Iterator[Reason]:
    """Every reason that holds."""
    declared = views.declared
    if declared is not None and (declared in OF_NUMBERS) != (not scored.target.is_classification) and declared != "cost":
        yield _other_task(declared, scored)
        return
    if scored.target.task == "binary":
        yield from _scores(scored, declared)
    if scored.target.is_classification:
        yield from _accuracy(views, contract, min_imbalance)
    if scored.target.task == "binary":
        yield from _positive(scored, views, contract)
        yield from _prevalence(scored, declared, contract)
    if declared == "MAPE" and not scored.target.is_classification:
        yield from _near_zero(scored)


def _other_task(declared: str, scored: Scored) -> Reason:
    task = "classification" if scored.target.is_classification else "regression"
    other = "accuracy, ROC AUC or log loss" if scored.target.is_classification else "R2, RMSE or MAE"
    return Reason(
        metric=declared,
        detail="metric of another task",
        message=f"{declared} does not measure {task}: '{scored.target.name}' holds {len(scored.target.classes)} classes."
        if scored.target.is_classification
        else f"{declared} does not measure regression: '{scored.target.name}' is a quantity.",
        fix=f"Report {other}, or declare the task if it was inferred wrongly (--task).",
        severity=Severity.ERROR,
    )


def _scores(scored: Scored, declared: str | None) -> Iterator[Reason]:
    """Two values where scores belong, or scores of the other class."""
    values = np.unique(scored.score)
    y = scored.y == scored.target.positive
    if len(values) <= 2:
        if declared in OF_SCORES:
            called = y.mean(), scored.score.mean()
            yield Reason(
                metric=declared or "",
                detail="hard labels as scores",
                message=f"{declared} is given {len(values)} distinct values for {scored.n:,} rows: hard labels, not scores "
                f"({called[0]:.1%} of rows are positive, {called[1]:.1%} are called so).",
                fix="Hand over the probability of the positive class, not the predicted label.",
                patch="score = model.predict_proba(X)[:, 1]  # not model.predict(X)",
            )
        return
    inverted = auc_interval(y, scored.score, SURE)
    foreign = scored.model.predicts_column is not None or not scored.model.classes
    if foreign and inverted.high < 0.5:
        yield Reason(
            metric=declared or "ROC AUC",
            detail="scores of the other class",
            message=f"{scored.model.name} ranks the wrong class: its AUC for '{scored.target.classes[scored.target.positive]}' is {inverted.value:.3f}, "
            f"of the other class {1 - inverted.value:.3f}.",
            fix="Take the probability column of the positive class, or declare the other label as positive.",
            patch="score = model.predict_proba(X)[:, list(model.classes_).index(positive)]",
            severity=Severity.ERROR,
            other_class=True,
        )


def _accuracy(views: MetricViews, contract: Contract, min_imbalance: float) -> Iterator[Reason]:
    accuracy, balanced = views.of("accuracy"), views.of("balanced accuracy")
    if views.declared != "accuracy" or accuracy is None or balanced is None:
        return
    if accuracy.trivial >= min_imbalance:
        yield Reason(
            metric="accuracy",
            detail="frequent class rules it",
            message=f"Accuracy {accuracy.value.value:.3f} says little: one class holds {accuracy.trivial:.1%} of the rows and a constant gets as much; "
            f"balanced accuracy is {balanced.value.value:.3f}.",
            fix="Report a proper score (log loss) and recall with false alarms at the threshold of your costs.",
        )
    ratio = (contract.cost_fn or 1.0) / max(contract.cost_fp or 1.0, 1e-12)
    if contract.cost_fn is not None and contract.cost_fp is not None and not 2 / 3 <= ratio <= 1.5:
        yield Reason(
            metric="accuracy",
            detail="costs are ignored",
            message=f"Accuracy counts every error alike; the contract says that a miss costs {ratio:.3g} times a false alarm.",
            fix="Report the mean cost a row, at the threshold that the costs ask for.",
            patch=f"cost = {contract.cost_fp:g} * (called & ~positive).mean() + {contract.cost_fn:g} * (~called & positive).mean()",
        )


def _positive(scored: Scored, views: MetricViews, contract: Contract) -> Iterator[Reason]:
    """A metric of the positive class, which is the frequent one and was not meant to be."""
    share = float((scored.y == scored.target.positive).mean())
    view = views.of(views.declared)
    if views.declared in ("F1", "precision", "recall", "average precision") and view is not None and share >= 0.7:
        yield Reason(
            metric=view.name,
            detail="positive class is the frequent one",
            message=f"{view.name} {view.value.value:.3f} is measured on '{scored.target.classes[scored.target.positive]}', which is {share:.0%} of the rows: "
            f"calling every row so gets {view.trivial:.3f}.",
            fix="Measure it on the class that is looked for (--positive LABEL), or report both.",
            patch=f"f1_score(y, called, pos_label={scored.target.classes[1 - scored.target.positive]!r})",
            severity=Severity.NOTE if contract.positive is not None else Severity.WARNING,
        )


def _prevalence(scored: Scored, declared: str | None, contract: Contract) -> Iterator[Reason]:
    if contract.prevalence is None or declared not in SHIFT_WITH_PREVALENCE:
        return
    positive = scored.y == scored.target.positive
    share = wilson(int(positive.sum()), scored.n, SURE)
    if not share.excludes(contract.prevalence) or 2 / 3 <= (contract.prevalence / max(share.value, 1e-12)) <= 1.5:
        return
    called = scored.labels == scored.target.positive
    recall, alarms = float(called[positive].mean()), float(called[~positive].mean())
    weight = contract.prevalence * recall + (1 - contract.prevalence) * alarms
    there = contract.prevalence * recall / weight if weight > 0 else float("nan")
    here = float(positive[called].mean()) if called.any() else float("nan")
    yield Reason(
        metric=declared or "",
        detail="share of positives differs",
        message=f"{share.value:.1%} of these rows are positive, {contract.prevalence:.1%} where the model is used: {declared} moves with that "
        f"(precision {here:.2f} here would be {there:.2f} there).",
        fix="Weigh the rows to the declared prevalence before reporting, or report recall and false-alarm rate, which do not move.",
        patch=f"weights = np.where(positive, {contract.prevalence / max(share.value, 1e-12):.3g}, {(1 - contract.prevalence) / max(1 - share.value, 1e-12):.3g})",
    )


def _near_zero(scored: Scored) -> Iterator[Reason]:
    small = np.abs(scored.y) < 0.01 * float(np.median(np.abs(scored.y)) or 1.0)
    if small.any():
        yield Reason(
            metric="MAPE",
            detail="targets near zero",
            message=f"MAPE divides by the target; {int(small.sum())} of {scored.n:,} targets lie within a hundredth of the median of zero and rule it.",
            fix="Report MAE or the error relative to the total.",
        )
