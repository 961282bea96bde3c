"""D401: a column whose values in the other table are not those of training."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.column_charts import shift_chart
from rung.facts.column_shift import Shift, Shifts, TestShifts
from rung.facts.mechanics import Change, TestChanges
from rung.facts.single import ColumnScores
from rung.stats.multiplicity import holm

# Family-wise over all columns of one pair of tables: one false alarm in a thousand pairs.
ALPHA = 0.001
# A mechanical change must bring the column back to where chance puts it, or leave less than this share of the distance.
LEFT = 0.2
# Small drifts look like small factors: below this distance nothing but drift is claimed. Chosen by hand, see fault bench.
LARGE = 0.4
# Splits forward in time and by entity shift honestly; only a column that is almost another one counts there. Chosen on real tables: chicago's reach 0.62, smarket's 0.68.
HONEST = 0.85
NATURAL = {"forward": " The split goes forward in time, so some drift is natural.", "grouped": " The split separates entities."}
MATTERS = 0.02  # above chance, in AUC or R2, on its own


@check(
    "D401",
    severity="warning",
    explains=("multivariate-drift", "prediction-drift", "performance-decay", "outliers", "miscalibration", "inconsistent-units"),
)
def feature_drift(
    test: TestShifts, changes: TestChanges | None, scores: ColumnScores | None,
    *, min_distance: float = 0.1, warn_distance: float = 0.15, min_missing: float = 0.05,
) -> Iterator[Finding]:  # fmt: skip
    """A column's values in the test set are not those of training.

    Why it matters:
        The model is asked about values that it has not learned from, and the test score is that of another population.
    Likely cause:
        Another unit, source, filter or period; a column that is filled in another way; a split that is not at random.
    How it decides:
        Kolmogorov-Smirnov distance for numbers, total variation beyond what chance gives for categories, and the share of missing values. Holm over all columns,
        0.1 % for the pair of tables; distance of at least 0.1 to be named and 0.15 to warn. Where a known unit, a scaler, a rounding or a fill value undoes the
        difference, it is named. Entities count once when the table has groups. Columns of time and row numbers are not compared. When the split goes forward in time or
        separates entities, drift is natural: a note, unless the column is almost another one and matters to the target.
    When it is wrong:
        The split was made by something that is not in the table, such as a site, and production will be like the test set.
    Fix:
        Undo the change where it is mechanical; otherwise find the source that differs, or train on rows like those to be predicted.
    Verify:
        The distance of the column falls below 0.1.
    Prevent:
        assert scipy.stats.ks_2samp(train[column], test[column]).statistic < 0.1
    Sources:
        Stephens (1970) for the law of the distance; Holm (1979); Rabanser et al. (2019), Failing loudly.

    min_distance : distance from which a column is named, 0..1.
    warn_distance : distance from which it is a warning, 0..1.
    min_missing : difference of the missing shares that counts, 0..1.
    """
    shifts = test.shifts
    if not shifts.columns:
        return
    undone = {each.name: each for each in (changes.changes if changes is not None else ()) if _holds(each, shifts.split)}
    found = _moved(shifts, min_distance, min_missing)
    mechanical = [each for each in found if each.name in undone][:3]
    for each in mechanical:
        yield _mechanical(each, undone[each.name], "test")
    rest = [each for each in found if each not in mechanical]
    loud = [each for each in rest if _is_loud(each, shifts, scores, warn_distance, min_missing)]
    quiet = [each for each in rest if each not in loud]
    for group, severity in ((loud, Severity.WARNING), (quiet, Severity.NOTE)):
        if group:
            yield _finding(group, shifts, "test", severity)


def _moved(shifts: Shifts, min_distance: float, min_missing: float) -> list[Shift]:
    raw = np.array([p for each in shifts.columns for p in (each.p, each.missing_p)])
    adjusted = holm(raw)
    found = [
        each
        for place, each in enumerate(shifts.columns)
        if (adjusted[2 * place] < ALPHA and each.distance >= min_distance)
        or (adjusted[2 * place + 1] < ALPHA and _gap(each) >= min_missing)
    ]
    return sorted(found, key=lambda each: -max(each.distance, _gap(each)))


def _gap(each: Shift) -> float:
    return abs(each.missing_train - each.missing_other)


def _holds(change: Change, split: str) -> bool:
    if change.kind in ("recoded", "rounded", "refitted"):
        return False
    # Honest growth in time can look like miles and kilometres; only a change that leaves no overlap is taken for a unit there.
    restored = change.p_after > 0.01 or change.after < LEFT * change.before
    return restored and change.before > (LARGE if split == "random" or change.kind == "filled" else 0.9)


def _is_loud(each: Shift, shifts: Shifts, scores: ColumnScores | None, warn_distance: float, min_missing: float) -> bool:
    size = max(each.distance, _gap(each))
    if shifts.split == "random":
        return size >= warn_distance or _gap(each) >= 2 * min_missing
    return size >= HONEST and scores is not None and scores.of(each.name) > scores.chance + MATTERS


def _mechanical(each: Shift, change: Change, pair: str) -> Finding:
    return Finding(
        subject=Subject(kind="column", names=(each.name,), detail=f"train vs {pair}: {change.what}"),
        message=(
            f"'{each.name}' in the {pair} set is {change.what}: undone, its distance to training falls from {change.before:.2f} to {change.after:.2f} "
            f"(median {each.median_train:.4g} in training, {each.median_other:.4g} there)."
        ),
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if change.p_after > 0.01 else Confidence.LIKELY,
        evidence=(shift_chart(each, pair),),
        remedy=Remedy(fix=f"Undo it in the {pair} set, at the place where it is made.", patch=change.undo.replace("rows", pair) or None),
    )


def _finding(group: list[Shift], shifts: Shifts, pair: str, severity: Severity) -> Finding:
    first = group[0]
    by_gap = _gap(first) > first.distance
    what = (
        f"{first.missing_train:.1%} missing in training, {first.missing_other:.1%} there" if by_gap
        else f"distance {first.distance:.2f}, where chance stays below {max(0.01, 1.95 * (1 / shifts.n + 1 / shifts.m) ** 0.5):.2f}"
    )  # fmt: skip
    more = f" and {len(group) - 1} more columns differ" if len(group) > 1 else " differs"
    natural = NATURAL.get(shifts.split, "")
    names, sizes = tuple(each.name for each in group[:20]), tuple(max(each.distance, _gap(each)) for each in group[:20])
    bars = Bars(title="Distance to training", labels=names, values=sizes, reading="0: the same distribution, 1: no overlap.")
    return Finding(
        subject=Subject(kind="columns" if len(names) > 1 else "column", names=names, detail=f"train vs {pair}, {shifts.split} split"),
        message=f"'{first.name}'{more} between training and the {pair} set: {what}.{natural}",
        severity=severity,
        confidence=Confidence.LIKELY,
        evidence=(*(shift_chart(each, pair) for each in group[:3]), bars),
        remedy=Remedy(fix=f"Compare how '{first.name}' comes about in both tables: source, filter, period, filling."),
    )
