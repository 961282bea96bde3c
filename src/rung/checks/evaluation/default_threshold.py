"""E201: the threshold stands where nobody put it."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Line, Lines, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.decision import Decision
from rung.facts.scored import Scored


@check("E201", severity="warning", explains=())
def default_threshold(scored: Scored, decision: Decision, *, min_gain: float = 0.05, min_accuracy: float = 0.02) -> Iterator[Finding]:
    """Another threshold would serve the declared costs (or floor) better than the one in use.

    Why it matters:
        The same scores, cut elsewhere, cost less: no other change of a model is as cheap.
    Likely cause:
        `predict` cuts at one half. That is right only if a miss and a false alarm cost the same and the probabilities are true.
    How it decides:
        Two classes. The threshold is chosen inside cross-validation on the judged rows (as the costs say: cost of a false alarm over the sum of both; on
        mended probabilities where the rows speak against those given; where the cost was least only if that costs less beyond two standard errors), and each row is decided by a threshold that it did not choose. A warning
        where costs are declared and the saving a row has its paired interval above zero and is at least `min_gain` of the present cost; where a floor of recall
        or precision is declared and the present calls miss it with their interval while the others do not. Without a declaration: only where another
        threshold raises accuracy by `min_accuracy` and balanced accuracy too, both with their intervals, since then it is better whatever errors cost.
    When it is wrong:
        The costs are declared for another unit than rows, or the judged rows have another share of positives than the rows of use: declare the prevalence.
    Fix:
        Call from the threshold named; leave the model as it is.
    Verify:
        Cost a row on rows that chose nothing.
    Prevent:
        Choose it inside cross-validation (TunedThresholdClassifierCV) with the costs declared, and choose it anew after every refit.
    Sources:
        Elkan (2001), The foundations of cost-sensitive learning; Akaike (1974) for when probabilities are mended. Floors chosen by hand.

    min_gain : saved share of the present cost
    min_accuracy : gain of accuracy that matters where no cost is declared
    """
    gain = decision.gain
    if decision.by == "costs":
        found = gain.low > 0 and gain.value >= min_gain * decision.cost_now
    elif decision.by == "recall floor":
        floor = decision.aim.min_recall or 0.0
        found = decision.now.recall.high < floor and decision.then.recall.high >= floor
    elif decision.by == "precision floor":
        floor = decision.aim.min_precision or 0.0
        found = decision.now.precision.high < floor and decision.then.precision.high >= floor
    else:
        found = gain.low > 0 and gain.value >= min_accuracy and decision.balanced.low > 0
    if found:
        yield _finding(scored, decision)


def _message(scored: Scored, decision: Decision) -> str:
    label, tuned = scored.target.classes[scored.target.positive], decision.tuned
    if decision.by == "costs":
        saved = decision.gain.value / decision.cost_now
        return (
            f"Calling '{label}' from {tuned.threshold:.3g} costs {decision.cost_then:.3g} a row instead of {decision.cost_now:.3g} at the model's own calls: "
            f"{saved:.0%} saved (a miss counts {decision.miss:.3g} times a false alarm{_of_use(decision)})."
        )
    if decision.by == "equal costs":
        return f"Calling '{label}' from {tuned.threshold:.3g} instead of one half makes {decision.gain.value:.1%} of all rows right that are wrong now, and more of both classes."
    floor = decision.aim.min_recall if decision.by == "recall floor" else decision.aim.min_precision
    now, then = (
        (decision.now.recall, decision.then.recall) if decision.by == "recall floor" else (decision.now.precision, decision.then.precision)
    )
    name = decision.by.removesuffix(" floor")
    return f"{name.capitalize()} of '{label}' is {now.value:.2f}, the declared floor is {floor:.2f}; called from {tuned.threshold:.3g} it is {then.value:.2f}."


def _of_use(decision: Decision) -> str:
    return f"; {decision.prevalence:.3g} of the rows of use are positive" if decision.prevalence is not None else ""


def _finding(scored: Scored, decision: Decision) -> Finding:
    tuned, now, then = decision.tuned, decision.now, decision.then
    label = scored.target.classes[scored.target.positive]
    return Finding(
        subject=Subject(kind="model", names=(scored.model.name,), detail=f"threshold of '{label}'"),
        message=_message(scored, decision),
        severity=Severity.ERROR if decision.by == "costs" and decision.gain.value > 0.3 * decision.cost_now else Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN if decision.by != "equal costs" else Confidence.LIKELY,
        evidence=(
            Lines(
                title="Cost a row by threshold",
                x_label="threshold",
                y_label="cost a row",
                lines=(Line(name="cost", x=tuple(x for x, _ in decision.curve), y=tuple(y for _, y in decision.curve)),),
                events=((tuned.threshold, "chosen"),),
                reading=f"Chosen {tuned.way}: {tuned.threshold:.3g} ({tuned.low:.3g} to {tuned.high:.3g}).",
            ),
            Bars(
                title="On rows that did not choose the threshold",
                labels=("recall, now", "recall, moved", "precision, now", "precision, moved", "false alarms, now", "false alarms, moved"),
                values=tuple(each.value for pair in zip(_shares(now), _shares(then), strict=True) for each in pair),
                lows=tuple(each.low for pair in zip(_shares(now), _shares(then), strict=True) for each in pair),
                highs=tuple(each.high for pair in zip(_shares(now), _shares(then), strict=True) for each in pair),
            ),
            Measure(title="Saved a row", value=decision.gain.value, low=decision.gain.low, high=decision.gain.high, limit=0.0),
        ),
        remedy=Remedy(
            fix=f"Call '{label}' where the score is at least {tuned.threshold:.3g} ({tuned.low:.3g} to {tuned.high:.3g}).",
            patch=f"called = model.predict_proba(X)[:, {scored.target.positive}] >= {tuned.threshold:.3g}  # or FixedThresholdClassifier(model, threshold={tuned.threshold:.3g})",
            experiment="choose-threshold",
        ),
    )


def _shares(sides: object) -> tuple:
    return (sides.recall, sides.precision, sides.false_alarms)  # type: ignore[attr-defined]
