"""D303 seen in the rows themselves: near copies of one thing on both sides of the split."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.copy_gap import CopyGap
from rung.facts.group_gap import EntityGaps, beyond_placebo
from rung.facts.near_copies import NearCopies
from rung.facts.score import Metric

MIN_SHARED, MIN_GAP = 0.1, 0.02  # as for entities with a name


@witness("D303")
def group_leakage_of_copies(copies: NearCopies, gap: CopyGap | None, entities: EntityGaps | None, metric: Metric) -> Iterator[Finding]:
    """No column names the entity, but rows lie so near to each other that they must come from one, and a model scores by knowing it."""
    apart = not np.isnan(copies.shared_share) and copies.shared_share < MIN_SHARED
    named = entities is not None and any(each.proven(metric.best, MIN_GAP) or each.recalled for each in entities.gaps)
    if gap is None or apart or named or not beyond_placebo((gap.random, gap.together, gap.placebo), gap.gap, metric.best, MIN_GAP):
        return
    lost = gap.gap
    split = not np.isnan(copies.shared_share)
    told = (
        f"{copies.shared_share:.0%} of the test rows lie as near to a training row as copies do"
        if split
        else f"{copies.share:.0%} of the rows have a near copy"
    )
    yield Finding(
        subject=Subject(kind="rows", names=("near copies",), rows=tuple(copies.rows[:50].tolist())),
        message=f"{told} ('{copies.columns[0]}' and {len(copies.columns) - 1} other columns): {metric.name} {gap.random.mean:.3f} on random folds, "
        f"{gap.together.mean:.3f} where copies stay together.",
        severity=(Severity.CRITICAL if lost.value >= 0.1 else Severity.ERROR) if split else Severity.WARNING,
        confidence=Confidence.LIKELY,
        evidence=(
            Bars(
                title=f"{metric.name} of a forest that remembers rows",
                labels=("random folds", "copies together", "rows drawn at random together"),
                values=(gap.random.mean, gap.together.mean, gap.placebo.mean),
                marked=("copies together",),
                reading="The drop from the first bar to the second is what knowing the copy was worth.",
            ),
            Measure(title="Random minus together", value=lost.value, low=lost.low, high=lost.high, limit=0.0),
            Measure(title="Rows with a near copy", value=copies.share, limit=0.0, unit="share of rows",
                    reading=f"The rows spread in about {copies.dimension:.0f} directions; there so small a distance next to so large a gap is no chance."),
        ),
        remedy=Remedy(
            cause="Rows were copied with small changes (augmented, measured again, exported twice with other rounding) before the table was split.",
            fix="Make copies after the split and of training rows only; where one thing was measured several times, name it in a column and split by it.",
            patch="from sklearn.model_selection import GroupShuffleSplit  # groups: the thing that each row was made from",
            prevent="assert not set(train[origin]) & set(test[origin])",
            experiment="split-by-group",
        ),
    )  # fmt: skip
