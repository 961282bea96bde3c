"""Production rows beyond what the reference saw: which column, how far, alone or together with others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.matrix import Floats, numbers_of
from rung.facts.reference_columns import ReferenceColumns
from rung.facts.sample import draw, take
from rung.facts.together import ReferenceTogether, Surprise, square
from rung.inputs.case import Current
from rung.inputs.settings import Settings
from rung.inputs.snapshot import ColumnSketch, Reach
from rung.stats.reach import CHANCES

ALPHA = 0.002  # chance that any row of any column of one honest production table is named
MAX_ROWS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """One column's rows beyond the limit.

    rows : positions in the production table, the farthest first; values : theirs.   low, high : least and largest reference value.
    limit : the one passed by the farthest row.   joint : whether the value is strange only beside the others; then `sizes` are standard
    deviations from what they foretell and `partner` the column that says most about this one. Alone, `sizes` are distances from the reference's
    range over its width.   share : of all production rows.
    """

    name: str
    rows: tuple[int, ...]
    values: tuple[float, ...]
    sizes: tuple[float, ...]
    low: float
    high: float
    limit: float
    joint: bool
    partner: str
    n_beyond: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Columns with such rows, most rows first.   chance : that one honest row passes one limit.   rows : looked at.   columns : looked at."""

    found: tuple[Beyond, ...]
    chance: float
    rows: int
    columns: int


@fact(cost="pass")
def outside(
    reference: ReferenceColumns, current: Current, surprise: Surprise | None, together: ReferenceTogether | None, settings: Settings
) -> Outside:
    """Compare every value with limits that chance passes so rarely that one honest table in 500 is named at all. One row is enough."""
    places = draw(current.table, MAX_ROWS, settings.seed)
    table = take(current.table, places)
    columns = [
        each
        for each in reference.columns
        if _has_limits(each) and each.name in table.columns and table.column(each.name).dtype.is_numeric()
    ]
    if not columns or not table.n_rows:
        raise Unavailable("no numeric column that both hold")
    looked = 2 * len(columns) * (2 if surprise is not None else 1)
    level = next((place for place, each in enumerate(CHANCES) if each <= ALPHA / (looked * table.n_rows)), len(CHANCES) - 1)
    found = []
    alone = np.zeros(table.n_rows, dtype=bool)
    for each in columns:
        values = numbers_of(table.column(each.name), "numeric")
        high, low = each.reach.high[level], each.reach.low[level]
        # Nought is a value of its own, not a very small one: only a limit below it counts.
        beyond = (values > high) | ((values < low) & ((values != 0) | (low < 0)))
        alone |= beyond
        if beyond.any():
            width = max(each.edges[-1] - each.edges[0], 1e-300)
            sizes = np.maximum(values - each.edges[-1], each.edges[0] - values) / width
            found.append(_beyond(each, beyond, values, sizes, (low, high), places))
    if surprise is not None and together is not None:
        found += _jointly(reference, surprise, together, alone, level, places, table.n_rows, current)
    return Outside(
        found=tuple(sorted(found, key=lambda each: (each.joint, -each.n_beyond))),
        chance=CHANCES[level],
        rows=table.n_rows,
        columns=len(columns),
    )


def _has_limits(sketch: ColumnSketch) -> bool:
    return (
        sketch.role == "feature"
        and sketch.kind == "numeric"
        and not sketch.clock
        and len(sketch.reach.high) == len(sketch.reach.low) == len(CHANCES)
    )


def _beyond(
    sketch: ColumnSketch, mask: np.ndarray, values: Floats, sizes: Floats, limits: tuple[float, float], places: np.ndarray,
    joint: bool = False, partner: str = "",
) -> Beyond:  # fmt: skip
    rows = np.flatnonzero(mask)
    rows = rows[np.argsort(-np.abs(sizes[rows]), kind="stable")][:50]
    first = sizes[rows[0]] if joint else values[rows[0]]
    return Beyond(
        name=sketch.name, rows=tuple(int(each) for each in places[rows]), values=tuple(float(each) for each in values[rows]),
        sizes=tuple(float(each) for each in sizes[rows]), low=sketch.edges[0], high=sketch.edges[-1],
        limit=limits[1] if first > limits[1] else limits[0], joint=joint, partner=partner, n_beyond=int(mask.sum()), share=float(mask.mean()),
    )  # fmt: skip


def _jointly(
    reference: ReferenceColumns, surprise: Surprise, together: ReferenceTogether, alone: np.ndarray, level: int, places: np.ndarray, n_rows: int,
    current: Current,
) -> list[Beyond]:  # fmt: skip
    """Rows that are strange in no column by itself; a row counts for the column in which it is strangest."""
    if len(surprise.total) != n_rows:
        return []
    kept = together.together
    passed = np.column_stack([_over(surprise.joint[:, place], kept.reach[place], level) for place in range(len(kept.names))])
    size = np.where(passed, np.abs(surprise.joint), 0.0)
    worst = size.argmax(axis=1)
    strange = passed.any(axis=1) & ~alone
    matrix = np.abs(square(kept)) - np.eye(len(kept.names))
    found = []
    for place in np.unique(worst[strange]):
        sketch = reference.of(kept.names[place])
        if sketch is None or sketch.name not in current.table.columns:
            continue
        mask = strange & (worst == place)
        values = numbers_of(take(current.table, places).column(sketch.name), "numeric")
        reach = kept.reach[place]
        partner = kept.names[int(matrix[place].argmax())]
        found.append(
            _beyond(
                sketch, mask, values, surprise.joint[:, place], (reach.low[level], reach.high[level]), places, joint=True, partner=partner
            )
        )
    return found


def _over(values: Floats, reach: Reach, level: int) -> np.ndarray:
    if len(reach.high) <= level or len(reach.low) <= level:
        return np.zeros(len(values), dtype=bool)
    return (values > reach.high[level]) | (values < reach.low[level])
