"""O101: production rows do not have the reference's columns any more."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rung.core.evidence import Evidence, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.column_charts import shift_chart
from rung.facts.current_drift import CurrentDrifts
from rung.facts.mechanics import Change, CurrentChanges
from rung.facts.table_changes import TableChange, TableChanges

# A unit is believed when undoing it brings the column back to where chance puts it (p > 0.01), or takes away four fifths of a distance above 0.4: small drifts
# look like small factors. By hand, see fault bench.
BELIEVED_P, LEFT, LARGE = 0.01, 0.2, 0.4
NO_OVERLAP = 0.95  # a column that moves with time is believed from here on, when the unit brings it back to where time puts it
EXPLAINS = (
    "feature-drift", "multivariate-drift", "prediction-drift", "performance-decay", "out-of-distribution-input", "missing-values", "mixed-types", "outliers",
)  # fmt: skip


@check("O101", severity="error", explains=EXPLAINS)
def schema_change(changes: TableChanges, mechanical: CurrentChanges | None, drifts: CurrentDrifts | None) -> Iterator[Finding]:
    """Production has other columns than the reference: renamed, dropped, retyped, reordered, in another unit, or with new categories.

    Why it matters:
        The model raises, fills in a default or reads another quantity under the old name; monitors of values see only the consequence.
    Likely cause:
        A change in the system that writes the rows: a release, a migration, another source or export, a new product.
    How it decides:
        Names are compared. A new column is a lost one renamed when its values lie within a distance of 0.1 of the lost one's and nearer than to any other column's,
        or when the name is nearly the same and the values are not far off. Types are read off the values, not off the storage: whole numbers stored as floats are no
        change; a CSV file is read as the reference was, and where the reference is one, texts that read as numbers are a note. A unit is named when a known factor brings the column back to where chance puts it. New categories count when they are more than rare ones bring by
        chance (Good-Turing estimate plus four standard errors) and reach one row in a hundred. Another order is a warning only where columns may be taken by position.
    When it is wrong:
        The change was announced, and the serving code maps the columns before the model sees them.
    Fix:
        Map the columns back at the door, or agree on the new schema and fit again.
    Verify:
        The same comparison on rows after the mapping is clear.
    Prevent:
        A schema check at the door of the service that names columns, types, units and categories, and refuses what it does not know.
    Sources:
        Breck et al. (2019), Data validation for machine learning; Good (1953) and Esty (1983) on the chance of unseen species.
    """
    for each in changes.of("renamed"):
        yield _renamed(each, changes)
    dropped = changes.of("dropped")
    for each in dropped[:5]:
        yield _dropped(each)
    if dropped[5:]:
        yield _grouped(dropped[5:], "are not there any more", Severity.ERROR)
    for each in (*changes.of("retyped"), *changes.of("emptied"))[:10]:
        yield _retyped(each)
    for each in _units(mechanical, drifts):
        yield _unit(each, drifts)
    for each in changes.of("reordered"):
        yield _reordered(each, changes)
    if changes.of("added"):
        yield _grouped(changes.of("added"), "are new: the reference has none of that name", Severity.NOTE)


def _finding(
    names: tuple[str, ...], message: str, severity: Severity, confidence: Confidence, fix: str, patch: str | None = None, detail: str = "",
    evidence: tuple[Evidence, ...] = (),
) -> Finding:  # fmt: skip
    return Finding(
        # Always "column": what explains a change of one column must not swallow that of another.
        subject=Subject(kind="column", names=names, detail=detail), message=message, severity=severity,
        confidence=confidence, evidence=evidence, remedy=Remedy(fix=fix, patch=patch),
    )  # fmt: skip


def _renamed(each: TableChange, changes: TableChanges) -> Finding:
    return _finding(
        (each.name, each.other), f"'{each.name}' is called '{each.other}' in production: {each.what}.", Severity.ERROR,
        Confidence.NEAR_CERTAIN if each.sure else Confidence.LIKELY, f"Call '{each.other}' '{each.name}' again before the model sees it.",
        f"rows = current.rename(columns={{{each.other!r}: {each.name!r}}})", f"renamed, 1 of {changes.n_columns} columns",
    )  # fmt: skip


def _dropped(each: TableChange) -> Finding:
    needed = "; the model takes it" if each.needed else ""
    return _finding(
        (each.name,), f"'{each.name}' ({each.what}) is not in production any more{needed}, and no new column holds its values.", Severity.ERROR,
        Confidence.NEAR_CERTAIN, f"Bring '{each.name}' back, or fit without it.", detail="dropped",
    )  # fmt: skip


def _retyped(each: TableChange) -> Finding:
    bad = f"; {each.bad:,} values do not read as numbers, such as {', '.join(map(repr, each.examples[:3]))}" if each.bad else ""
    read = (
        "; the reference is a file without types, and all of them read as numbers: what the model is given decides" if each.as_read else ""
    )
    emptied = f"'{each.name}' ({each.what}) holds no value in any production row."
    return _finding(
        (each.name,), emptied if each.kind == "emptied" else f"'{each.name}' holds {each.what} in production{bad}{read}.",
        Severity.NOTE if each.as_read else Severity.ERROR, Confidence.POSSIBLE if each.as_read else Confidence.NEAR_CERTAIN,
        f"Write '{each.name}' as before, or read it into its old type.", detail=each.kind,
    )  # fmt: skip


def _units(mechanical: CurrentChanges | None, drifts: CurrentDrifts | None) -> list[Change]:
    found = [each for each in (mechanical.changes if mechanical is not None else ()) if each.kind == "unit"]
    return [each for each in found if _believed(each, drifts)][:10]


def _believed(each: Change, drifts: CurrentDrifts | None) -> bool:
    drift = drifts.of(each.name) if drifts is not None else None
    natural = drift.natural if drift is not None and math.isfinite(drift.natural) else 0.0
    restored = each.p_after > BELIEVED_P or each.after < LEFT * each.before or (each.before > NO_OVERLAP and each.after <= natural)
    return each.before > LARGE and restored


def _unit(each: Change, drifts: CurrentDrifts | None) -> Finding:
    drift = drifts.of(each.name) if drifts is not None else None
    return _finding(
        (each.name,), f"'{each.name}' has another unit in production: {each.what}; undone, its distance to the reference falls from {each.before:.2f} to {each.after:.2f}.",
        Severity.ERROR, Confidence.NEAR_CERTAIN if each.p_after > BELIEVED_P else Confidence.LIKELY, f"Convert '{each.name}' back at the place where it is written.",
        each.undo.replace("rows[", "current["), "unit", (shift_chart(drift.shift, "production"),) if drift is not None else (),
    )  # fmt: skip


def _reordered(each: TableChange, changes: TableChanges) -> Finding:
    by_name = changes.by_name is True
    ending = "; the model asks for them by name, so it does not mind" if by_name else "; whoever takes them by position reads other columns"
    return _finding(
        (each.name, each.other), f"The columns stand in another order: {each.what}, the first is '{each.other}' where '{each.name}' was{ending}.",
        Severity.NOTE if by_name else Severity.WARNING, Confidence.NEAR_CERTAIN, "Select the columns by name, in the order of training.", "rows = current[list(train.columns)]", "reordered",
    )  # fmt: skip


def _grouped(group: tuple[TableChange, ...], what: str, severity: Severity) -> Finding:
    table = Ranking(title="Columns", columns=("column", "kind"), rows=tuple((each.name, each.what) for each in group[:50]))
    names = tuple(each.name for each in group[:20])
    shown = ", ".join(map(repr, names[:3]))
    return _finding(
        names,
        f"{len(group)} columns {what} ({shown}).",
        severity,
        Confidence.NEAR_CERTAIN,
        "Agree on the schema with whoever writes the rows.",
        detail=group[0].kind,
        evidence=(table,),
    )
