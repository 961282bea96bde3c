"""P303: the model predicts otherwise after it was saved and loaded."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.errors import Unavailable
from rung.core.evidence import RowSample
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.rebuilt import Agreement, Rebuilt, StoredPredictions


@check("P303", severity="error", explains=("prediction-drift", "performance-decay"))
def serialization_mismatch(rebuilt: Rebuilt | None, stored: StoredPredictions | None) -> Iterator[Finding]:
    """The model predicts otherwise after it was saved and loaded.

    Why it matters:
        What was evaluated is not what is served.
    Likely cause:
        A custom class keeps part of what it learned outside of its saved state: __getstate__, __reduce__, a module-level variable, a lambda.
    How it decides:
        The model is saved and loaded in memory and asked for the same rows, at most 2,000; any row on which the model agrees with itself and not with its copy (beyond 1e-5 of the
        value) is a difference. A declared column of stored predictions is compared in the same way. A model that cannot be saved at all is a note.
    When it is wrong:
        The stored predictions come from another model on purpose.
    Fix:
        Keep everything that was learned in attributes that end up in the saved state.
    Verify:
        Save, load and predict: the values are equal.
    Prevent:
        numpy.testing.assert_allclose(pickle.loads(pickle.dumps(model)).predict(rows), model.predict(rows))
    Sources:
        Python documentation, pickling class instances; equality of two predictions for one row, by definition.
    """
    if rebuilt is None and stored is None:
        raise Unavailable("needs a model (--model)")
    if rebuilt is not None and rebuilt.agreement is not None and rebuilt.agreement.n_differing:
        yield _differs(rebuilt.agreement)
    elif rebuilt is not None and rebuilt.error:
        yield _unsaved(rebuilt.error)
    if stored is not None and stored.agreement.n_differing:
        yield _stored(stored.column, stored.agreement)


def _differs(found: Agreement) -> Finding:
    return Finding(
        subject=Subject(kind="model", rows=found.rows, detail="saved and loaded"),
        message=f"Saved and loaded, the model predicts otherwise for {found.n_differing:,} of {found.n:,} {found.role} rows{_by(found)}.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(_sample(found, "as given", "saved and loaded"),),
        remedy=Remedy(
            fix="Look at __getstate__, __setstate__ and __reduce__ of your own classes: something learned in fit is not saved.",
            prevent="numpy.testing.assert_allclose(pickle.loads(pickle.dumps(model)).predict(rows), model.predict(rows))",
        ),
    )


def _unsaved(error: str) -> Finding:
    return Finding(
        subject=Subject(kind="model", detail="cannot be saved"),
        message=f"The model cannot be saved and loaded again: {error[:160]}",
        severity=Severity.NOTE,
        confidence=Confidence.LIKELY,
        remedy=Remedy(
            fix="Define classes and functions that the model holds in an importable module instead of a script, a notebook cell or a lambda."
        ),
    )


def _stored(column: str, found: Agreement) -> Finding:
    # A few rows may have been corrected by hand; a whole column of other values comes from another model or another state of this one.
    whole = found.n_differing > 0.01 * found.n
    return Finding(
        subject=Subject(kind="column", names=(column,), rows=found.rows),
        message=f"'{column}' differs from what the model predicts for {found.n_differing:,} of {found.n:,} {found.role} rows{_by(found)}.",
        severity=Severity.ERROR if whole else Severity.WARNING,
        confidence=Confidence.LIKELY,
        evidence=(_sample(found, "model", column),),
        remedy=Remedy(
            fix=f"Find out which artefact wrote '{column}'; predict anew with the one that was evaluated.",
            patch=f"test[{column!r}] = model.predict(test)",
        ),
    )


def _by(found: Agreement) -> str:
    return f", by up to {found.largest:.3g}" if found.largest == found.largest else ""


def _sample(found: Agreement, here: str, there: str) -> RowSample:
    rows = tuple(zip(found.here, found.there, strict=True))
    return RowSample(
        title="Rows that differ", columns=(here, there), positions=found.rows, values=rows, reading="Each row was asked of both."
    )
