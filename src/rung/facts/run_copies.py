"""Rows repeated and then changed: a scored row and a fitted one come from the same row of the table, yet no longer hold the same numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.marks import fact
from rung.facts.run_history import RunHistory
from rung.facts.run_learning import Learned, RunLearning
from rung.facts.run_scorings import Scoring

MIN_COPIES = 5
MOSTLY = 0.5  # share of the copies without an equal one on the other side from which they count as changed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunCopies:
    """changed : what repeated the rows, for each score whose copies were changed before the split."""

    learning: RunLearning
    changed: tuple[Learned, ...]

    def of(self, scoring: Scoring) -> bool:
        """Whether the copies behind a score were changed."""
        return any(each.scoring is scoring for each in self.changed)


@fact(cost="instant")
def run_copies(learning: RunLearning) -> RunCopies:
    """Scores on rows that were drawn or stacked more than once, their values compared row by row."""
    repeats = [each for each in learning.learned if each.kind == "repeat" and each.in_fit and each.in_scored and not each.chosen]
    changed: dict[int, bool] = {}
    for each in repeats:
        if id(each.scoring) not in changed:
            changed[id(each.scoring)] = _changed(learning.scorings.history, each.scoring)
    return RunCopies(learning=learning, changed=tuple(each for each in repeats if changed[id(each.scoring)]))


def _changed(history: RunHistory, scoring: Scoring) -> bool:
    if scoring.folds:
        return bool(len(scoring.shared)) and _apart(*_numbers(history, scoring.x))
    fitted, scored = (_numbers(history, item) for item in (scoring.x_fit, scoring.x))
    known = {(row, values) for row, values in zip(*fitted, strict=True)}
    rows = set(fitted[0])
    copies = [(row, values) in known for row, values in zip(*scored, strict=True) if row in rows]
    return len(copies) >= MIN_COPIES and copies.count(False) >= MOSTLY * len(copies)


def _apart(rows: list[int], values: list[bytes]) -> bool:
    """Within one matrix that folds part: whether the copies of a row mostly differ."""
    kinds: dict[int, set[bytes]] = {}
    counts: dict[int, int] = {}
    for row, each in zip(rows, values, strict=True):
        kinds.setdefault(row, set()).add(each)
        counts[row] = counts.get(row, 0) + 1
    repeated = [row for row, count in counts.items() if count > 1]
    return len(repeated) >= MIN_COPIES and sum(len(kinds[row]) > 1 for row in repeated) >= MOSTLY * len(repeated)


def _numbers(history: RunHistory, item: int | None) -> tuple[list[int], list[bytes]]:
    """Row numbers and the numeric values of each, of the rows whose values were kept."""
    shown, rows = history.item(item), history.rows(item)
    if shown is None or shown.excerpt is None or rows is None:
        return [], []
    numeric = [each.astype(np.float64) for each in shown.excerpt.columns.values() if each.dtype.kind in "iuf"]
    if not numeric:
        return [], []
    matrix = np.ascontiguousarray(np.column_stack(numeric))
    return rows[shown.excerpt.positions].tolist(), [each.tobytes() for each in matrix]
