"""Ways to a better score, each tried by changing one thing on the same folds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.evidence import Bars, Line, Lines
from rung.core.experiment import Estimate
from rung.core.marks import lever
from rung.core.worth import Lever, LeverState
from rung.facts.contestant import Contestant
from rung.facts.decision_gain import DecisionGain
from rung.facts.learning_curve import LearningCurve
from rung.facts.model_choice import ModelChoice
from rung.facts.relabelled import Cleaned
from rung.facts.richer_features import RicherFeatures
from rung.facts.score import FoldScores, Metric, compare, estimate
from rung.inputs.lab import Lab
from rung.stats.learning_curve import Forecast, curve_points, forecast

FLOOR = 0.005  # as in the experiments: a smaller gain matters to nobody
LEVEL = 0.95
FORECAST_LEVEL = 0.8


@lever("more-rows")
def more_rows(lab: Lab) -> Lever:
    """Twice the rows, by the learning curve."""
    curve, who, metric = lab.ask(LearningCurve), lab.ask(Contestant), lab.ask(Metric)
    points = curve_points(curve.sizes, curve.scores)
    seen = forecast(points, 2.0, chance=metric.chance, best=metric.best, level=FORECAST_LEVEL)
    unit = curve.unit if curve.unit == "rows" else f"entities in '{curve.unit}'"
    found = Lever(
        name="more-rows",
        changed=f"Twice the {unit}, forecast from {len(points.sizes)} sizes up to {points.sizes[-1]:,.0f} rows ({curve.n_fits} fits of {who.name})",
        metric=metric.name,
        now=estimate(who.scores, metric),
        gain=None,
        level=FORECAST_LEVEL,
        state="abstained",
        why=seen.why,
        evidence=(_curve(curve, metric, seen),),
    )
    if seen.gain is None:
        return found
    gain = Estimate(value=seen.gain.value, low=seen.gain.low, high=seen.gain.high, n=curve.n_fits)
    return _ranked(replace(found, gain=gain, state=_state(gain)), metric)


def _curve(curve: LearningCurve, metric: Metric, seen: Forecast) -> Lines:
    points = curve_points(curve.sizes, curve.scores)
    half = 1.96 * np.sqrt(points.variances)
    lines = [_line("measured", points.sizes, points.means, points.means - half, points.means + half)]
    if seen.gain is not None:
        x, last = np.array([points.sizes[-1], 2 * points.sizes[-1]]), float(points.means[-1])
        y, low, high = ([last, last + each] for each in (seen.gain.value, seen.gain.low, seen.gain.high))
        lines.append(_line("forecast, 80 % interval", x, np.array(y), np.array(low), np.array(high)))
    return Lines(
        title=f"{metric.name} by training rows",
        x_label="training rows",
        y_label=metric.name,
        lines=tuple(lines),
        reading="Still rising at the right end: more rows help. Flat: they do not.",
    )


def _line(name: str, x: np.ndarray, y: np.ndarray, low: np.ndarray, high: np.ndarray) -> Line:
    columns = [tuple(float(each) for each in values) for values in (x, y, low, high)]
    return Line(name=name, x=columns[0], y=columns[1], low=columns[2], high=columns[3])


@lever("model-class")
def model_class(lab: Lab) -> Lever:
    """Another kind of model, chosen without the rows that it is measured on."""
    choice, metric = lab.ask(ModelChoice), lab.ask(Metric)
    names = " or ".join(dict.fromkeys(choice.chosen))
    bars = Bars(
        title=f"{metric.name} on the same folds",
        labels=(choice.before.name, *choice.tried),
        values=(choice.before.mean, *choice.tried.values()),
        marked=(choice.before.name,),
        reading="The marked one is the model asked about.",
    )
    found = _measured(lab, "model-class", f"{names} in its place, chosen on the other folds", choice.before, choice.after)
    return replace(found, evidence=(bars,))


@lever("more-features")
def more_features(lab: Lab) -> Lever:
    """Columns left out, and crosses of the strongest numbers."""
    richer = lab.ask(RicherFeatures)
    added = [f"{len(richer.added)} crosses of the strongest columns"] if richer.added else []
    unused = [f"{len(richer.unused)} columns that your model leaves out ({', '.join(richer.unused[:3])})"] if richer.unused else []
    return _measured(lab, "more-features", f"{' and '.join([*unused, *added])}, for rung's non-linear model", richer.before, richer.after)


@lever("cleaner-labels")
def cleaner_labels(lab: Lab) -> Lever:
    """Contradicted labels left out of training; every label is scored as given, so that the whole gain is larger."""
    cleaned = lab.ask(Cleaned)
    changed = "Trained without the labels that confident predictions contradict (rung's non-linear model; scored on labels as given)"
    found = _measured(lab, "cleaner-labels", changed, cleaned.before, cleaned.after)
    placebo = compare(lab.ask(Metric), cleaned.before, cleaned.placebo)
    if found.gain is not None and found.state == "worth it" and found.gain.value <= max(placebo.value, 0.0) + FLOOR / 2:
        return replace(found, state="possible", why=f"{found.why}; leaving out as many random rows gains {placebo.value:+.3f}")
    return found


@lever("threshold")
def threshold(lab: Lab) -> Lever:
    """The decision's threshold moved, chosen on one half of the rows and measured on the other."""
    moved = lab.ask(DecisionGain)
    half = (moved.gain.high - moved.gain.low) / 2
    return Lever(
        name="threshold",
        changed=f"The decision cut at {moved.threshold:.3g} instead of 0.5",
        metric="balanced accuracy",
        now=Estimate(value=moved.before, low=moved.before - half, high=moved.before + half, n=moved.gain.n),
        gain=moved.gain,
        level=LEVEL,
        state=_state(moved.gain),
        why="In balanced accuracy; chosen on one half of the rows, measured on the other. With costs declared the best cut is another",
        share=moved.gain.value / max(1e-9, 1 - moved.before),
    )


def _measured(lab: Lab, name: str, changed: str, before: FoldScores, after: FoldScores) -> Lever:
    metric = lab.ask(Metric)
    gain = compare(metric, before, after)
    if not np.isfinite(gain.value):
        raise Unavailable("no score on these folds")
    found = Lever(
        name=name,
        changed=changed,
        metric=metric.name,
        now=estimate(before, metric),
        gain=gain,
        level=LEVEL,
        state=_state(gain),
        why="Paired on the same rows and folds",
    )
    return _ranked(found, metric)


def _ranked(found: Lever, metric: Metric) -> Lever:
    missing = metric.best - found.now.value if found.now is not None else 0.0
    gain = found.gain.value if found.gain is not None else 0.0
    return replace(found, share=gain / missing if missing > 1e-9 else 0.0)


def _state(gain: Estimate) -> LeverState:
    if gain.low > 0 and gain.value > FLOOR:
        return "worth it"
    return "possible" if gain.high > FLOOR and gain.value > 0 else "nothing seen"
