"""O106: single production rows lie beyond anything that the reference saw."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Evidence, Measure, RowSample
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.outside import Beyond, Outside

MAX_FINDINGS = 5


@check("O106", severity="warning", explains=("performance-decay",))
def out_of_distribution_input(outside: Outside) -> Iterator[Finding]:
    """Single production rows hold values, or values beside each other, that no row like those of the reference would.

    Why it matters:
        The model answers such rows too, as surely as any other, and nothing it has learned speaks for the answer.
    Likely cause:
        Another unit, a shifted decimal point, swapped fields, a default value, a broken sensor; now and then a case of a new kind.
    How it decides:
        Generalised Pareto tails of each reference column, their shape raised by its error, give the value that an honest row passes once in 10^4 to 10^10; the level
        is chosen so that one honest table in 500 is named at all, however many rows and columns it has. The same for each value's distance from what the other numeric columns
        of its row foretell (normal scores and their correlations). One row is enough. Heavy tails and few reference rows give far limits.
    When it is wrong:
        The reference is narrower than the cases the model is meant for; values grow by nature, such as prices.
    Fix:
        Look at the rows: convert, correct or refuse them at the door; answer "not known" where the model has no ground.
    Verify:
        The named rows lie inside once they are corrected.
    Prevent:
        Refuse or flag rows beyond the limits at the door of the service.
    Sources:
        Hosking & Wallis (1987) and Hill (1975) for the tails; Lauritzen (1996) for the conditional distances.
    """
    for each in outside.found[:MAX_FINDINGS]:
        yield Finding(
            subject=Subject(
                kind="column",
                names=(each.name, *((each.partner,) if each.joint else ())),
                rows=each.rows,
                detail="jointly" if each.joint else "alone",
            ),
            message=_message(each, outside),
            severity=Severity.WARNING,
            confidence=Confidence.LIKELY if each.joint else Confidence.NEAR_CERTAIN,
            evidence=_evidence(each),
            remedy=Remedy(
                fix=f"Look at row {each.rows[0]}: another unit, a shifted decimal point or swapped fields? Correct it or refuse it."
            ),
        )


def _message(each: Beyond, outside: Outside) -> str:
    more = f", and {each.n_beyond - 1:,} more rows of {outside.rows:,} are beyond as well" if each.n_beyond > 1 else ""
    if each.joint:
        return (
            f"Row {each.rows[0]}: '{each.name}' = {each.values[0]:.6g} lies {abs(each.sizes[0]):.1f} standard deviations from what the other columns foretell, '{each.partner}' "
            f"above all (limit {abs(each.limit):.1f}){more}."
        )
    return (
        f"Row {each.rows[0]}: '{each.name}' = {each.values[0]:.6g}; the reference saw {each.low:.6g} to {each.high:.6g}, and an honest row passes {each.limit:.4g} "
        f"once in {1 / outside.chance:,.0f}{more}."
    )


def _evidence(each: Beyond) -> tuple[Evidence, ...]:
    what = "standard deviations off" if each.joint else "beyond the range, in its widths"
    rows = tuple((round(value, 6), round(size, 2)) for value, size in zip(each.values[:20], each.sizes[:20], strict=True))
    return (
        RowSample(title="Rows beyond", columns=(each.name, what), positions=each.rows[:20], values=rows, marked=(each.name,)),
        Measure(
            title="Rows beyond", value=float(each.n_beyond), limit=0.0, unit="rows", reading="An honest table has none in 499 of 500 cases."
        ),
    )
