"""O104: the model is less right in production than it was on the reference."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rung.core.evidence import Bars, Evidence, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.damage import Damage
from rung.facts.performance import Performance
from rung.stats.distributions import two_sided_t, two_sided_z

LEVEL = 0.996  # two-sided: one false alarm of a fall in 500, for each of the two questions asked
BAD = 0.05  # a fall surely beyond the floor by this much is an error


@check("O104", severity="warning", explains=("default-threshold", "miscalibration"))
def performance_decay(
    performance: Performance, damage: Damage | None, *, min_drop: float = 0.02, min_off: float = 0.03, min_relative: float = 0.2
) -> Iterator[Finding]:
    """On production rows whose labels have come, the model scores worse than on the reference, or its predictions are off on average.

    Why it matters:
        This is the damage itself; everything else only foretells it.
    Likely cause:
        Inputs that moved or broke; a relation between inputs and outcome that changed; labels that are collected otherwise.
    How it decides:
        Only rows old enough for their label are scored, where a time column tells. The fall of ROC AUC, macro ROC AUC or R2 (squared error in units of the reference's
        variance) with the errors of both sides and the score's own wobble between windows of the reference: the 99.6 % interval must lie below 0, and the fall reach
        `min_drop`. Also the mean outcome against the mean prediction, beyond what it was on the reference. At least 30 labels, 10 of the rarer class. What the inputs alone
        would bring is subtracted: the rest is a changed relation.
    When it is wrong:
        The reference score came from rows that the model had seen; it is then a note.
    Fix:
        Where the inputs account for it, mend or refit on recent rows; where the relation changed, only recent labels help.
    Verify:
        A model fitted on recent rows beats the present one on rows of still later: measure that before it is shipped.
    Prevent:
        Score ripe labels with an interval in every period, not against a fixed fall: with ten positives a fall of 0.05 is chance in every fourth period.
    Sources:
        DeLong et al. (1988); Regol et al. (2025) on when retraining pays; Lipton et al. (2018) on what kind of shift it is.

    min_drop : fall of the score from which it is named.
    min_off : gap of mean outcome and mean prediction from which it is named, in points of share (or of the reference's spread of a number).
    min_relative : the same over the mean outcome, for rare classes; both must be reached.
    """
    z = _factor(performance)
    interval = performance.interval(z)
    worse = performance.change <= -min_drop and interval.high < 0
    off = _off(performance, z, min_off, min_relative)
    if not worse and not off:
        return
    told = performance.trusted and (worse or not performance.clones)  # how far clones are off on average says little about the model
    grave = worse and interval.high < -BAD + min_drop
    severity = Severity.NOTE if not told else Severity.ERROR if grave else Severity.WARNING
    yield Finding(
        subject=Subject(kind="model", names=(performance.metric,), detail="worse" if worse else "off on average"),
        message=_message(performance, damage, z, worse=worse, off=off),
        severity=severity,
        confidence=Confidence.LIKELY if performance.trusted else Confidence.POSSIBLE,
        evidence=_evidence(performance, damage, z),
        remedy=Remedy(
            fix="Mend the inputs that moved; where the relation itself changed, fit on recent labelled rows and prove it on still later ones."
        ),
    )


def _factor(performance: Performance) -> float:
    """Standard errors of the interval; what is known from few windows counts as Student's t."""
    if performance.windows > 1:
        return two_sided_t(LEVEL, performance.windows - 1)
    return two_sided_z(LEVEL)


def _off(performance: Performance, z: float, min_off: float, min_relative: float) -> bool:
    size = abs(performance.off)
    if not math.isfinite(performance.off_error) or size <= z * performance.off_error or performance.metric == "macro ROC AUC":
        return False
    if performance.metric == "R2":
        return size >= min_off * 5 * performance.spread
    return size >= min_off and size >= min_relative * min(performance.observed, 1 - performance.observed)


def _message(performance: Performance, damage: Damage | None, z: float, *, worse: bool, off: bool) -> str:
    change = performance.interval(z)
    young = f" ({performance.left_out:,} too young ones left out)" if performance.ripe and performance.left_out else ""
    on = f"on {performance.n:,} labelled rows{young}"
    fall = f"{performance.before:.3f} on the reference ({change.value:+.3f}, {change.low:+.3f} to {change.high:+.3f})"
    half = z * performance.off_error
    gap = (
        f"the mean prediction is {performance.predicted:.3g} and the mean outcome {performance.observed:.3g} {on}, {performance.off:+.3g} more apart "
        f"than on the reference (give or take {half:.2g})"
    )
    if not worse:
        return f"{gap[0].upper()}{gap[1:]}; {performance.metric} is {performance.value:.3f}, {fall}, within its limits."
    return f"{performance.metric} is {performance.value:.3f} {on}, {fall}{f'; {gap}' if off else ''}.{_blame(performance, damage)}"


def _blame(performance: Performance, damage: Damage | None) -> str:
    if damage is None or damage.metric != performance.metric:
        return ""
    rest = performance.change - damage.change.value
    error = math.hypot(performance.change_error, (damage.change.high - damage.change.low) / (2 * two_sided_z(0.95)))
    share = f" The inputs alone would bring {damage.change.value:+.3f} ({damage.change.low:+.3f} to {damage.change.high:+.3f})"
    if rest < -2 * error:
        return f"{share}: the rest is a changed relation between inputs and outcome."
    return f"{share}, which accounts for it."


def _evidence(performance: Performance, damage: Damage | None, z: float) -> tuple[Evidence, ...]:
    change = performance.interval(z)
    now, before = performance.error * z, performance.before_error * z
    bars = Bars(
        title=performance.metric, labels=("reference", "production"), values=(performance.before, performance.value),
        lows=(performance.before - before, performance.value - now), highs=(performance.before + before, performance.value + now), marked=("production",),
        reading=f"Reference: {performance.origin}. Production: {performance.n:,} labelled rows, {performance.positives:,} of the rarer side.",
    )  # fmt: skip
    fall = Measure(
        title=f"Change of {performance.metric}", value=change.value, low=change.low, high=change.high, limit=0.0, reading="99.6 % interval."
    )
    foretold = () if damage is None else (
        Measure(title=f"Of it by the inputs ({damage.metric})", value=damage.change.value, low=damage.change.low, high=damage.change.high, limit=0.0, reading=f"By {damage.method}."),
    )  # fmt: skip
    return (bars, fall, *foretold)
