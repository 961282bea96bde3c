"""M201: a penalty that keeps the model from using what the table holds."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.experiment import Estimate
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.probes import LooserProbes, Probe, best_gain, spoken
from rung.facts.score import Metric, estimate
from rung.facts.skill import skill_gain
from rung.inputs.model import Model


@check(
    "M201",
    severity="warning",
    explains=(
        "underfitting",
        "not-better-than-baseline",
        "constant-predictions",
        "uncorrected-imbalance",
        "linear-beats-nonlinear",
        "miscalibration",
    ),
)
def over_regularised(
    probes: LooserProbes, metric: Metric, model: Model, *, min_gain: float = 0.01, min_skill: float = 0.1
) -> Iterator[Finding]:
    """The penalty is so strong that relaxing it raises the score on rows that the model has not seen.

    Why it matters:
        The model has the data and the capacity, and is not allowed to use them. Its predictions crowd around the average.
    Likely cause:
        A penalty tuned on other data or other scales (C, alpha, lambda), a grid that ended before the best value, or leaves required to be too large.
    How it decides:
        The user's own estimator is fitted again on the same folds with its penalties relaxed, half-way and fully. A finding needs a paired gain whose
        interval, widened for the settings tried, excludes zero, and at least `min_gain` of AUC or R2. Where the ranking stays and only the probabilities
        are shrunken, the log loss decides by `min_skill`. Tried only where a reference model is better.
    When it is wrong:
        The penalty is strong on purpose, for stability or for interpretation, and the loss in score is accepted.
    Fix:
        Relax the penalty, and let a cross-validated path choose it.
    Verify:
        Fit with the looser setting on the same folds: the paired gain is printed with its interval.
    Prevent:
        Search the penalty on a logarithmic grid, and widen the grid where the best value lies at its edge.
    Sources:
        Hoerl & Kennard (1970) on the path of solutions; Bengio & Grandvalet (2004) on noise between folds. The floor is chosen by hand, see fault bench.

    min_gain : smallest gain of the score, in AUC or R2, that is a finding
    min_skill : smallest share of the class shares' log loss that relaxing must remove where the ranking stays
    """
    found = best_gain(metric, probes.own, probes.tried)
    if found is not None and found[1].low > 0 and found[1].value >= min_gain:
        yield _finding(found[0], found[1], probes, metric, model)
        return
    graded = model.probabilities is not None and not model.notes  # hard labels and decision values have no log loss
    surer = best_gain(metric, probes.own, probes.tried, skill_gain) if graded else None
    if surer is not None and surer[1].low > 0 and surer[1].value >= min_skill:
        yield _shrunken(surer[0], surer[1], model)


def _finding(probe: Probe, gain: Estimate, probes: LooserProbes, metric: Metric, model: Model) -> Finding:
    before, after = estimate(probes.own, metric), estimate(probe.scores, metric)
    now = spoken({name: model.parameters.get(name) for name in probe.changed})
    better = spoken(probe.changed)
    return Finding(
        subject=Subject(kind="model", names=(model.name,), detail=now),
        message=f"{model.name} is over-regularised ({now}): with {better} its {metric.name} rises from {before.value:.3f} to {after.value:.3f}.",
        severity=Severity.ERROR if before.low <= metric.chance or gain.value > 0.5 * (after.value - metric.chance) else Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Bars(
                title=f"{metric.name} out of fold",
                labels=("as it is", better),
                values=(before.value, after.value),
                lows=(before.low, after.low),
                highs=(before.high, after.high),
                marked=(better,),
                reading=f"The same folds and rows; the paired gain is {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}).",
            ),
        ),
        remedy=Remedy(
            cause=f"The penalty ({now}) keeps {model.name} from using the signal in its columns.",
            fix=f"Relax it to about {better}, and choose it by cross-validation.",
            patch=f"model.set_params(**{_prefixed(probe.changed)!r})  # the names carry the step's prefix in a pipeline",
            verify="Score both settings on the same folds and compare them in pairs.",
            prevent="assert search.best_index_ not in (0, len(search.cv_results_['params']) - 1), 'the best penalty lies at the edge of the grid'",
            experiment="relax-regularisation",
        ),
    )


def _shrunken(probe: Probe, gain: Estimate, model: Model) -> Finding:
    """The ranking survives a uniform shrinkage; the probabilities, and every threshold on them, do not."""
    now, better = spoken({name: model.parameters.get(name) for name in probe.changed}), spoken(probe.changed)
    return Finding(
        subject=Subject(kind="model", names=(model.name,), detail=now),
        message=f"{model.name} is over-regularised ({now}): its probabilities crowd together; {better} removes {gain.value:.0%} of the log loss.",
        severity=Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(
                title="Log-loss skill gained by relaxing",
                value=gain.value,
                low=gain.low,
                high=gain.high,
                limit=0.0,
                reading="Share of the class shares' log loss that the looser setting removes, on unseen rows.",
            ),
        ),
        remedy=Remedy(
            cause=f"The penalty ({now}) pulls every probability towards the class share.",
            fix=f"Relax it to about {better}, and choose it by cross-validation on the log loss.",
            patch=f"model.set_params(**{_prefixed(probe.changed)!r})  # the names carry the step's prefix in a pipeline",
            experiment="relax-regularisation",
        ),
    )


def _prefixed(changed: dict[str, object]) -> dict[str, object]:
    return {name: float(f"{value:.3g}") if isinstance(value, float) else value for name, value in changed.items()}
