"""M102: a regressor for classes, or a classifier for a quantity."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.model_task import ModelTask
from rung.facts.target import MAX_WHOLE_CLASSES, Target
from rung.inputs.contract import Contract
from rung.inputs.model import Model


@check(
    "M102",
    severity="error",
    explains=(
        "underfitting",
        "not-better-than-baseline",
        "miscalibration",
        "metric-mismatch",
        "uncorrected-imbalance",
        "default-threshold",
    ),
)
def wrong_model_type(task: ModelTask, target: Target, model: Model, contract: Contract, *, min_gain: float = 0.03) -> Iterator[Finding]:
    """The learner answers another kind of question than the target asks.

    Why it matters:
        A regressor gives numbers where a class is asked for: no probabilities, values beyond 0 and 1, and an order among classes that have none. A
        classifier on a quantity takes 41 and 42 for as different as 1 and 42, and can never answer a value that it was not shown.
    Likely cause:
        Labels that are coded as numbers, or a target with few enough values to pass for classes.
    How it decides:
        Regressor on two classes: its answers are no labels, unless it was told to model a probability. Regressor on more classes: a plain classifier must
        meet clearly more labels on the same test rows, by a paired interval above `min_gain`, without losing more squared error: ordered grades are left alone.
        Classifier on numbers with more than 12 values: always where the values have decimals, otherwise where a plain regressor loses less squared error on
        the same test rows by at least `min_gain` of the variance, so that many unordered codes are left alone. What the contract declares is obeyed.
    When it is wrong:
        A linear probability model is wanted for its coefficients; then this is known and can be muted.
    Fix:
        Take the other kind of the same learner.
    Verify:
        The answers are labels with probabilities, or numbers between the values seen.
    Prevent:
        assert sklearn.utils.multiclass.type_of_target(y) == what the learner expects
    Sources:
        Agresti (2013), Categorical Data Analysis, on probability outside 0..1. The floor is chosen by hand, see fault bench.

    min_gain : smallest gain of the right kind of learner, as a share of the target's variance or of the rows
    """
    if task.kind == "regressor" and target.task == "binary" and task.off_label > 0.1 and not _models_probability(model):
        yield _regressor(task, target, model)
    elif task.kind == "regressor" and target.task == "multiclass" and task.off_label > 0.1:
        if not task.numeric_labels or (task.hits.low > min_gain and task.squared.high > 0):
            yield _regressor(task, target, model)
    elif task.kind == "classifier" and target.task == "regression" and contract.task is None and task.n_levels > MAX_WHOLE_CLASSES:
        gains = task.squared.low > 0 and task.squared.value >= min_gain
        if not task.whole or gains:
            yield _classifier(task, target, model)


def _models_probability(model: Model) -> bool:
    words = " ".join(str(model.parameters.get(name, "")) for name in ("objective", "loss", "loss_function"))
    return any(each in words for each in ("logistic", "binary", "Logloss", "log_loss", "cross_entropy"))


def _regressor(task: ModelTask, target: Target, model: Model) -> Finding:
    other = model.name.replace("Regressor", "Classifier").replace("SVR", "SVC")
    other = other if other != model.name else "LogisticRegression"
    beyond = f", {task.outside:.0%} of them outside the labels" if task.outside else ""
    return Finding(
        subject=Subject(kind="model", names=(model.name,), detail=f"target '{target.name}'"),
        message=f"{model.name} regresses '{target.name}', which has {len(target.classes)} classes: {task.off_label:.0%} of its answers are no label{beyond}.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if target.task == "binary" or not task.numeric_labels else Confidence.LIKELY,
        evidence=(
            Bars(
                title="Answers",
                labels=("no label at all", "beyond all labels"),
                values=(task.off_label, task.outside),
                marked=("no label at all",),
                reading="A classifier's answers are labels, with a probability beside each.",
            ),
        ),
        remedy=Remedy(
            fix=f"Fit the classifier of this kind, {other}, and use its probabilities.",
            patch=f"model = {other}()",
            prevent="assert sklearn.base.is_classifier(model)",
            experiment="change-model-type",
        ),
    )


def _classifier(task: ModelTask, target: Target, model: Model) -> Finding:
    other = model.name.replace("Classifier", "Regressor").replace("SVC", "SVR").replace("LogisticRegression", "Ridge")
    gain = task.squared
    return Finding(
        subject=Subject(kind="model", names=(model.name,), detail=f"target '{target.name}'"),
        message=f"{model.name} treats the quantity '{target.name}' as {task.n_levels} separate classes"
        + (f"; a plain regressor removes {gain.value:.0%} more of its variance." if gain.low > 0 else "."),
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if gain.low > 0 else Confidence.LIKELY,
        evidence=(
            Measure(
                title="Classes learned",
                value=task.n_levels,
                limit=MAX_WHOLE_CLASSES,
                reading="Beyond the limit a number is taken for a quantity.",
            ),
            Measure(title="Variance that a plain regressor explains beyond it", value=gain.value, low=gain.low, high=gain.high, limit=0.0),
        ),
        remedy=Remedy(
            fix=f"Fit the regressor of this kind, {other}, or cut the quantity into a few grades on purpose.",
            patch=f"model = {other}()",
            prevent="assert sklearn.base.is_regressor(model)",
            experiment="change-model-type",
        ),
    )
