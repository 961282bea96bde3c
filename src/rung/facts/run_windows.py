"""Windows of a series that overlap: each row holds most of the row before, moved along, and a split sent neighbours to both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.run_history import RunHistory
from rung.facts.run_scorings import Scorings
from rung.inputs.trace import Event
from rung.inputs.trace_parts import Excerpt, Fold, Rows

Floats = NDArray[np.float64]
MOVED = 0.95  # share of a column's changes that bring it the value which another column had one row before
MIN_CHANGES = 20
MAX_ROWS = 2_000
MAX_COLUMNS = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Windows:
    """One split of such rows.

    split : the event.   moved : columns that get the value of another column one row later.   beside : share of the held rows of which a neighbour
    in the series is on the other side.   alike : correlation of neighbours' labels (agreement above chance for classes), NaN where they were not seen.
    n : labels that it was worked out from.   score : the last score on the rows held, None where none was seen.
    """

    split: Event
    moved: int
    beside: float
    alike: float
    n: int
    score: Event | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunWindows:
    """All of them; splits whose held rows are not those of the last score are left out."""

    history: RunHistory
    windows: tuple[Windows, ...]


@fact(cost="pass")
def run_windows(history: RunHistory, scorings: Scorings | None) -> RunWindows:
    """Look at the rows of every split and cross-validation in the order in which they were handed over."""
    found = [
        each
        for event in history.trace.events
        if event.split is not None and event.split.folds and not event.depth
        for each in _windows(history, scorings, event)
    ]
    return RunWindows(history=history, windows=tuple(found))


def _windows(history: RunHistory, scorings: Scorings | None, event: Event) -> list[Windows]:
    score, ends_here = _last_score(scorings, event)
    table = history.item(event.read("arrays[0]") if event.read("X") is None else event.read("X"))
    if table is None or table.excerpt is None or not ends_here or event.split is None:
        return []
    moved = _moved(table.excerpt)
    if not moved:
        return []
    labels = history.item(event.read("arrays[1]") if event.read("X") is None else event.read("y"))
    alike, n = _alike(labels.excerpt) if labels is not None and labels.excerpt is not None else (float("nan"), 0)
    beside = float(np.mean([_beside(each) for each in event.split.folds]))
    return [Windows(split=event, moved=moved, beside=beside, alike=alike, n=n, score=score)]


def _last_score(scorings: Scorings | None, event: Event) -> tuple[Event | None, bool]:
    """The last score on rows that the split held out, and whether no other rows are scored after it."""
    if scorings is None or not scorings.held:
        return None, True
    held = [each.test_rows for each in event.split.folds if each.test_rows is not None] if event.split is not None else []
    rows = np.unique(np.concatenate(held)) if held else np.empty(0, dtype=np.int64)
    last = scorings.held[-1]
    return last.event, last.event is event or bool(np.isin(last.held, rows).any())


def _beside(fold: Fold) -> float:
    """Share of the held rows with a neighbour that was fitted on."""
    near: Rows = np.concatenate([fold.test - 1, fold.test + 1])
    return float(np.isin(near, fold.train).reshape(2, -1).any(axis=0).mean()) if len(fold.test) else 0.0


def _moved(excerpt: Excerpt) -> int:
    numeric = [each.astype(np.float64) for each in excerpt.columns.values() if each.dtype.kind in "iuf"][:MAX_COLUMNS]
    together = np.flatnonzero(np.diff(excerpt.positions) == 1)[:MAX_ROWS]
    if len(numeric) < 2 or len(together) < MIN_CHANGES:
        return 0
    matrix = np.column_stack(numeric)
    before, after = matrix[together], matrix[together + 1]
    changed = after != before
    return sum(_comes_along(before, after[:, place], changed[:, place]) for place in range(matrix.shape[1]))


def _comes_along(before: Floats, column: Floats, changed: NDArray[np.bool_]) -> bool:
    """Whether a column that takes many values mostly gets those of another column one row before."""
    if changed.sum() < MIN_CHANGES or len(np.unique(column[changed])) < MIN_CHANGES:
        return False
    return bool((before[changed] == column[changed][:, None]).mean(axis=0).max() >= MOVED)


def _alike(excerpt: Excerpt) -> tuple[float, int]:
    values = next(iter(excerpt.columns.values()))
    together = np.flatnonzero(np.diff(excerpt.positions) == 1)
    if len(together) < MIN_CHANGES:
        return float("nan"), 0
    codes, n = np.unique(values.astype(str), return_inverse=True)[1], len(together)
    kinds = np.bincount(codes) / len(codes)
    if values.dtype.kind not in "iuf" or len(kinds) <= MIN_CHANGES:
        chance = float((kinds**2).sum())
        same = float((codes[together] == codes[together + 1]).mean())
        return ((same - chance) / (1 - chance) if chance < 1 else float("nan")), n
    pair = values.astype(np.float64)[together], values.astype(np.float64)[together + 1]
    return (float(np.corrcoef(*pair)[0, 1]) if all(np.isfinite(each).all() and each.std() > 0 for each in pair) else float("nan")), n
