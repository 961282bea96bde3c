"""O102: production columns are distributed otherwise than the reference's."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.column_charts import shift_chart
from rung.facts.current_drift import CurrentDrifts, Drift, over_all_columns
from rung.facts.damage import Damage
from rung.facts.drift_charts import chance_limit, course_chart, drift_table, harm, harm_chart, level_moved, since
from rung.facts.joint_drift import JointDrift
from rung.facts.mix import Mix, MixColumn
from rung.facts.time_line import TimeLine

ALPHA = 0.002  # one false alarm in 500 pairs of tables, all columns together; the joint test has one in a thousand of its own
HONEST = 0.85  # where time or entities move columns and nothing tells how far, only a column that is almost another one counts. By hand.
MAX_SINGLE = 3  # columns with a finding of their own; more share one
MIN_CORRELATION = 0.2  # change of a correlation that counts as drift, without rows to prove it on


@check("O102", severity="warning", explains=("prediction-drift", "performance-decay", "miscalibration", "out-of-distribution-input"))
def feature_drift(
    drifts: CurrentDrifts, mix: Mix | None, joint: JointDrift | None, damage: Damage | None, line: TimeLine | None,
    *, min_distance: float = 0.1, min_missing: float = 0.05, min_auc: float = 0.55,
) -> Iterator[Finding]:  # fmt: skip
    """The values of a column, the shares of groups, or the way columns go together are not those of the reference.

    Why it matters:
        The model is asked about other rows than it was measured on; its score there is unknown until labels come.
    Likely cause:
        Another mix of cases, season or source; a column that is filled or measured in another way.
    How it decides:
        Every column by Kolmogorov-Smirnov distance and by total variation over ten bins beyond chance, and by its share of missing values; Holm over all of them,
        0.2 % for the pair of tables, and a distance of `min_distance`. Where production comes after a reference in order of time, the limit is how far windows of this size
        lie from what came before them inside the reference. When weighting the reference to production's shares of one column's groups undoes every other drift, that change
        of mix is named alone. Columns that go together otherwise: boosted trees tell the tables apart by columns that did not move, AUC above `min_auc` at 99.9 %; from a
        snapshot, correlations that change by 0.2. The effect on the score is estimated, and PSI and KS are shown with what their usual constants would say.
    When it is wrong:
        The change is wanted, such as a new market; season was not in the reference; rows of production are no random part of the cases.
    Fix:
        Undo it where it is a fault of the data; otherwise weigh the estimated damage against the cost of fitting again on recent rows.
    Verify:
        The same comparison after the repair is clear, or the refitted model's score on recent rows is back.
    Prevent:
        rung compare reference.json window.parquet, on windows long enough for the drift that matters.
    Sources:
        Stephens (1970); Holm (1979); Yurdakul & Naranjo (2020) on PSI and sample size; Rabanser et al. (2019); Lopez-Paz & Oquab (2017).

    min_distance : distance from which a column is named, 0..1.
    min_missing : difference of the missing shares that counts, 0..1.
    min_auc : lower end of the interval from which the tables count as told apart jointly.
    """
    adjusted = over_all_columns(drifts)
    moved = [each for each in drifts.columns if _moved(each, adjusted[each.name], min_distance, min_missing)]
    moved.sort(key=lambda each: -max(each.size, each.gap))
    table = drift_table(drifts)
    apart = joint is not None and joint.separation is not None and joint.separation.beyond(min_auc)
    cause = _pure(mix, moved) if not apart else None
    if cause is not None:
        yield _mix_finding(cause, moved, drifts, damage, table)
        moved = []
    single, rest = (moved[:MAX_SINGLE], moved[MAX_SINGLE:]) if len(moved) > MAX_SINGLE + 1 else (moved, [])
    for each in single:
        yield _finding([each], drifts, damage, line, table)
    if rest:
        yield _finding(rest, drifts, damage, line, table)


def _moved(each: Drift, p: tuple[float, float], min_distance: float, min_missing: float) -> bool:
    return (p[0] < ALPHA and each.size >= min_distance) or (p[1] < ALPHA and each.gap >= min_missing)


def _severity(group: list[Drift], drifts: CurrentDrifts) -> Severity:
    told = drifts.split == "random" or any(math.isfinite(each.natural) for each in group)
    return Severity.WARNING if told or max(max(each.size, each.gap) for each in group) >= HONEST else Severity.NOTE


def _finding(group: list[Drift], drifts: CurrentDrifts, damage: Damage | None, line: TimeLine | None, table: Ranking) -> Finding:
    first, names = group[0], tuple(each.name for each in group[:20])
    more = f" and {len(group) - 1} more columns" if len(group) > 1 else ""
    chart = course_chart(line, names) if line is not None else None
    return Finding(
        subject=Subject(kind="columns" if len(names) > 1 else "column", names=names, detail=f"production vs reference, {drifts.split}"),
        message=f"'{first.name}'{more} moved{since(line, first.name)}: {_what(first, drifts)}.{harm(damage)}",
        severity=_severity(group, drifts),
        confidence=Confidence.LIKELY,
        evidence=(
            *(shift_chart(each.shift, "production") for each in group[:3]),
            *([chart] if chart is not None else []),
            table,
            *harm_chart(damage),
        ),
        remedy=Remedy(
            fix=f"Compare how '{first.name}' comes about now and then: source, filter, period, filling. If the world changed, fit again on recent rows."
        ),
    )


def _what(each: Drift, drifts: CurrentDrifts) -> str:
    shift = each.shift
    if each.gap > each.size:
        return f"{shift.missing_train:.1%} missing in the reference, {shift.missing_other:.1%} now"
    natural = f", windows of the reference lie {each.natural:.2f} apart" if math.isfinite(each.natural) else ""
    middle = (
        f"; median {shift.median_train:.4g} before, {shift.median_other:.4g} now"
        if math.isfinite(shift.median_other)
        else level_moved(shift)
    )
    return f"distance {each.size:.2f}, where chance stays below {max(0.01, chance_limit(drifts)):.2f}{natural}{middle}; PSI {each.psi:.2f}"


def _pure(mix: Mix | None, moved: list[Drift]) -> MixColumn | None:
    """The column whose new shares account for every other drift, where there is one."""
    names = {each.name for each in moved}
    for each in mix.columns if mix is not None else ():
        left = {name for name, _, _ in each.left}
        others = names - {each.name}
        if each.new_share < 0.01 and others <= set(each.undone) and not left & names and (others or names):
            return each
    return None


def _mix_finding(each: MixColumn, moved: list[Drift], drifts: CurrentDrifts, damage: Damage | None, table: Ranking) -> Finding:
    place = int(np.argmax(np.abs(np.subtract(each.after, each.before))))
    others = [one.name for one in moved if one.name != each.name]
    rest = (
        f"; {len(others)} other columns moved by that alone ({', '.join(map(repr, others[:3]))})" if others else "; no other column moved"
    )
    return Finding(
        subject=Subject(kind="column", names=(each.name,), detail="change of mix"),
        message=(
            f"The mix of '{each.name}' changed and nothing within it: '{each.labels[place]}' {each.before[place]:.1%} before, {each.after[place]:.1%} now "
            f"(distance {each.distance:.2f}){rest}.{harm(damage)}"
        ),
        severity=_severity([one for one in moved if one.name == each.name] or moved, drifts),
        confidence=Confidence.LIKELY,
        evidence=(
            Bars(title=f"'{each.name}': change of share", labels=each.labels, values=tuple(b - a for a, b in zip(each.before, each.after, strict=True))),
            table, *harm_chart(damage),
        ),
        remedy=Remedy(fix="The model need not be wrong: weight its score by the new shares. Fit again only where the growing groups are those it is weak in."),
    )  # fmt: skip
