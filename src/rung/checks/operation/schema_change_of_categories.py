"""O101 by another way: categories that the reference does not know."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.unseen import UnseenLevels
from rung.inputs.case import Current

MIN_ROWS = 3
MIN_SHARE = 0.01


@witness("O101")
def schema_change_of_categories(unseen: UnseenLevels, _current: Current) -> Iterator[Finding]:
    """See the rule's page: a new category is a change of the schema, and the cause of what it moves."""
    for each in unseen.found:
        known = each.where != "current" or each.share < MIN_SHARE or each.n_unseen < MIN_ROWS
        if known or not each.news or each.open_ended:
            continue
        shown = ", ".join(map(repr, each.levels[:3]))
        yield Finding(
            subject=Subject(kind="column", names=(each.column,), rows=each.rows, detail="new category"),
            message=f"'{each.column}' holds new categories in production ({shown}) in {each.share:.1%} of its rows; chance would bring {each.expected:.1f} rows.",
            severity=Severity.WARNING,
            confidence=Confidence.NEAR_CERTAIN,
            remedy=Remedy(fix="Map the new categories to known ones, or fit again once they have rows."),
        )
