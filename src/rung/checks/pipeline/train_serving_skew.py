"""P201: production rows are prepared in another way than training rows."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Evidence, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.aligned_rows import AlignedRows, Differing
from rung.facts.column_charts import shift_chart
from rung.facts.column_shift import CurrentShifts
from rung.facts.mechanics import Change, CurrentChanges
from rung.inputs.model import Model

# A change is believed when undoing it brings the column back to where chance puts it (p > 0.01), or takes away four fifths of it. Small drifts look like
# small factors or like log(1 + x), so below a distance of 0.4 only fills and swaps are believed. Chosen by hand, see fault bench.
BELIEVED_P, LEFT, LARGE = 0.01, 0.2, 0.4
EXPLAINS = ("feature-drift", "multivariate-drift", "prediction-drift", "performance-decay", "unseen-categories", "category-variants", "inconsistent-units", "schema-change", "missing-values", "sentinel-values", "outliers", "out-of-distribution-input")  # fmt: skip


@check("P201", severity="error", explains=EXPLAINS)
def train_serving_skew(
    changes: CurrentChanges, shifts: CurrentShifts | None, aligned: AlignedRows | None,
    model: Model | None,
) -> Iterator[Finding]:  # fmt: skip
    """Production rows are prepared in another way than the rows that the model was fitted on.

    Why it matters:
        The model is right and its inputs are wrong: predictions change without an error message.
    Likely cause:
        Two code paths: a scaler fitted again on the batch, another fill value, another unit, another order of columns, rounding, other spellings.
    How it decides:
        Production rows that are the test or training rows in the same order are compared value by value. Otherwise every column that moved is put through the inverses of
        common operations (known units, scaling, logarithm, sign, swapped columns, fill values, rounding, spelling); one is believed when it brings the distance to
        training, above 0.4 before, back to where chance puts it (p > 0.01) or takes away four fifths of it. A column whose production values have mean 0 and deviation 1
        exactly was scaled by its own rows.
    When it is wrong:
        The world changed by just such a factor, such as a currency reform.
    Fix:
        Serve with the fitted pipeline itself instead of a second implementation.
    Verify:
        One row through both paths gives the same features and the same prediction.
    Prevent:
        numpy.testing.assert_allclose(serving_features(row), training_features(row))
    Sources:
        Sculley et al. (2015), Hidden technical debt; Breck et al. (2017), The ML test score: training and serving features are compared.
    """
    if aligned is not None:
        yield from _row_by_row(aligned, changes, model)
        return
    believed = [each for each in (changes.changes) if _believed(each)]
    groups: dict[str, list[Change]] = {}
    for each in believed:
        groups.setdefault(each.what if each.kind == "unit" else each.kind, []).append(each)
    for group in sorted(groups.values(), key=lambda group: -max(each.before for each in group))[:5]:
        moved = [shifts.shifts.of(each.name) for each in group[:2]] if shifts is not None else []
        yield _finding(group, tuple(shift_chart(each, "production") for each in moved if each is not None), model)


def _believed(each: Change) -> bool:
    if each.kind in ("recoded", "rounded", "refitted"):
        return True
    restored = each.p_after > BELIEVED_P or each.after < LEFT * each.before
    return restored and (each.before > LARGE or each.kind in ("filled", "swapped"))


def _step(model: Model | None, names: list[str]) -> str:
    """The first step that is given the column: there the two paths part."""
    step = next((each for each in (model.steps if model is not None else ()) if set(names) & set(each.columns)), None)
    return f" The first step that it reaches is '{step.path}' ({step.type_name})." if step is not None else ""


def _finding(group: list[Change], charts: tuple[Evidence, ...], model: Model | None) -> Finding:
    first, names = group[0], [each.name for each in group]
    more = f" (and {len(group) - 1} more columns)" if len(group) > 1 else ""
    worth = {
        "rounded": f" in all {first.m:,} rows, where training is finer",
        "refitted": f" over {first.m:,} rows, so the scaler was fitted again on the batch",
    }.get(first.kind, f": undone, the distance to training falls from {first.before:.2f} to {first.after:.2f}")
    return Finding(
        subject=Subject(
            kind="columns" if len(names) > 1 else "column",
            names=tuple(dict.fromkeys([*names, *(each.other for each in group if each.other)])),
        ),
        message=f"'{first.name}'{more} in production is {first.what}{worth}.{_step(model, names)}",
        severity=Severity.WARNING if first.kind == "rounded" else Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if first.p_after > BELIEVED_P else Confidence.LIKELY,
        evidence=charts,
        remedy=_remedy([each.undo for each in group if each.undo]),
    )


def _remedy(undo: list[str]) -> Remedy:
    return Remedy(
        fix="Send raw rows through the fitted pipeline, so that one code path prepares both.",
        patch="\n".join(["rows = current.copy()", *dict.fromkeys(undo[:8]), "model.predict(rows)"]) if undo else None,
        prevent="numpy.testing.assert_allclose(pipeline[:-1].transform(rows), served_features)",
    )


def _row_by_row(aligned: AlignedRows, changes: CurrentChanges, model: Model | None) -> Iterator[Finding]:
    if not aligned.differing:
        return
    known = {each.name: each for each in (changes.changes) if _believed(each)}
    found = sorted(aligned.differing, key=lambda each: -each.share)
    first, names = found[0], [each.name for each in found]
    what = f"; it is {known[first.name].what}" if first.name in known else ""
    more = f" and {len(found) - 1} more columns differ" if len(found) > 1 else " differs"
    yield Finding(
        subject=Subject(kind="columns" if len(names) > 1 else "column", names=tuple(names[:50]), rows=first.rows),
        message=(
            f"Production holds the {aligned.role} rows ({len(aligned.same)} columns agree in all {aligned.n:,} rows), but '{first.name}'{more}, in {first.share:.1%} of "
            f"the rows: {first.ours[0]!r} for {first.theirs[0]!r}{what}.{_step(model, names)}"
        ),
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=tuple(_pairs(each, aligned.role) for each in found[:3]),
        remedy=_remedy([known[name].undo for name in names if name in known and known[name].undo]),
    )


def _pairs(each: Differing, role: str) -> Ranking:
    rows = tuple(zip(each.rows, each.theirs, each.ours, strict=True))
    return Ranking(
        title=f"'{each.name}' row by row", columns=("row", role, "production"), rows=rows, reading="The same rows, prepared in two ways."
    )
