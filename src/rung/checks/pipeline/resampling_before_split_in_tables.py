"""P103 seen in tables: rows made up between others stand on both sides of the split."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Subject
from rung.core.marks import witness
from rung.facts.made_up import MadeUpRows

LEAST = 10  # test rows
SHARE = 0.02  # of the test rows of these classes


@witness("P103")
def resampling_before_split_in_tables(made: MadeUpRows) -> Iterator[Finding]:
    """Of a class that was balanced after the split no test row is made up."""
    count = len(made.test_rows)
    if count < LEAST or count < SHARE * made.n_test or not len(made.train_rows):
        return
    named = " and ".join(f"'{label}'" for label in made.labels[:3])
    yield Finding(
        subject=Subject(kind="split", rows=tuple(int(each) for each in made.test_rows), detail="test rows made up"),
        message=f"{count:,} of {made.n_test:,} test rows of {named} look made up, as {len(made.train_rows):,} of {made.n_train:,} training rows do: "
        f"in {len(made.columns)} columns they have more decimals than any row of the class left alone.",
        confidence=Confidence.NEAR_CERTAIN,
        # What the rule explains, and group-leakage: rows that were made up lie near their parents.
        explains=("split-overlap", "overfitting", "duplicate-rows", "miscalibration", "label-shift", "group-leakage"),
        evidence=(
            Bars(
                title=f"Share of the rows of {named} that are off the grid",
                labels=("training", "test"),
                values=(len(made.train_rows) / max(1, made.n_train), count / max(1, made.n_test)),
                marked=("test",),
                reading="Balanced after the split, the test rows would be measured ones.",
            ),
            Ranking(
                title="Decimals that measured rows make do with",
                columns=("column", "decimals"),
                rows=tuple(zip(made.columns[:10], made.decimals[:10], strict=True)),
            ),
        ),
        remedy=Remedy(
            fix="Split first and balance the training part only; until then score the measured test rows alone.",
            patch="X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y)\nX_train, y_train = sampler.fit_resample(X_train, y_train)",
            experiment="score-measured-rows",
        ),
    )
