"""D304: rows in both training and test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.evidence import Bars, RowSample
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.overlap import Matches, Overlap
from rung.facts.repeats import Oversampled, Repeats
from rung.inputs.case import Test, Train
from rung.stats.distributions import binomial_tail
from rung.stats.intervals import wilson

ALPHA = 1e-3  # one false alarm in 1,000 tables, on top of the upper bound of what is natural
FAR = 10.0
SHOWN = 5
COLUMNS = 8


EXPLAINS = ("overfitting", "group-leakage", "unstable-scores")


@check("D304", instrument=True, severity="error", explains=(*EXPLAINS, "duplicate-rows"))
def split_overlap(
    overlap: Overlap,
    repeats: Repeats | None,
    drawn: Oversampled | None,
    train: Train,
    test: Test,
    *,
    min_share: float = 0.005,
    min_ratio: float = 2.0,
) -> Iterator[Finding]:
    """Rows of the test set also stand in the training set, so that the test rewards remembering.

    Why it matters:
        A model that learns rows by heart is right on these rows, and the test score promises what new rows will not give.
    Likely cause:
        Rows were repeated (over-sampling, a join that multiplies, an export loaded twice) before the table was split, or the files share a period.
    How it decides:
        Every test row is looked up in training, target included: equal in all columns; equal in all but one (two in narrow tables); or, in its
        numbers, far nearer than held-out rows ever are. The same is done with training rows held out of training, which gives the share that
        repeats naturally. Found where the count is beyond that share (binomial tail, upper bound of the natural share) and at least twice it.
    When it is wrong:
        Few possible rows (a handful of yes/no columns) repeat by themselves: then held-out training rows repeat as often, and the rule is silent.
        Rows that somebody repeated before a random split repeat inside training too, and are counted all the same: the rule on duplicate rows names the root.
    Fix:
        Remove repeats before splitting; keep all copies of a row on one side.
    Verify:
        Fit without the shared rows and score the same test rows: the score falls.
    Prevent:
        assert not pd.merge(train, test).shape[0]
    Sources:
        Wilson (1927) for the bound. Limits of share and ratio chosen by hand, see fault bench.
    min_share : share of the test rows beyond the natural one from which it matters.
    min_ratio : observed over natural share from which it is no accident of the draw.
    """
    # Rows that somebody repeated before the split repeat inside training as well: that makes them no more natural.
    chance = overlap.equal.expected
    if repeats is not None and repeats.unnatural():
        chance = repeats.expected / repeats.n_rows
    elif drawn is not None and drawn.label:
        chance = drawn.elsewhere
    repeated = chance < overlap.equal.expected
    beyond = [
        (each, excess)
        for each in (replace(overlap.equal, expected=chance), overlap.near)
        if (excess := _excess(each, min_share, min_ratio)) > 0
    ]
    if beyond:
        found = _finding([each for each, _ in beyond], sum(excess for _, excess in beyond), overlap, train, test)
        yield replace(found, explains=EXPLAINS) if repeated else found


def _excess(matches: Matches, min_share: float, min_ratio: float) -> float:
    """Share of the test rows beyond what is natural, 0 where that is within chance."""
    n, found = matches.n_asked, len(matches.test_rows)
    if found < 3 or not matches.n_null:
        return 0.0
    natural = _natural(matches)
    likely = binomial_tail(found, n, natural) if natural < 1 else 1.0
    share = found / n - matches.expected
    return share if likely < ALPHA and share >= min_share and found / n >= min_ratio * natural else 0.0


def _natural(matches: Matches) -> float:
    """Upper bound of the share that has a twin by nature."""
    held = wilson(round(min(1.0, matches.expected) * matches.n_null), matches.n_null, 0.99)
    return min(1.0, held.high if matches.expected else held.high / 2)


def _finding(ways: list[Matches], excess: float, overlap: Overlap, train: Train, test: Test) -> Finding:
    """Of equal rows, nearly equal ones, or both: a jitter or a rounding leaves some copies as they were."""
    return Finding(
        subject=Subject(kind="split", rows=tuple(int(row) for each in ways for row in each.test_rows), detail="rows of the test set"),
        message=_message(ways),
        severity=Severity.CRITICAL if excess >= 0.2 else Severity.ERROR if excess >= 0.02 else Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN if any(each.way == "equal" or _far_beyond(each) for each in ways) else Confidence.LIKELY,
        evidence=tuple(
            part
            for each in ways
            for part in (
                Bars(
                    title="Share of rows with a twin in training" + (f" ({each.way})" if len(ways) > 1 else ""),
                    labels=("test rows", "training rows held out"),
                    values=(len(each.test_rows) / each.n_asked, min(1.0, each.expected)),
                    marked=("test rows",),
                    reading="Equal bars mean that repeats are natural here.",
                ),
                _pairs(each, overlap, train, test),
            )
        ),
        remedy=Remedy(
            fix="Take the shared rows out of training (or of the test set), and remove repeats before the next split.",
            patch="keys = list(test.columns)\ntest = test[~test.set_index(keys).index.isin(train.set_index(keys).index)]",
            prevent="assert not pd.merge(train.drop_duplicates(), test.drop_duplicates()).shape[0], 'rows in both train and test'",
            experiment="remove-overlap",
        ),
    )


def _far_beyond(matches: Matches) -> bool:
    """So many near twins that no kinship within the table explains them: ten times the bound of what is natural."""
    return len(matches.test_rows) / matches.n_asked >= FAR * _natural(matches)


def _message(ways: list[Matches]) -> str:
    first, found = ways[0], len(ways[0].test_rows)
    more = "".join(f" and {len(each.test_rows):,} of the other {each.n_asked:,} are {each.way}" for each in ways[1:])
    natural = " and ".join(f"{min(1.0, each.expected):.1%}" for each in ways)
    return (
        f"{found:,} of {first.n_asked:,} test rows ({found / first.n_asked:.1%}) are {first.way} to a training row{more}; "
        f"{natural} would be natural in this table."
    )


def _pairs(matches: Matches, overlap: Overlap, train: Train, test: Test) -> RowSample:
    """Twins side by side, the test row first."""
    names = list(overlap.columns[:COLUMNS])
    sides = []
    for table, rows, side in ((test.table, matches.test_rows, "test"), (train.table, matches.train_rows, "train")):
        part = table.frame.select(names)[np.asarray(rows[:SHOWN])].cast(pl.String, strict=False)
        sides.append([(side, *row) for row in part.rows()])
    order = [row for pair in zip(*sides, strict=True) for row in pair]
    positions = [int(row) for pair in zip(matches.test_rows[:SHOWN], matches.train_rows[:SHOWN], strict=True) for row in pair]
    return RowSample(
        title="Twins",
        columns=("set", *names),
        positions=tuple(positions),
        values=tuple(order),
        reading="Each test row, and below it its twin in training.",
    )
