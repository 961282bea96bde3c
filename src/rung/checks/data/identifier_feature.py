"""D112: a feature that names the row or the entity."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.identifiers import Key, Keys
from rung.facts.single import ColumnScores

DENSE = 0.3  # unique whole numbers that fill a third of their range: a measure would have repeats. Birthday bound, see Sources


@check("D112", severity="warning", explains=("overfitting", "performance-decay", "noise-features", "unseen-categories"))
def identifier_feature(keys: Keys, scores: ColumnScores | None, *, min_unique: float = 0.98, min_skill: float = 0.2) -> Iterator[Finding]:
    """A feature that names the row or the entity cannot help on rows that the model has not seen.

    Why it matters:
        A model can learn the rows by heart through it: the score on known rows rises, the score on new ones falls.
    Likely cause:
        A database key, a saved index ('Unnamed: 0'), a hash or an account number was left among the features.
    How it decides:
        Whole numbers without a repeat that fill at least 30 % of their range or go up by one step from row to row; unique whole numbers under a name
        such as 'id'; texts of at most three words of which nearly none repeats; hashes and numbered codes with more than 50 values.
        A note as long as no given model uses it; a warning where the model's predictions move when its values are shuffled, or where a row number
        alone predicts the target, which only the order of the file can teach.
    When it is wrong:
        The entity is known in use and comes back, so that its code is a legitimate category. Dates, prices and measures are never accused.
    Fix:
        Leave it out of the features; keep it aside as index or as group for the split.
    Verify:
        Train without it on the same folds: the score does not fall.
    Prevent:
        assert train[column].nunique() < 0.98 * len(train)
    Sources:
        Birthday bound: n whole numbers drawn from a range of n/0.3 repeat with a chance above 1 - 1e-9 for n >= 150; below that steady steps are asked.
    min_unique : share of distinct values from which a text names the row.
    min_skill : skill of a row number alone (0 chance, 1 perfect) from which it does harm.
    """
    for key in keys.keys:
        kind = _kind(key, min_unique)
        if kind:
            skill = (scores.of(key.column.name) - scores.chance) / (1 - scores.chance) if scores is not None else 0.0
            yield _finding(key, kind, "numeric" in key.column.kind and skill >= min_skill, skill)


def _kind(key: Key, min_unique: float) -> str:
    n = key.column.n_rows - key.column.n_missing
    if key.column.kind == "numeric":
        if key.unique_share < 0.999:
            return ""
        years = all(1500 <= float(each) <= 2100 for each in key.examples)
        steady = key.step_share >= 0.95 and not years
        dense = key.dense_share >= DENSE and n >= 150
        return "row number" if steady or dense else "key" if key.named and n >= 100 else ""
    if key.decimal_share > 0.5 or n < 30:
        return ""
    if key.hex_share >= 0.9 and key.column.n_distinct > 50:
        return "hash"
    if key.unique_share >= min_unique:
        return "name"
    repeated = key.unique_share >= 0.1 or key.named
    return "code" if (key.coded_share >= 0.9 or key.named) and key.column.n_distinct > 50 and repeated else ""


def _finding(key: Key, kind: str, predicts: bool, skill: float) -> Finding:
    name = key.column.name
    used = bool(key.used)
    harm = (
        "; the model's predictions hang on it"
        if used
        else f"; alone it has {skill:.0%} of a perfect score, which only the order of the rows can teach"
        if predicts
        else ""
    )
    what = {"row number": "counts the rows", "key": "is a key", "hash": "holds hashes", "name": "names the row", "code": "names an entity"}[
        kind
    ]
    return Finding(
        subject=Subject(kind="column", names=(name,)),
        message=f"'{name}' {what}: {key.column.n_distinct:,} different values in {key.column.n_sampled:,} rows{harm}.",
        # An entity that comes back (a plane, a shop) may be known in production too: that is for the split to settle.
        severity=Severity.WARNING if (used and kind != "code") or predicts else Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN if kind in ("row number", "hash") or key.named else Confidence.LIKELY,
        evidence=(
            Measure(
                title="Distinct values over rows",
                value=key.unique_share,
                limit=1.0,
                unit="share",
                reading="1 means that no value ever comes back.",
            ),
            Ranking(
                title=f"Values of '{name}'",
                columns=("value",),
                rows=tuple((each,) for each in key.examples),
                reading="The first values of the column.",
            ),
        ),
        remedy=Remedy(
            fix=f"Leave '{name}' out of the features; keep it aside as an index or as the group of the split.",
            patch=f"train = train.drop(columns=[{name!r}])",
            prevent=f"assert {name!r} not in model.feature_names_in_",
            experiment="drop-feature",
        ),
    )
