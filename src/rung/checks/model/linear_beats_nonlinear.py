"""M302: a straight line beats the user's bent model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars
from rung.core.experiment import Estimate
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.matrix import Matrix
from rung.facts.own_model import OwnScores
from rung.facts.rivals import Rivals, RivalsOnTest
from rung.facts.score import Metric, compare, estimate, pooled, surely
from rung.facts.single import ColumnScores
from rung.inputs.model import Model

BENT = ("KNeighbors", "MLP", "GaussianProcess", "KernelRidge", "RadiusNeighbors", "NuSV")
QUIET = 0.02  # a column whose own score lies within this of chance is counted as noise; chosen by hand


@check("M302", severity="warning", explains=("not-better-than-baseline",))
def linear_beats_nonlinear(
    model: Model,
    own: OwnScores,
    rivals: Rivals,
    metric: Metric,
    matrix: Matrix,
    columns: ColumnScores,
    tested: RivalsOnTest | None,
    *,
    min_gap: float = 0.02,
) -> Iterator[Finding]:
    """A plain linear model on the same columns and folds beats the user's non-linear one.

    Why it matters:
        The dearer model, harder to explain and to keep, is also the worse one.
    Likely cause:
        The signal is a sum of straight effects, which trees must build from steps; few rows for many columns; depth or leaves that cut the sum short;
        columns of noise that trees pick up. Never the scale of the columns: trees do not see it.
    How it decides:
        Paired interval of the linear reference against the user's model, refitted on the same folds, above zero (99 % for a warning, 95 % for a note) and at least `min_gap` of AUC or R2, also
        with what the test rows say of the same difference;
        half of it makes a note, and so does a gap of which trees with plain settings close half: there the settings are at fault, not the kind.
        The reasons are measured: whether plain boosted trees lose too, rows per column, the share of columns that are noise alone.
    When it is wrong:
        The non-linear model was chosen for what lies beyond the range of these rows; straight lines go on there, trees do not.
    Fix:
        Take the linear model, or give it to the trees as a first stage.
    Verify:
        Compare both on the same folds in pairs.
    Prevent:
        Climb the ladder of models in order, and keep the simpler step unless the next one is better in pairs.
    Sources:
        Hand (2006), Classifier technology and the illusion of progress. The floor is chosen by hand, see fault bench.

    min_gap : smallest gap of AUC or R2 for a warning
    """
    if not _bends(model):
        return
    gap = compare(metric, own.result, rivals.linear)
    if gap.low > 0 and gap.value >= min_gap / 2:
        reasons = _reasons(model, rivals, metric, matrix, columns)
        told = gap if tested is None else pooled(gap, tested.linear)
        kind = min(gap.value, told.value) >= min_gap and surely(gap) > 0 and told.low > 0 and not _settings_matter(metric, own, rivals, gap)
        yield _finding(model, gap, own, rivals, metric, reasons, Severity.WARNING if kind else Severity.NOTE)


def _settings_matter(metric: Metric, own: OwnScores, rivals: Rivals, gap: Estimate) -> bool:
    """Whether trees with usual settings close half of the gap: then this model's settings are at fault, and not its kind."""
    closed = compare(metric, own.result, rivals.nonlinear)
    return closed.low > 0 and closed.value >= 0.5 * gap.value


def _bends(model: Model) -> bool:
    if model.tree_based or any(each in model.name for each in BENT):
        return True
    return model.name in ("SVC", "SVR") and model.parameters.get("kernel") != "linear"


def _reasons(model: Model, rivals: Rivals, metric: Metric, matrix: Matrix, columns: ColumnScores) -> list[str]:
    """Why, from measurements; the strongest first."""
    found = []
    lost = compare(metric, rivals.linear, rivals.nonlinear)
    if lost.value < 0.005:
        found.append(f"the signal is additive: plain boosted trees do not beat the straight line either ({lost.value:+.3f})")
    elif lost.low > 0:
        found.append(f"the settings of {model.name}: plain boosted trees beat the straight line by {lost.value:+.3f} on the same columns")
    n_rows, n_columns = matrix.x.shape
    if n_rows < 50 * n_columns:
        found.append(f"few rows: {n_rows / n_columns:.0f} a column")
    noise = float(np.mean(columns.scores - metric.chance < QUIET))
    if noise > 0.5:
        found.append(f"noise columns: {noise:.0%} of them tell nothing alone")
    depth = model.parameters.get("max_depth")
    if isinstance(depth, int) and 0 < depth <= 5:
        found.append(f"depth {depth} cuts a sum of many effects short")
    return found or ["the signal is nearly straight"]


def _finding(
    model: Model, gap: Estimate, own: OwnScores, rivals: Rivals, metric: Metric, reasons: list[str], severity: Severity
) -> Finding:
    additive = compare(metric, rivals.linear, rivals.nonlinear).high < 0
    mine, line, bent = (estimate(each, metric) for each in (own.result, rivals.linear, rivals.nonlinear))
    return Finding(
        subject=Subject(kind="model", names=(model.name,)),
        message=f"A plain linear model beats {model.name} by {gap.value:.3f} of {metric.name} on unseen rows ({line.value:.3f} against {mine.value:.3f}): {reasons[0]}.",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN if additive else Confidence.LIKELY,
        # Where trees of any setting lose to the line, the kind of model is the root, not its capacity.
        explains=("underfitting", "overfitting", "not-better-than-baseline") if additive else (),
        evidence=(
            Bars(
                title=f"{metric.name} out of fold",
                labels=(model.name, "linear", "boosted trees"),
                values=(mine.value, line.value, bent.value),
                lows=(mine.low, line.low, bent.low),
                highs=(mine.high, line.high, bent.high),
                marked=("linear",),
                reading=f"Paired on the same folds: {gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}).",
            ),
        ),
        remedy=Remedy(
            cause="; ".join(reasons) + ".",
            fix="Take the linear model, or fit the trees to what it leaves over.",
            patch="model = make_pipeline(StandardScaler(), " + ("Ridge()" if metric.task == "regression" else "LogisticRegression()") + ")",
            prevent="assert cross_val_score(model, X, y).mean() >= cross_val_score(linear, X, y).mean()",
            experiment="change-model-type",
        ),
    )
