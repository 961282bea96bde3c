"""The drift table and the time line as evidence."""

from __future__ import annotations

import math

from rung.core.evidence import Cell, Evidence, Line, Lines, Measure, Ranking
from rung.facts.column_shift import Shift
from rung.facts.current_drift import RARER, CurrentDrifts, Drift, over_all_columns
from rung.facts.damage import Damage
from rung.facts.time_line import Course, TimeLine

MAX_SHOWN = 40
# The constants that dashboards use; shown for comparison, never used to decide.
PSI_LIMIT, KS_LIMIT = 0.25, 0.05
CHANGED_P = 0.01


def fixed_rules(drifts: CurrentDrifts) -> tuple[int, int]:
    """How many columns PSI > 0.25 and KS p < 0.05 would have named."""
    return sum(each.psi > PSI_LIMIT for each in drifts.columns), sum(each.ks_p < KS_LIMIT for each in drifts.columns)


def drift_table(drifts: CurrentDrifts) -> Ranking:
    """Every column, the one that moved most first."""
    ordered = sorted(drifts.columns, key=lambda each: -max(each.size, each.gap))
    psi, ks = fixed_rules(drifts)
    adjusted = over_all_columns(drifts)
    timed = any(math.isfinite(each.natural) for each in drifts.columns)
    natural = " Natural: typical distance of windows inside the reference." if timed else ""
    return Ranking(
        title="Columns, production against reference",
        columns=("column", "distance", "chance", "natural", "p, all columns", "missing before, now", "PSI", "PSI > 0.25", "KS p < 0.05"),
        rows=tuple(_row(each, drifts, min(adjusted[each.name])) for each in ordered[:MAX_SHOWN]),
        reading=(
            f"Distance: 0 the same, 1 no overlap. Chance: what equal distributions pass once in a thousand at these sizes.{natural}"
            f"{_left_out(drifts)} At this size PSI > 0.25 would name {psi} and KS p < 0.05 {ks} of {len(drifts.columns)} columns."
        ),
    )


def _left_out(drifts: CurrentDrifts) -> str:
    names = ", ".join(f"'{name}'" for name in drifts.left_out[:5])
    return f" Not compared, since they only say when or which row: {names}{' ...' if len(drifts.left_out) > 5 else ''}." if names else ""


def _row(each: Drift, drifts: CurrentDrifts, adjusted: float) -> tuple[Cell, ...]:
    shift = each.shift
    gone = f"{shift.missing_train:.1%}, {shift.missing_other:.1%}" if max(shift.missing_train, shift.missing_other) else ""
    natural = "" if math.isnan(each.natural) else round(each.natural, 3)
    p = f"{adjusted:.1g}" if adjusted < 0.1 else f"{adjusted:.2f}"
    return (
        each.name, round(each.size, 3), round(chance_limit(drifts), 3), natural, p, gone, "" if math.isnan(each.psi) else round(each.psi, 3),
        "alarm" if each.psi > PSI_LIMIT else "silent", "alarm" if each.ks_p < KS_LIMIT else "silent",
    )  # fmt: skip


def chance_limit(drifts: CurrentDrifts) -> float:
    """Distance that chance passes once in a thousand at these sizes, one column looked at."""
    return 1.95 * (1 / max(drifts.n, 1) + 1 / max(drifts.m, 1)) ** 0.5


def changed(course: Course) -> bool:
    """Whether production changed on the way, so that there is a day to name."""
    return course.change.p < CHANGED_P and 0 < course.place < 1


def since(line: TimeLine | None, name: str) -> str:
    """A clause that says since when, '' where it cannot be told."""
    course = line.of(name) if line is not None else None
    if course is None or not changed(course):
        return ""
    return f", since {course.since} (between {course.since_low} and {course.since_high})"


def course_chart(line: TimeLine, names: tuple[str, ...]) -> Lines | None:
    """Distance to the reference, window by window, of the columns named."""
    courses = [each for each in line.courses if each.name in names]
    if not courses:
        return None
    places = tuple(float(each) for each in range(len(line.times)))
    events = tuple((each.place * len(places) - 0.5, f"{each.name}: {each.since}") for each in courses if changed(each))
    edge = (places[0], places[-1])
    return Lines(
        title="Distance to the reference over time",
        x_label=f"windows of {line.rows:,} rows, {line.labels[0]} to {line.labels[-1]}",
        y_label="distance",
        lines=(
            *(Line(name=each.name, x=places, y=each.distances) for each in courses),
            Line(name="chance (1 in 1000)", x=edge, y=(line.chance, line.chance)),
        ),
        events=events,
        reading="Below the line of chance a window looks like the reference.",
    )


def harm(damage: Damage | None) -> str:
    """A sentence on the expected effect on the score, '' where it is not known."""
    if damage is None:
        return ""
    lean = ", not to be leant on" if damage.doubts else ""
    change = damage.change
    return f" Expected effect of all inputs on {damage.metric}: {change.value:+.3f} ({change.low:+.3f} to {change.high:+.3f}{lean})."


def harm_chart(damage: Damage | None) -> tuple[Measure, ...]:
    """The same as a number with its interval, and what speaks against it."""
    if damage is None:
        return ()
    doubt = (
        f" Do not lean on it: {'; '.join(damage.doubts)}."
        if damage.doubts
        else " It holds as long as equal rows still have equal outcomes."
    )
    change = damage.change
    return (
        Measure(
            title=f"Expected change of {damage.metric}", value=change.value, low=change.low, high=change.high, limit=0.0,
            reading=f"By {damage.method}.{doubt}",
        ),
    )  # fmt: skip


def drift_overview(drifts: CurrentDrifts | None, line: TimeLine | None) -> tuple[Evidence, ...]:
    """The drift table and the time line, where production rows were compared: they are shown also when nothing is wrong."""
    table = (drift_table(drifts),) if drifts is not None and drifts.columns else ()
    chart = course_chart(line, tuple(each.name for each in line.courses)) if line is not None else None
    return (*table, *((chart,) if chart is not None else ()))


def level_moved(shift: Shift) -> str:
    """A clause on the category whose share moved most, '' for numbers and where only parts of rare ones moved."""
    triples = zip(shift.labels, shift.train_shares, shift.other_shares, strict=True)
    pairs = [each for each in triples if not each[0].startswith(RARER)]
    if not pairs:
        return ""
    label, before, after = max(pairs, key=lambda each: abs(each[1] - each[2]))
    return f"; '{label}' {before:.1%} before, {after:.1%} now"
