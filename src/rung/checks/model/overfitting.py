"""M203: a model that would do better on new rows if it were held back."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars
from rung.core.experiment import Estimate
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.probes import Probe, TighterProbes, best_gain, spoken
from rung.facts.rivals import Headroom
from rung.facts.score import Metric, estimate
from rung.inputs.model import Model


@check("M203", severity="warning", explains=("linear-beats-nonlinear", "not-better-than-baseline", "miscalibration", "confident-errors"))
def overfitting(
    probes: TighterProbes, headroom: Headroom, metric: Metric, model: Model, *, min_gain: float = 0.02, min_lift_share: float = 0.05
) -> Iterator[Finding]:
    """The model fits its training rows so closely that holding it back raises the score on new rows.

    Why it matters:
        What it learned beyond the signal is noise of these rows: it costs score on every other row, and its probabilities are too sure.
    Likely cause:
        Trees grown to pure leaves, one nearest neighbour, no penalty on many columns, or boosting and nets trained far past their best point.
    How it decides:
        Asked where a plain reference is better on the folds and the test rows do not deny it. The user's own estimator is fitted again on the same folds with stronger regularisation. A finding needs a paired gain on unseen rows whose interval,
        widened for the settings tried, excludes zero. The gap between training and unseen score is shown and decides nothing: a forest that fits its
        training rows perfectly and is best on new rows is healthy. Where no setting of the learner helps, a plain reference on the same columns must be
        better by three times the floor while the model is better on its training rows than that reference on new ones. Below `min_gain` or `min_lift_share` of the lift over chance it is a note.
    When it is wrong:
        Ranking improves while the decision that is really taken does not; then the gain is true and of no use.
    Fix:
        Strengthen regularisation as the experiment did, or stop earlier, or collect more rows.
    Verify:
        Fit with the stronger setting on the same folds: the paired gain is printed with its interval.
    Prevent:
        Choose depth, leaf size or penalty by cross-validation, with early stopping on rows that are not scored.
    Sources:
        Belkin et al. (2019) on interpolating models that generalise: why the gap is no evidence. Floors chosen by hand, see fault bench.

    min_gain : smallest gain of AUC or R2 for a warning
    min_lift_share : smallest gain for a warning as a share of the better model's lift over chance
    """
    found = best_gain(metric, probes.own, probes.tried)
    if found is None or found[1].low <= 0 or found[1].value < min_gain / 2:
        if (
            headroom.seen
            and headroom.memorises
            and headroom.gap.value >= max(1.5 * min_gain, 3 * min_lift_share * (headroom.best_score - metric.chance))
        ):
            yield _by_kind(headroom, metric, model)
        return
    floor = max(min_gain, min_lift_share * (found[0].scores.mean - metric.chance))
    yield _finding(found[0], found[1], probes, headroom, metric, model, Severity.WARNING if found[1].value >= floor else Severity.NOTE)


def _by_kind(headroom: Headroom, metric: Metric, model: Model) -> Finding:
    """No setting of this learner mends it; another kind of learner does."""
    gap = headroom.gap
    labels = ("training rows", "unseen rows", f"unseen rows, {headroom.best}")
    return Finding(
        subject=Subject(kind="model", names=(model.name,)),
        message=f"{model.name} overfits: {metric.name} {headroom.train_score:.3f} on its training rows, {headroom.own_score:.3f} on unseen ones, "
        f"where a plain {headroom.best} model reaches {headroom.best_score:.3f}.",
        severity=Severity.WARNING,
        evidence=(
            Bars(
                title=metric.name,
                labels=labels,
                values=(headroom.train_score, headroom.own_score, headroom.best_score),
                marked=labels[1:2],
                reading=f"The last two bars decide: the paired gap is {gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}).",
            ),
        ),
        remedy=Remedy(
            cause=f"{model.name} keeps its training rows by heart, and none of its settings that were tried mends that.",
            fix=f"Take a learner that averages, such as a plain {headroom.best} one.",
            experiment="change-model-type",
        ),
    )


def _finding(
    probe: Probe, gain: Estimate, probes: TighterProbes, headroom: Headroom, metric: Metric, model: Model, severity: Severity
) -> Finding:
    before, after = estimate(probes.own, metric), estimate(probe.scores, metric)
    better = spoken(probe.changed)
    return Finding(
        subject=Subject(kind="model", names=(model.name,)),
        message=f"{model.name} overfits: held back by {better}, its {metric.name} on unseen rows rises from {before.value:.3f} to {after.value:.3f}.",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Bars(
                title=f"{metric.name}",
                labels=("training rows", "unseen rows, as it is", f"unseen rows, {better}"),
                values=(headroom.train_score, before.value, after.value),
                lows=(headroom.train_score, before.low, after.low),
                highs=(headroom.train_score, before.high, after.high),
                marked=(f"unseen rows, {better}",),
                reading=f"The last two bars decide: the paired gain is {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}).",
            ),
        ),
        remedy=Remedy(
            cause=f"{model.name} learned noise of its training rows, where it reaches {headroom.train_score:.3f}.",
            fix=f"Hold it back, for a start by {better}; choose the value by cross-validation.",
            patch=f"model.set_params(**{dict(probe.changed)!r})  # the names carry the step's prefix in a pipeline",
            verify="Score both settings on the same folds and compare them in pairs.",
            prevent="assert cross_val_score(model, X, y).mean() >= cross_val_score(simpler, X, y).mean() - 0.01",
            experiment="strengthen-regularisation",
        ),
    )
