"""M204: a solver that was stopped before it was done."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.experiment import Estimate
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.longer import IterationLimit
from rung.facts.probes import LongerProbes, best_gain
from rung.facts.score import Metric
from rung.facts.skill import skill_gain
from rung.inputs.model import Model

LARGE = 0.1  # gain of AUC or R2 by which a model is unusable as it stands; chosen by hand


@check(
    "M204",
    severity="note",
    explains=("underfitting", "not-better-than-baseline", "miscalibration", "linear-beats-nonlinear", "constant-predictions"),
)
def not_converged(
    limit: IterationLimit, model: Model, metric: Metric, longer: LongerProbes | None, *, min_gain: float = 0.01, min_skill: float = 0.05
) -> Iterator[Finding]:
    """The solver used up its iterations before it reached its tolerance.

    Why it matters:
        The coefficients are those of the moment at which the clock stopped: another machine, order or scale gives others. Often the score suffers too.
    Likely cause:
        Columns on very different scales, a limit of iterations left at its default, or a learning rate that is too small.
    How it decides:
        The fit's own count of iterations equals its limit. The same estimator is then fitted on the same folds with ten times the limit: a paired gain
        above zero of at least `min_gain` in AUC or R2, or `min_skill` in log-loss skill, makes it a warning. Without such a gain it stays a note.
    When it is wrong:
        Stopping early on purpose, as a regulariser; then training longer does not help, and this is a note.
    Fix:
        Scale the columns first; then raise the limit of iterations.
    Verify:
        Fit again: the count stays below the limit, and the paired gain is printed.
    Prevent:
        Turn ConvergenceWarning into an error where the model is trained.
    Sources:
        scikit-learn's user guide on solvers and scaling. Floors chosen by hand, see fault bench.

    min_gain : smallest gain of AUC or R2 by training longer for a warning
    min_skill : smallest gain of log-loss skill by training longer for a warning
    """
    if not limit.reached:
        return
    found = best_gain(metric, longer.own, longer.tried) if longer is not None else None
    surer = best_gain(metric, longer.own, longer.tried, skill_gain) if longer is not None else None
    gain = found[1] if found is not None else None
    matters = (gain is not None and gain.low > 0 and gain.value >= min_gain) or (
        surer is not None and surer[1].low > 0 and surer[1].value >= min_skill
    )
    yield _finding(limit, model, metric, gain, matters=matters)


def _severity(gain: Estimate | None, *, matters: bool) -> Severity:
    """An error where most of what the model could know is missing."""
    if not matters:
        return Severity.NOTE
    return Severity.ERROR if gain is not None and gain.low > 0 and gain.value > LARGE else Severity.WARNING


def _finding(limit: IterationLimit, model: Model, metric: Metric, gain: Estimate | None, *, matters: bool) -> Finding:
    told = f"; ten times as many change its {metric.name} by {gain.value:+.3f}" if gain is not None else ""
    evidence = [
        Measure(
            title="Iterations used", value=limit.used, limit=limit.limit, reading="At the limit: the solver was stopped, it did not finish."
        )
    ]
    if gain is not None:
        evidence.append(
            Measure(title=f"Gain of {metric.name} by training longer", value=gain.value, low=gain.low, high=gain.high, limit=0.0)
        )
    return Finding(
        subject=Subject(kind="model", names=(model.name,)),
        message=f"{model.name} stopped at its limit of {limit.limit:,} iterations before it converged{told}.",
        severity=_severity(gain, matters=matters),
        confidence=Confidence.NEAR_CERTAIN,
        evidence=tuple(evidence),
        remedy=Remedy(
            fix=f"Scale the columns, then raise max_iter above {limit.limit:,}.",
            patch=f"model = make_pipeline(StandardScaler(), {model.name}(max_iter={10 * limit.limit}))",
            verify="Fit again: n_iter_ stays below max_iter.",
            prevent="warnings.simplefilter('error', sklearn.exceptions.ConvergenceWarning)",
            experiment="train-longer",
        ),
    )
