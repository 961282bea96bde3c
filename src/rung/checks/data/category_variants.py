"""D108: one category, several spellings."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.spellings import SpelledColumn, Spellings


@check("D108", severity="warning", explains=("unseen-categories", "feature-drift", "train-serving-skew"))
def category_variants(spellings: Spellings, *, min_share: float = 0.01, max_unseen: float = 0.2) -> Iterator[Finding]:
    """One category is spelled in several ways and counts as several.

    Why it matters:
        'Yes', 'yes ' and 'YES' become three columns; each has fewer rows to learn from, and the next spelling in production is unknown.
    Likely cause:
        Free typing, several sources with habits of their own, an export that pads with blanks, a changed form.
    How it decides:
        Levels that are equal once case, surrounding and double blanks, Unicode forms and dashes are taken off (dashes only between
        letters). Also rare words
        of five letters or more without digits that are one wrong letter away from a level 20 times as common, in columns of at most 200
        levels. Counted
        over training and test rows. Warning where such spellings cover `min_share` of the rows; a note below, and in free text: where the next row holds a
        level never seen before with a chance of `max_unseen` or more, nobody can learn from the levels, however they are spelled.
    When it is wrong:
        Codes in which case carries a meaning ('m' minute, 'M' month) or true words one letter apart. The experiment tells whether the
        model needs them apart.
    Fix:
        Tidy the column once, in the same place for training and serving, and map slips to the level that was meant.
    Verify:
        The merged column scores no worse on the same folds, with fewer levels.
    Prevent:
        train[column] = train[column].str.strip().str.casefold(), and assert train[column].isin(known).all()
    Sources:
        Unicode normalisation form KC (UAX 15); single slips: Damerau (1964); chance of a new level: Good (1953).

    min_share : rows with another spelling over rows with a value, from which it is more than a note.
    max_unseen : rows whose level occurs once over rows with a value, from which the column is free text.
    """
    for each in spellings.found:
        yield _finding(each, min_share, max_unseen)


def _finding(each: SpelledColumn, min_share: float, max_unseen: float) -> Finding:
    share = each.n_other / each.n_known
    largest = max(each.groups, key=lambda group: sum(group.counts))
    shown = ", ".join(repr(text) for text in (largest.kept, *largest.others[:3]))
    counts = share >= min_share and each.unseen_share < max_unseen
    single = all(len(text.strip()) == 1 for group in each.groups for text in (group.kept, *group.others))
    slips_only = all(group.slip for group in each.groups)
    return Finding(
        subject=Subject(kind="column", names=(each.column,), rows=each.rows),
        message=f"'{each.column}' spells {len(each.groups)} levels in {len(each.groups) + len(each.mapping)} ways ({shown}), {share:.1%} of {each.n_known:,} rows.",
        severity=Severity.WARNING if counts and not single else Severity.NOTE,
        confidence=Confidence.POSSIBLE if single else Confidence.LIKELY if slips_only else Confidence.NEAR_CERTAIN,
        evidence=(_ranking(each),),
        remedy=Remedy(
            fix=f"Give each level of '{each.column}' one spelling, in training and serving alike.",
            patch=_patch(each),
            prevent=f"assert train[{each.column!r}].dropna().eq(train[{each.column!r}].dropna().str.strip()).all()",
            experiment="merge-variants",
        ),
    )


def _patch(each: SpelledColumn) -> str:
    mapping = dict(list(each.mapping.items())[:40])
    return f"one_spelling = {mapping!r}\nfor frame in (train, test):\n    frame[{each.column!r}] = frame[{each.column!r}].replace(one_spelling)"


def _ranking(each: SpelledColumn) -> Ranking:
    rows = [
        (repr(other), count, repr(group.kept), group.kept_count, "one letter" if group.slip else "case, blanks or dashes")
        for group in each.groups
        for other, count in zip(group.others, group.counts, strict=True)
    ]
    rows.sort(key=lambda row: -row[1])
    return Ranking(
        title=f"Spellings in '{each.column}'",
        columns=("spelling", "rows", "stands for", "rows of that", "differs by"),
        rows=tuple(rows[:40]),
        reading="Each spelling on the left is counted as a category of its own.",
    )
