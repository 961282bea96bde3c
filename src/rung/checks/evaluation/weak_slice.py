"""E301: a part of the rows where the model fails more than it knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from rung.core.evidence import Bars, Evidence, RowSample
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.how_split import HowSplit
from rung.facts.reliability import Reliability, goes_without
from rung.facts.schema import Schema
from rung.facts.scored import Scored
from rung.facts.slice_scan import Slice, SliceScan
from rung.facts.slice_words import shown_rows

SHOWN = 3
RATIO = 1.25  # mean absolute error inside over the expected one, lower bound; chosen by hand, see fault bench


@check("E301", severity="warning", explains=("confident-errors", "miscalibration"))
def weak_slice(
    scored: Scored, scan: SliceScan, schema: Schema, split: HowSplit | None, reliability: Reliability | None, *, min_excess: float = 0.1
) -> Iterator[Finding]:
    """In rows of one or two common conditions the model errs more than elsewhere, and does not know it.

    Why it matters:
        An average hides a group, a site or a month for which the model does not work; those concerned see nothing else.
    Likely cause:
        Few training rows of that kind, a feature that means or measures something else there, or labels that are worse there.
    How it decides:
        All conditions on single columns (fifths, quarters and halves of numbers, levels of categories, missing values) and all pairs are compared at once on
        one half of the judged rows. Up to ten, chosen one after the other, are put to the test on the other half, where the expectation comes from rows outside
        the slice: p by weighted Holm, most of the level to the strongest, below 0.005 over them (and the same with the halves exchanged),
        an excess error of at least `min_excess` with the lower end of its simultaneous interval at half of that (numbers: a mean absolute error 1.25 times the expected one). Excess is over what rows of like confidence show:
        a slice that the model knows to be hard is a note, as are all slices of a model without probabilities; numbers: a slice is known to be hard where
        unseen training rows like it were predicted as badly, and in a later period or among other entities, where levels move honestly, all slices of
        numbers are notes, and for classes those that are a stretch of time or one entity: what has come since training, the model cannot know. Rows of one entity or one stretch of time stay in one half, and count by what they are worth
        together. What holds more than half of the rows is no slice.
    When it is wrong:
        The labels of the slice are wrong and the model is right there; look at the rows.
    Fix:
        More training rows of that kind, the feature that is missing there, or a correction of the column that differs.
    Verify:
        The error inside the slice on new rows, beside the rest.
    Prevent:
        Score the slice by itself in the build, with its interval.
    Sources:
        Chung et al. (2019), Slice Finder; Holm (1979); Benjamini & Hochberg (1997) for the weights. Found and confirmed on different rows. Floors chosen by hand, see fault bench.

    min_excess : share of rows that are wrong beyond the expected share
    """
    grave: list[Slice] = []
    for each in scan.weak:
        # The same columns, cut a little elsewhere, are the same finding.
        if _matters(each, scored, min_excess) and not any(set(each.columns) & set(known.columns) for known in grave):
            grave.append(each)
    natural = scored.where == "test" and split is not None and split.natural
    yardstick = scan.sure_of_itself if scored.target.is_classification else not natural
    explains = _explains(grave, scored, reliability)
    for place, each in enumerate(grave[:SHOWN]):
        expected = not yardstick or (natural and any(one.date or one.column in (schema.time, schema.groups) for one in each.conditions))
        found = _finding(each, scored, scan, Severity.NOTE if expected else Severity.WARNING, first=place == 0)
        yield replace(found, explains=explains)
    known = {frozenset(each.columns) for each in grave}
    hard = [each for each in scan.hard if frozenset(each.columns) not in known and each.excess.low >= min_excess / 2]
    if not grave and scored.target.is_classification:
        for each in hard[:1]:
            yield _finding(each, scored, scan, Severity.NOTE, first=True)


def _matters(each: Slice, scored: Scored, min_excess: float) -> bool:
    if scored.target.is_classification:
        return each.excess.value >= min_excess and each.excess.low >= min_excess / 2 and each.inside >= 1.3 * each.expected
    known = float(np.nanmax([each.expected, each.before]))
    return each.expected + each.excess.low >= RATIO * known


def _explains(grave: list[Slice], scored: Scored, reliability: Reliability | None) -> tuple[str, ...]:
    """Probabilities that are off outside of the slices too are not off because of them."""
    if not grave or reliability is None or goes_without(scored, reliability, np.concatenate([each.rows for each in grave])):
        return ()  # what the rule says
    return ("confident-errors",)


def _finding(each: Slice, scored: Scored, scan: SliceScan, severity: Severity, *, first: bool) -> Finding:
    classes = scored.target.is_classification
    said = _said(each, scored, scan, known=any(each is one for one in scan.hard))
    return Finding(
        subject=Subject(
            kind="slice", names=each.columns, rows=tuple(int(scored.rows[place]) for place in each.rows[:50]), detail=each.text
        ),
        message=f"{said} ({each.n:,} rows that did not find it).",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN if each.p < 1e-4 else Confidence.LIKELY,
        evidence=(_bars(each, classes), *((_sample(each, scored),) if first else ())),
        remedy=Remedy(
            cause="The model is wrong there more often than it believes."
            if severity is not Severity.NOTE
            else "Rows of that kind are hard; the model's confidence may say so.",
            fix=f"Look at the rows with {each.text}; get more of them, or the feature that tells them apart, and refit.",
            prevent=f"Score rows with {each.text} by themselves in the build.",
        ),
    )


def _said(each: Slice, scored: Scored, scan: SliceScan, *, known: bool) -> str:
    """What is inside beside what was expected there; a slice that is hard and known to be so is beside the average alone."""
    if not scored.target.is_classification:
        return (
            f"The mean absolute error of rows with {each.text} is {each.inside:.4g}, {each.expected:.4g} was expected of such predictions and "
            f"{each.outside:.4g} is elsewhere"
        )
    if known:
        doubt = f"; by its own doubt {1 - float(scored.confidence[each.rows].mean()):.0%}" if scored.confidence is not None else ""
        return f"{each.inside:.0%} of the rows with {each.text} are wrong{doubt}, {each.outside:.0%} elsewhere"
    by = "by its own confidence" if scan.sure_of_itself else "of such predictions"
    return f"{each.inside:.0%} of the rows with {each.text} are wrong, {each.expected:.0%} were expected {by} and {each.outside:.0%} are elsewhere"


def _bars(each: Slice, classes: bool) -> Bars:
    high = each.inside + (each.excess.high - each.excess.value)
    return Bars(
        title="Share of wrong rows" if classes else "Mean absolute error",
        labels=("inside", "expected there", "elsewhere"),
        values=(each.inside, each.expected, each.outside),
        lows=(each.inside - (each.excess.value - each.excess.low), each.expected, each.outside),
        highs=(high, each.expected, each.outside),
        marked=("inside",),
        reading="On the half that did not find the slice; the interval holds for all slices that were put to the test.",
    )


def _sample(each: Slice, scored: Scored) -> Evidence:
    wrong = [int(place) for place in each.rows if not scored.target.is_classification or scored.wrong[place]]
    rows: RowSample = shown_rows(scored, wrong[:8], each.columns, "Wrong rows of the slice")
    return rows
