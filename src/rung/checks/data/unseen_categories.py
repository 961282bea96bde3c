"""D114: categories that training never saw."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.unseen import UnseenColumn, UnseenLevels


@check(
    "D114", severity="warning", explains=("schema-change", "feature-drift", "multivariate-drift", "prediction-drift", "train-serving-skew")
)
def unseen_categories(unseen: UnseenLevels, *, min_share: float = 0.01) -> Iterator[Finding]:
    """Later rows hold categories that training never saw, so that the model has nothing to say about them.

    Why it matters:
        Depending on the encoder the prediction raises, falls back silently to "none of the known ones", or is encoded as another
        category.
    Likely cause:
        A new product, site or spelling; a renamed code; a table cut so that a whole category fell into one part; an encoder fitted on a
        subset.
    How it decides:
        Rows of the later table whose level is absent from all training rows. Rare levels are expected to appear: the Good-Turing estimate
        (levels seen once over rows) says how many such rows chance brings. Warning: at least `min_share` of the rows and 4 standard
        errors above that
        estimate, and, where rows are ordered by time, three times as many as in any equally long stretch of the later training rows (new
        levels come in bursts), unless ten or more new levels, or none with 5 % of the rows, join more than 50 known ones (players, products: new by nature). Error: the model's
        encoder is
        set to raise on unknown levels. Otherwise a note.
    When it is wrong:
        Columns whose levels are new by nature (order numbers, free text) belong among the identifiers; a bucket for rare levels may
        already absorb them.
    Fix:
        Map the new levels to known ones, or fit an encoder with a bucket for rare and unknown levels; collect rows of the new level and
        fit again.
    Verify:
        Score the rows with new levels apart from the others, before and after.
    Prevent:
        assert set(current[column].dropna()) <= set(train[column].dropna())
    Sources:
        Good (1953) on the chance of unseen species; Esty (1983) for its error; documentation of OneHotEncoder.

    min_share : rows with an unseen level over rows with a value, from which it is more than a note.
    """
    notes: list[UnseenColumn] = []
    for each in unseen.found:
        raises = each.handling == "error"
        material = each.share >= min_share and each.n_unseen >= 3 and each.news and not each.open_ended
        if raises or material:
            yield _finding(each, Severity.ERROR if raises else Severity.WARNING)
        else:
            notes.append(each)
    if notes:
        yield _collected(notes)


def _handled(each: UnseenColumn) -> str:
    if not each.encoder:
        return "no encoder was shown: it raises, is ignored or becomes missing, depending on the model"
    treated = {
        "error": "raises on them: the prediction fails",
        "ignore": "ignores them silently: the row counts as none of the known categories",
        "infrequent_if_exist": "puts them into the bucket of rare categories",
        "use_encoded_value": "gives them one reserved code",
        "value": "encodes them as the overall mean",
    }
    return f"'{each.encoder}' {treated.get(each.handling, f'has handle_unknown={each.handling!r}')}"


def _finding(each: UnseenColumn, severity: Severity) -> Finding:
    shown = ", ".join(repr(level) for level in each.levels[:3])
    return Finding(
        subject=Subject(kind="column", names=(each.column,), rows=each.rows, detail=f"rows of the {each.where} table"),
        message=(
            f"{each.n_unseen:,} of {each.n_known:,} {each.where} rows ({each.share:.1%}) hold a '{each.column}' "
            f"that training never saw ({shown}); "
            f"chance would bring {each.expected:.1f}; {_handled(each)}."
        ),
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=_evidence(each),
        remedy=Remedy(
            fix=f"Map the new levels of '{each.column}' to known ones or to a bucket for rare levels, and fit again once they have rows.",
            patch=(
                f"known = set(train[{each.column!r}].dropna())\n"
                f"{each.where}[{each.column!r}] = {each.where}[{each.column!r}].where({each.where}[{each.column!r}].isin(known))\n"
                "# or: OneHotEncoder(handle_unknown='infrequent_if_exist', min_frequency=20)"
            ),
            prevent=f"assert set({each.where}[{each.column!r}].dropna()) <= set(train[{each.column!r}].dropna())",
        ),
    )


def _evidence(each: UnseenColumn) -> tuple[Bars, Measure]:
    return (
        Bars(
            title=f"Levels of '{each.column}' that training lacks",
            labels=each.levels,
            values=tuple(float(count) for count in each.counts),
            marked=each.levels,
            unit="rows",
            reading=f"None of these occurs in training, which knows {each.n_train_levels} levels.",
        ),
        Measure(
            title="Rows with an unseen level",
            value=float(each.n_unseen),
            limit=each.expected,
            unit="rows",
            reading="The limit is what chance brings by the Good-Turing estimate.",
        ),
    )


def _collected(notes: list[UnseenColumn]) -> Finding:
    worst = notes[0]
    names = tuple(dict.fromkeys(each.column for each in notes))
    return Finding(
        subject=Subject(kind="columns", names=names[:20], rows=worst.rows, detail=f"rows of the {worst.where} table for '{worst.column}'"),
        message=(
            f"{len(names)} columns hold levels that training never saw, as rare ones do: "
            f"at most {worst.share:.2%} of the rows ('{worst.column}', {worst.n_unseen} rows)."
        ),
        severity=Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=_evidence(worst),
        remedy=Remedy(
            fix="Fit the encoder with a bucket for rare and unknown levels.",
            patch="OneHotEncoder(handle_unknown='infrequent_if_exist', min_frequency=20)",
        ),
    )
