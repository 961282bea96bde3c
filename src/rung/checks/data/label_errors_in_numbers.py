"""D206 in numbers: targets that are typed wrongly."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.label_doubts import ValueDoubts
from rung.facts.target import Target

FAR = 12.0  # robust deviations of a residual; chosen by hand: digit errors and units lie beyond, long honest tails seldom


@witness("D206")
def label_errors_in_numbers(target: Target, values: ValueDoubts) -> Iterator[Finding]:
    """Residuals beyond what their own tails allow."""
    if not values.tails.n_beyond:
        return
    far = float(values.distance.min()) if len(values.distance) else 0.0
    severity = Severity.WARNING if far > FAR and values.tails.n_beyond <= 0.05 * values.n else Severity.NOTE
    listed = zip(*(each[:50].tolist() for each in (values.rows, values.y, values.prediction, values.distance)), strict=True)
    columns = ("row", target.name, "predicted", "robust deviations")
    worst = f"row {values.rows[0]} has {values.y[0]:.4g} where {values.prediction[0]:.4g} is predicted" if len(values.rows) else ""
    yield Finding(
        subject=Subject(kind="rows", names=(target.name,), rows=tuple(values.rows[:50].tolist()), detail="the farthest residuals first"),
        message=f"{values.tails.n_beyond:,} of {values.n:,} targets lie farther from their prediction than the residuals' tails allow: {worst}.",
        severity=severity,
        confidence=Confidence.LIKELY if severity is Severity.WARNING else Confidence.POSSIBLE,
        evidence=(Ranking(title="Rows to look at", columns=columns, rows=tuple(listed), reading="Farthest first."),),
        remedy=Remedy(
            fix=f"Look at the listed rows and correct '{target.name}' where it is wrong.",
            patch=f"print(train.iloc[{values.rows[:20].tolist()}])  # then: train = train.drop(index=train.index[wrong])",
        ),
    )
