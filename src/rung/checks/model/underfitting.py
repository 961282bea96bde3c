"""M202: a model too poor for what the table holds."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.probes import LongerProbes, LooserProbes, RicherProbes, best_gain, spoken
from rung.facts.rivals import Headroom, Rivals
from rung.facts.score import Metric, estimate
from rung.inputs.model import Model

EXPLAINED = 0.5  # share of the gap that a relaxed penalty closes, above which the penalty is the cause and not the capacity; chosen by hand


@check(
    "M202",
    severity="warning",
    explains=("not-better-than-baseline", "constant-predictions", "weak-slice", "linear-beats-nonlinear", "uncorrected-imbalance"),
)
def underfitting(
    headroom: Headroom,
    rivals: Rivals,
    metric: Metric,
    model: Model,
    looser: LooserProbes | None,
    richer: RicherProbes | None,
    longer: LongerProbes | None,
    *,
    min_gap: float = 0.03,
    min_lift_share: float = 0.15,
) -> Iterator[Finding]:
    """A plain richer model on the same columns and folds is clearly better: capacity is missing, not data.

    Why it matters:
        Score is left on the table, and cleaning data will not bring it back.
    Likely cause:
        Trees too shallow, boosting stopped after a few small steps, a straight line through bent or interacting signal, too few units.
    How it decides:
        Boosted trees or a linear model with plain settings, on the same columns and folds, beat the user's model with a paired interval above zero;
        the user's model is no better on its own training rows than they are on unseen ones; and neither relaxed penalties nor more iterations close half the gap.
        Where the learner has depth, leaves or rounds below the usual, it is fitted again with the usual. A gap below `min_gap` or below
        `min_lift_share` of the better model's lift over chance is a note.
    When it is wrong:
        The simple model was chosen for interpretation or speed and its price is accepted.
    Fix:
        Give the learner more capacity, or take the richer kind of model, or add the interactions that it cannot see.
    Verify:
        Compare both on the same folds in pairs.
    Prevent:
        Keep the ladder of models (prior, one feature, linear, non-linear) as a test that the chosen model stays within its noise.
    Sources:
        Demsar (2006) and Nadeau & Bengio (2003) on comparing learners on folds. Floors chosen by hand, see fault bench.

    min_gap : smallest gap of AUC or R2 for a warning
    min_lift_share : smallest gap for a warning as a share of the better model's lift over chance; with under a quarter of that lift reached, it is an error
    """
    gap = headroom.gap
    if not headroom.seen or headroom.memorises or gap.value < min_gap / 3:
        return
    for probes in (looser, longer):
        other = best_gain(metric, probes.own, probes.tried) if probes is not None else None
        if other is not None and other[1].low > 0 and other[1].value >= EXPLAINED * gap.value:
            return
    lift = headroom.best_score - metric.chance
    large = Severity.ERROR if headroom.own_score - metric.chance < 0.25 * lift else Severity.WARNING
    yield _finding(headroom, rivals, metric, model, richer, large if gap.value >= max(min_gap, min_lift_share * lift) else Severity.NOTE)


def _finding(headroom: Headroom, rivals: Rivals, metric: Metric, model: Model, richer: RicherProbes | None, severity: Severity) -> Finding:
    gap, own, best = headroom.gap, headroom.own_score, estimate(rivals.best, metric)
    gained = best_gain(metric, richer.own, richer.tried) if richer is not None else None
    how = spoken(gained[0].changed) if gained is not None and gained[1].low > 0 else ""
    labels = [f"{model.name}, training rows", f"{model.name}, unseen rows", f"{headroom.best}, unseen rows"]
    values = [headroom.train_score, own, best.value]
    if gained is not None and how:
        labels.append(f"{model.name} with {how}")
        values.append(gained[0].scores.mean)
    return Finding(
        subject=Subject(kind="model", names=(model.name,)),
        message=f"{model.name} underfits: {metric.name} {own:.3f} on unseen rows, where a plain {headroom.best} model on the same columns reaches {best.value:.3f}.",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN if how else Confidence.LIKELY,
        evidence=(
            Bars(
                title=metric.name,
                labels=tuple(labels),
                values=tuple(values),
                marked=(labels[1],),
                reading=f"The paired gap is {gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}); on its own training rows it is no better.",
            ),
        ),
        remedy=Remedy(
            cause=f"{model.name} cannot follow the signal: even on its training rows it reaches only {headroom.train_score:.3f}.",
            fix=f"Raise its capacity to {how}." if how else f"Take a richer model; a plain {headroom.best} one is better on these columns.",
            patch=_patch(metric, gained[0].changed if gained is not None and how else None),
            verify="Compare both on the same folds in pairs.",
            prevent=f"assert score(model) >= score(reference) - 0.02, 'worse than a plain {headroom.best} model'",
            experiment="change-model-type",
        ),
    )


def _patch(metric: Metric, changed: dict[str, object] | None) -> str:
    if changed is not None:
        return f"model.set_params(**{changed!r})  # the names carry the step's prefix in a pipeline"
    kind = "Regressor" if metric.task == "regression" else "Classifier"
    return f"from sklearn.ensemble import HistGradientBoosting{kind}\nmodel = HistGradientBoosting{kind}()"
