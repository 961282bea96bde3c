"""Readings of the number itself: rows, metric, noise, probabilities, threshold. A helper of the evaluation's picture, no fact itself."""

from __future__ import annotations

import numpy as np

from rung.core.evidence import Bars, Evidence, Line, Lines, Ranking
from rung.facts.decision import Decision
from rung.facts.metric_names import HIDES
from rung.facts.metric_views import MetricViews
from rung.facts.overlap import Overlap
from rung.facts.reliability import Reliability
from rung.facts.score_noise import ScoreNoise
from rung.facts.scored import Scored
from rung.stats.intervals import minimum_detectable_difference, wilson

Reading = tuple[str, tuple[Evidence, ...]]
NOTHING: Reading = ("", ())


def unseen(scored: Scored, overlap: Overlap | None) -> Reading:
    """How many of the scored rows stand in training."""
    if scored.where == "table":
        return (
            f"The {scored.n:,} rows are those of the one table given, with its column of predictions; whether a model was fitted on them cannot be seen.",
            (),
        )
    if overlap is None:
        return NOTHING
    equal = overlap.equal
    return (
        f"{len(equal.test_rows):,} of {equal.n_asked:,} test rows stand in the training table; {min(1.0, equal.expected):.1%} would be natural.",
        (),
    )


def metric(scored: Scored, views: MetricViews | None, noise: ScoreNoise | None) -> Reading:
    """The metric beside a constant, and what it hides."""
    if views is None or not views.views:
        return NOTHING
    default = "ROC AUC" if scored.target.task == "binary" else "macro ROC AUC" if scored.target.is_classification else "R2"
    chosen = views.of(views.declared) or views.of(default) or views.views[0]
    hides = HIDES.get(chosen.name, "")
    # How sure the score is has a question of its own; one number has one interval.
    width = "" if noise is not None and noise.metric == chosen.name else f" ({chosen.value.low:.3f} to {chosen.value.high:.3f})"
    said = f"{chosen.name} {chosen.value.value:.3f}{width}; a constant gets {chosen.trivial:.3f}."
    table = Ranking(
        title="The same predictions under other metrics",
        columns=("metric", "value", "from", "to", "a constant gets", "what it hides"),
        rows=tuple(
            (each.name, each.value.value, each.value.low, each.value.high, each.trivial, HIDES.get(each.name, "")) for each in views.views
        ),
        reading="95 % intervals. A value whose interval holds the constant's is no achievement.",
    )
    return said + (f" It {hides}." if hides else ""), (table,)


def noise(scored: Scored, found: ScoreNoise | None) -> Reading:
    """The interval, and the smallest difference that can be seen."""
    if scored.target.is_classification and not scored.has_scores:
        return _of_labels(scored), ()
    if found is None or found.test is None:
        return NOTHING
    low, high = max(found.test.low, found.worst), min(found.test.high, found.best)
    said = f"{found.metric} lies between {low:.3f} and {high:.3f} on {found.test.n:,} rows; a difference below {found.seen:.3f} could not be seen."
    if not found.folds:
        return said, ()
    folds = Bars(
        title=f"{found.metric} of {found.whose}, fold by fold",
        labels=tuple(f"fold {place + 1}" for place in range(len(found.folds))),
        values=found.folds,
        reading=f"Beyond what the rows explain the folds spread by {found.excess:.3f} (p = {found.p:.2g}).",
    )
    return said, (folds,)


def _of_labels(scored: Scored) -> str:
    right = wilson(int((~scored.wrong).sum()), scored.n)
    # Two models of this accuracy on the same rows, at worst independent: the normal approximation of the difference of two shares.
    seen = minimum_detectable_difference(float(np.sqrt(right.value * (1 - right.value) / scored.n)), 1)
    return (
        f"accuracy lies between {right.low:.3f} and {right.high:.3f} on {scored.n:,} rows; a difference below {seen:.3f} could not be seen."
    )


def reliability(found: Reliability | None) -> Reading:
    """Side, size and repair."""
    if found is None:
        return NOTHING
    slope, over, bins = found.line.slope, found.over, found.bins
    fitted = f"slope {slope.value:.2f} ({slope.low:.2f} to {slope.high:.2f})" if slope.value == slope.value else "the slope cannot be told"
    useless = found.repair.method == "none" or not found.gain.value > 0
    off = f"They are {' and '.join(found.sides)}" if found.sides else "Nothing speaks against them"
    off += ", but by too little for a repair to pay" if found.sides and useless else ""
    said = f"{off}: {fitted}, {over.value:+.3f} ({over.low:+.3f} to {over.high:+.3f}) on average."
    if not useless:
        said += f" By {found.repair.method} recalibration log loss changes by {-found.gain.value:+.3f} on rows kept apart."
    chart = Lines(
        title="Predicted and observed share",
        x_label="mean predicted",
        y_label="observed share",
        lines=(
            Line(
                name="observed",
                x=tuple(bins.predicted.tolist()),
                y=tuple(bins.observed.tolist()),
                low=tuple(bins.low.tolist()),
                high=tuple(bins.high.tolist()),
            ),
            Line(name="true probabilities", x=(0.0, 1.0), y=(0.0, 1.0)),
        ),
        reading="Below the diagonal: predicted too high. Above: too low. Flatter: too extreme. Steeper: too timid.",
    )
    return said, (chart,)


def decision(scored: Scored, found: Decision | None) -> Reading:
    """The threshold chosen, what it is worth, and the rates at the present calls."""
    if found is None:
        return NOTHING
    label, now = scored.target.classes[scored.target.positive], found.now
    follows = "No costs are declared; for equal costs" if found.by == "equal costs" else f"By the declared {found.by}"
    changed = (
        f"it saves {found.gain.value:.3g} a row ({found.gain.low:.3g} to {found.gain.high:.3g})"
        if found.by in ("costs", "equal costs")
        else f"recall is then {found.then.recall.value:.2f}, precision {found.then.precision.value:.2f}"
    )
    if found.by == "equal costs" and found.gain.value == 0:
        changed = "nothing is to be gained"
    said = (
        f"{follows} '{label}' is called from {found.tuned.threshold:.3g} ({found.tuned.low:.3g} to {found.tuned.high:.3g}): {changed}. "
        f"Now {now.recall.value:.0%} of '{label}' are found with {now.false_alarms.value:.1%} false alarms."
    )
    chart = Lines(
        title="Cost a row by threshold",
        x_label="threshold",
        y_label="cost a row",
        lines=(Line(name="cost", x=tuple(x for x, _ in found.curve), y=tuple(y for _, y in found.curve)),),
        events=((found.tuned.threshold, "chosen"),),
        reading=f"A miss counts {found.aim.cost_fn / found.aim.cost_fp:.3g} times a false alarm. Chosen {found.tuned.way}.",
    )
    return said, (chart,)
