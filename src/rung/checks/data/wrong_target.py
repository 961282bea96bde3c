"""D208: the column cannot be the target that was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.exact_relations import ExactRelations
from rung.facts.identifiers import ID_NAME
from rung.facts.schema import Column, Schema
from rung.inputs.case import Train

MEANT = re.compile(r"^(target|label|labels|y|outcome|response|y_true|ground_truth|is_\w+|churn(ed)?|default(ed)?|survived)$", re.IGNORECASE)
SURE = re.compile(r"^(target|label|outcome|y_true|ground_truth)$", re.IGNORECASE)


@check("D208", instrument=True, severity="error", explains=("not-better-than-baseline", "target-leakage", "wrong-model-type", "label-misalignment", "underfitting", "constant-predictions"))  # fmt: skip
def wrong_target(
    schema: Schema, train: Train, relations: ExactRelations | None, *, min_unique: float = 0.98, min_rows: int = 30
) -> Iterator[Finding]:
    """The column that is to be predicted names rows, never varies, or is a date or another column under a new name.

    Why it matters:
        Nothing that is learned about it answers the question that was asked, and every later figure is about the wrong column.
    Likely cause:
        A position instead of a name (the last or first column), a renamed column, an index saved with the table.
    How it decides:
        The target has one value; or is a date; or a text of which nearly no value repeats; or whole numbers without a repeat that fill at least
        30 % of their range or bear the name of a key. A feature with exactly one value for each value of the target is a note, a warning where
        another column bears a target's name. Below 30 rows: silent but for one value. Columns that bear a target's name are suggested.
    When it is wrong:
        A rank (1 to n) is predicted on purpose. The target is never changed by itself.
    Fix:
        Name the column that is meant with --target.
    Verify:
        Run again with the other column: this finding is gone.
    Prevent:
        assert 1 < train[target].nunique() < 0.98 * len(train) or train[target].dtype.kind == 'f'
    Sources:
        Birthday bound as in D112; the rest by definition.
    min_unique : share of distinct values from which a text names the row.
    min_rows : rows below which only a constant is told.
    """
    if schema.target is None:
        return
    column = schema.column(schema.target)
    better = _better(schema)
    reason, confidence = _reason(column, train, min_unique, min_rows)
    if reason:
        yield _finding(column, f"The target '{column.name}' {reason}{_hint(better)}.", Severity.ERROR, confidence, better)
        return
    twins = [each for each in relations.relations if each.kind == "one-to-one"] if relations is not None else []
    named = [name for name in better if SURE.match(name)]
    if twins:
        message = f"The target '{column.name}' and '{twins[0].names[0]}' name each other in all of {twins[0].n:,} rows{_hint(better)}."
        yield _finding(column, message, Severity.WARNING if named else Severity.NOTE, Confidence.POSSIBLE, better or twins[0].names)
    elif named and not MEANT.match(column.name):
        yield _finding(
            column,
            f"'{column.name}' is the target although '{named[0]}' bears a target's name.",
            Severity.NOTE,
            Confidence.POSSIBLE,
            better,
        )


def _reason(column: Column, train: Train, min_unique: float, min_rows: int) -> tuple[str, Confidence]:
    n = column.n_rows - column.n_missing
    if n >= 2 and column.n_distinct <= 1:
        return f"has one value in all of {n:,} rows", Confidence.NEAR_CERTAIN
    if n < min_rows:
        return "", Confidence.POSSIBLE
    if column.kind == "datetime":
        return f"is a date ({column.n_distinct:,} different ones in {n:,} rows)", Confidence.NEAR_CERTAIN
    unique = f"{column.n_distinct:,} different values in {column.n_sampled:,} rows"
    if column.kind in ("category", "text"):
        names = column.distinct_share >= min_unique and column.number_share < 0.5
        return (f"names the row: {unique}", Confidence.NEAR_CERTAIN) if names else ("", Confidence.POSSIBLE)
    if (
        column.kind == "numeric"
        and column.integer
        and column.distinct_share >= 0.999
        and not re.search("rank|order", column.name, re.IGNORECASE)
    ):
        series = train.table.column(column.name)
        width = float(series.max() or 0) - float(series.min() or 0) + 1  # type: ignore[arg-type]
        if (n / width >= 0.3 and n >= 150) or (ID_NAME.search(column.name) and n >= 100):
            sure = ID_NAME.search(column.name) or n / width >= 0.98  # hardly a number is left out: drawn numbers leave gaps
            return f"counts the rows: {unique}", Confidence.NEAR_CERTAIN if sure else Confidence.LIKELY
    return "", Confidence.POSSIBLE


def _better(schema: Schema) -> tuple[str, ...]:
    """Columns that bear a target's name and could be one; 'y' beside 'x' is a place."""
    names = {each.name.lower() for each in schema.columns}
    found = [
        each.name
        for each in schema.columns
        if each.name != schema.target and MEANT.match(each.name) and each.n_distinct > 1 and not (each.name.lower() == "y" and "x" in names)
    ]
    return tuple(sorted(found, key=lambda name: not SURE.match(name)))[:3]


def _hint(better: tuple[str, ...]) -> str:
    return f"; '{better[0]}' may be meant" if better else ""


def _finding(column: Column, message: str, severity: Severity, confidence: Confidence, better: tuple[str, ...]) -> Finding:
    other = better[0] if better else "the_column_that_is_meant"
    return Finding(
        subject=Subject(kind="column", names=(column.name,), detail=f"candidates: {', '.join(better)}" if better else ""),
        message=message,
        severity=severity,
        confidence=confidence,
        evidence=(
            Measure(
                title="Distinct values over rows",
                value=column.distinct_share,
                unit="share",
                reading="A target repeats its classes, or is measured with decimals.",
            ),
        ),
        remedy=Remedy(
            fix=f"Name the column that is meant: --target {other}.",
            patch=f"target = {other!r}",
            prevent=f"assert target != {column.name!r}",
            safety="show",
        ),
    )
