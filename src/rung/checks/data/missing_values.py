"""D101: missing values that the model cannot take."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Code, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.missing import MissingColumn, MissingValues
from rung.stats.intervals import newcombe

# Confidence of one column's interval before it is divided among the columns. By hand, see fault bench.
LEVEL = 0.999
# Periods and entities differ in what they report: a column that had gaps before is left to them below this rise. By hand.
NATURAL_RISE, COMPLETE = 0.5, 0.01


@check("D101", severity="warning", explains=("feature-drift", "multivariate-drift", "train-serving-skew", "preprocessing-leakage"))
def missing_values(missing: MissingValues, *, min_rise: float = 0.05) -> Iterator[Finding]:
    """Values are missing that the model or pipeline cannot take, or far more than its training saw.

    Why it matters:
        Some estimators raise, others fill in a constant without a word; with far more holes than in training the model sees mostly that
        constant.
    Likely cause:
        A join that found no match, a field that is optional in one source, a sensor that was off, a column that was renamed.
    How it decides:
        Exact counts in every table. Where a model is given it is asked about rows with and without missing values: error if it answers
        only the latter. Warning
        where a later table misses at least `min_rise` more of a column than training did and the interval of the difference (Newcombe,
        at a level shared
        among all columns, rows of one declared entity counted by what they are worth together) stays above half of that. A test set of later rows or other
        entities may honestly have other gaps: there a column with gaps in training must miss half of all rows more. All other missing values are a note, for nobody is harmed by them yet.
    When it is wrong:
        A field that production fills later is missing in a fresh table by nature; a model with its own way of handling holes loses less
        than feared.
    Fix:
        Put an imputer (with an indicator) into the pipeline, or take a learner that handles missing values; mend the source where the
        share has risen.
    Verify:
        The model answers every row, and scores rows with holes apart from the others.
    Prevent:
        assert (current.isna().mean() <= train.isna().mean() + 0.05).all()
    Sources:
        Newcombe (1998) for the difference of two shares.

    min_rise : rise of a column's missing share between training and a later table, 0..1, from which it is more than a note.
    """
    if missing.refused and missing.answers_complete:
        yield _refused(missing)
    risen = [(each, where, rise) for each in missing.columns for where, rise in _rises(each, missing, min_rise)]
    for each, where, _rise in sorted(risen, key=lambda found: -found[2])[:10]:
        yield _risen(each, where)
    told = {each.column for each, _, _ in risen}
    rest = [each for each in missing.columns if each.column not in told and each.train[0]]
    if rest and not (missing.refused and missing.answers_complete):
        yield _note(rest, missing)


def _rises(each: MissingColumn, missing: MissingValues, min_rise: float) -> Iterator[tuple[str, float]]:
    """Tables in which clearly more is missing than in training."""
    level = 1 - (1 - LEVEL) / max(1, missing.n_columns)
    for where, counts in each.later.items():
        if counts[1] and each.train[1]:
            least = NATURAL_RISE if where == "test" and missing.natural and each.share > COMPLETE else min_rise
            after, before = ([each.worth * count for count in pair] for pair in (counts, each.train))
            rise = newcombe(after[0], after[1], before[0], before[1], level)
            if rise.value >= least and rise.low > least / 2:
                yield where, rise.value


def _refused(missing: MissingValues) -> Finding:
    names = tuple(each.column for each in missing.columns)
    bare = tuple(each.column for each in missing.columns if not each.imputed) or names
    return Finding(
        subject=Subject(
            kind="columns", names=bare[:20], rows=missing.rows if missing.refused_in == "train" else (), detail="the model fails on them"
        ),
        message=f"The model fails on {missing.refused_in} rows with missing values ({len(names)} columns, most in '{names[0]}'): {missing.refused[:120]}",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            _bars(list(missing.columns)),
            Code(title="What the model said", file="", first_line=1, lines=(missing.refused,)),
        ),
        remedy=_remedy(bare[0]),
    )


def _risen(each: MissingColumn, where: str) -> Finding:
    count, rows = each.later[where]
    filled = f"; the pipeline fills in {each.fill:.4g}" if each.fill is not None else ""
    return Finding(
        subject=Subject(kind="column", names=(each.column,), detail=f"rows of the {where} table"),
        message=f"'{each.column}' is missing in {count / rows:.1%} of {rows:,} {where} rows, against {each.share:.1%} in training{filled}.",
        severity=Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Bars(
                title=f"Missing share of '{each.column}'",
                labels=("train", *each.later),
                values=(each.share, *(missed / max(1, total) for missed, total in each.later.values())),
                marked=(where,),
                unit="share of rows",
                reading="The model learned with the first and is used with the others.",
            ),
            Measure(title="Rise of the missing share", value=count / rows - each.share, limit=0.0),
        ),
        remedy=_remedy(each.column),
    )


def _note(rest: list[MissingColumn], missing: MissingValues) -> Finding:
    return Finding(
        subject=Subject(kind="columns", names=tuple(each.column for each in rest[:20]), rows=missing.rows),
        message=f"{len(rest)} of {missing.n_columns} features have missing values, most in '{rest[0].column}' ({rest[0].share:.1%} of the rows).",
        severity=Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(_bars(rest),),
        remedy=_remedy(rest[0].column),
    )


def _remedy(name: str) -> Remedy:
    return Remedy(
        fix="Impute inside the pipeline, with an indicator, or take a learner that handles missing values.",
        patch="model = make_pipeline(SimpleImputer(strategy='median', add_indicator=True), estimator)",
        prevent=f"assert test[{name!r}].isna().mean() <= train[{name!r}].isna().mean() + 0.05",
        experiment=None,
    )


def _bars(columns: list[MissingColumn]) -> Bars:
    shown = columns[:30]
    return Bars(
        title="Missing values in training",
        labels=tuple(each.column for each in shown),
        values=tuple(each.share for each in shown),
        unit="share of rows",
        reading="Counted over all rows.",
    )
