"""Production in windows of time: where the columns that moved left the reference, and since when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.current_drift import CurrentDrifts
from rung.facts.current_scores import CurrentScores, ScoreDrift
from rung.facts.label_delay import clock
from rung.facts.matrix import Floats, numbers_of
from rung.facts.reference_columns import ReferenceColumns
from rung.facts.reference_scores import ReferenceScores
from rung.inputs.case import Current
from rung.inputs.settings import Settings
from rung.inputs.snapshot import ColumnSketch
from rung.stats.change import Change, change_interval
from rung.stats.divergence import ks_critical
from rung.stats.sketch import shares_at, step_distance

MAX_WINDOWS = 24
MIN_ROWS = 30  # a window
MAX_COLUMNS = 4
MAX_ROWS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One column, or 'score', over time.

    distances : to the reference, per window.   change : of the place in the reference's distribution (0..1); since, since_low, since_high : the
    times that it lies at and between.   place : share of the rows before it.
    """

    name: str
    distances: tuple[float, ...]
    change: Change
    since: str
    since_low: str
    since_high: str
    place: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """Windows of equal rows.

    times : middle of each window (days since 1970 for dates).   labels : as people write it.   rows : rows a window.
    chance : distance that chance alone passes once in a thousand windows.
    """

    times: tuple[float, ...]
    labels: tuple[str, ...]
    rows: int
    courses: tuple[Course, ...]
    chance: float

    def of(self, name: str) -> Course | None:
        """One column's course."""
        return next((each for each in self.courses if each.name == name), None)


@fact(cost="pass")
def time_line(
    reference: ReferenceColumns, current: Current, drifts: CurrentDrifts, scores: CurrentScores | None, kept: ReferenceScores | None,
    moved: ScoreDrift | None, settings: Settings,
) -> TimeLine:  # fmt: skip
    """The score and the four columns that moved most, in up to 24 windows. Unavailable without times, or below two windows of 30 rows."""
    when = clock(current.table, reference.time)
    sketch = reference.of(reference.time)
    dated = sketch is not None and sketch.kind == "datetime"
    if when is None:
        raise Unavailable("needs a time column in production (--time)")
    if dated and current.table.column(str(reference.time)).dtype.is_numeric():
        raise Unavailable("the times of production are numbers, those of the reference dates")
    rows = np.flatnonzero(np.isfinite(when))
    order = rows[np.argsort(when[rows], kind="stable")]
    order = order[np.unique(np.linspace(0, len(order) - 1, min(len(order), MAX_ROWS)).astype(np.int64))] if len(order) else order
    count = min(MAX_WINDOWS, len(order) // MIN_ROWS)
    if count < 2 or np.ptp(when[order]) == 0:
        raise Unavailable("needs two windows of 30 production rows at different times")
    series = [
        (each, numbers_of(current.table.column(each.name), "numeric")) for drift in sorted(drifts.columns, key=lambda each: -each.size)[:MAX_COLUMNS]
        if (each := reference.of(drift.name)) is not None and each.edges
    ]  # fmt: skip
    if scores is not None and kept is not None and moved is not None:
        series.insert(0, (kept.scores.score, _spread(scores, current.table.n_rows)))
    parts = np.array_split(order, count)
    times = tuple(float(np.median(when[part])) for part in parts)
    return TimeLine(
        times=times, labels=tuple(spoken_time(each, dated=dated) for each in times), rows=len(order) // count,
        courses=tuple(_course(each, values, when, order, parts, settings, dated=dated) for each, values in series),
        chance=ks_critical(reference.rows, len(order) // count, 0.001),
    )  # fmt: skip


def _spread(scores: CurrentScores, n_rows: int) -> Floats:
    score = scores.predicted.score
    found = np.full(n_rows, np.nan)
    found[scores.predicted.rows] = score.max(axis=1) if score.ndim == 2 else score
    return found


def _course(
    sketch: ColumnSketch,
    values: Floats,
    when: Floats,
    order: NDArray[np.int64],
    parts: list[NDArray[np.int64]],
    settings: Settings,
    *,
    dated: bool,
) -> Course:
    edges, below, upto = (np.array(each) for each in (sketch.edges, sketch.below, sketch.upto))
    distances = tuple(step_distance(below, upto, *shares_at(values[part], edges)) for part in parts)
    known = order[np.isfinite(values[order])]
    place = np.interp(values[known], edges, (below + upto) / 2)
    change = change_interval(place, seed=settings.seed)
    places = (change.index, change.low, change.high) if len(known) else ()
    moments = [spoken_time(float(when[known[min(each, len(known) - 1)]]), dated=dated) for each in places] or [""] * 3
    return Course(
        name=sketch.name, distances=distances, change=change, since=moments[0], since_low=moments[1], since_high=moments[2],
        place=change.index / max(len(known), 1),
    )  # fmt: skip


def spoken_time(value: float, *, dated: bool) -> str:
    """A time as people write it: a date, with the hour where it is not midnight."""
    if not dated or not np.isfinite(value):
        return f"{value:g}"
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=value)
    return f"{moment:%Y-%m-%d}" if moment.hour == moment.minute == 0 else f"{moment:%Y-%m-%d %H:%M}"
