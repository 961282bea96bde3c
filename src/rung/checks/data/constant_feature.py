"""D109: a column with one value."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.schema import Column, Schema
from rung.inputs.case import Train


@check("D109", severity="note")
def constant_feature(schema: Schema, train: Train) -> Iterator[Finding]:
    """A feature that has the same value in every row can tell nothing.

    Why it matters:
        It costs memory and time, breaks some estimators (division by a variance of zero), and often marks a join or a filter that went wrong.
    Likely cause:
        The table was cut to one period, site or version; a constant was added by the export; a join found no match and left every value missing.
    How it decides:
        Exactly one distinct non-missing value and no missing value, or no value at all. Counted over all rows. Fewer than 10 rows: silent.
    When it is wrong:
        The column varies in production and is constant only in this extract; then it must stay, but nothing can be learned about it here.
    Fix:
        Leave the column out, or find out why it does not vary.
    Verify:
        Train without it on the same folds: the score does not move.
    Prevent:
        assert train[column].nunique(dropna=False) > 1
    Sources:
        A column without variance carries zero information; by definition.
    """
    if train.table.n_rows < 10:
        return
    for column in schema.features:
        if column.kind == "empty" or (column.n_distinct == 1 and column.n_missing == 0 and _same_everywhere(train, column)):
            yield _finding(column, train.table.n_rows)


def _same_everywhere(train: Train, column: Column) -> bool:
    return column.n_sampled == column.n_rows or train.table.column(column.name).n_unique() == 1


def _finding(column: Column, n_rows: int) -> Finding:
    what = "has no value in any" if column.kind == "empty" else "has the same value in all"
    return Finding(
        subject=Subject(kind="column", names=(column.name,)),
        message=f"'{column.name}' {what} of {n_rows:,} rows.",
        severity=Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(
                title="Distinct values", value=float(column.kind != "empty"), limit=2, reading="Two or more are needed to tell rows apart."
            ),
        ),
        remedy=Remedy(
            fix=f"Leave '{column.name}' out, or find out why it does not vary.",
            patch=f"train = train.drop(columns=[{column.name!r}])",
            prevent=f"assert train[{column.name!r}].nunique(dropna=False) > 1",
            experiment="drop-feature" if column.kind != "empty" else None,
        ),
    )
