"""E404: a handful of rows that make most of the squared error."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.residual_shape import ResidualShape
from rung.facts.scored import Scored
from rung.facts.slice_words import shown_rows

NORMAL = 0.0845  # what the largest hundredth of a normal curve makes of its sum of squares


@check("E404", severity="note", explains=())
def heavy_tailed_errors(scored: Scored, shape: ResidualShape, *, min_largest: float = 0.35, min_rows: int = 200) -> Iterator[Finding]:
    """A hundredth of the rows makes a large part of the squared error, so that RMSE and R2 speak of those rows alone.

    Why it matters:
        Squared scores follow a few rows: a model that is better for nearly everybody can look worse, and the number jumps from one test set to the next.
    Likely cause:
        A target with long tails, slips in the target, or rows of another kind.
    How it decides:
        The share of the sum of squared residuals that the largest hundredth makes; a normal curve gives 0.085. Told from `min_largest` on, with at least
        `min_rows` judged rows. A note: the tail may be what matters.
    When it is wrong:
        The far rows are the reason for the model (floods, failures): then the squared loss listens to the right ones.
    Fix:
        Read the rows; report the median or mean absolute error beside RMSE; a robust loss where the far rows are slips.
    Verify:
        MAE and RMSE side by side after the change.
    Prevent:
        Report both.
    Sources:
        Huber (1964). Limit chosen by hand.

    min_largest : share of the squared error from which it is told
    min_rows : judged rows
    """
    if scored.n >= min_rows and shape.largest >= min_largest:
        yield _finding(scored, shape)


def _finding(scored: Scored, shape: ResidualShape) -> Finding:
    order = np.argsort(-np.abs(scored.residual), kind="stable")[: max(1, scored.n // 100)]
    return Finding(
        subject=Subject(
            kind="rows",
            names=(scored.target.name,),
            rows=tuple(int(scored.rows[place]) for place in order[:50]),
            detail="largest residuals first",
        ),
        message=f"The largest hundredth of the residuals ({len(order)} rows) makes {shape.largest:.0%} of the squared error; a normal curve would give {NORMAL:.1%}.",
        severity=Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Bars(
                title="Share of the squared error that the largest hundredth makes",
                labels=("these residuals", "a normal curve"),
                values=(shape.largest, NORMAL),
                marked=("these residuals",),
            ),
            shown_rows(scored, [int(each) for each in order[:10]], (), "Largest residuals"),
        ),
        remedy=Remedy(
            fix="Read these rows; report MAE beside RMSE; take a robust loss if they are slips.",
            patch="model = HistGradientBoostingRegressor(loss='absolute_error')",
        ),
    )
