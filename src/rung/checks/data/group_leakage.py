"""D303: rows of one entity on both sides of the split."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.group_gap import KNOWN, ONE_LABEL, EntityGap, EntityGaps
from rung.facts.how_split import HowSplit
from rung.facts.score import Metric


@check("D303", instrument=True, severity="error", explains=("overfitting", "split-overlap", "identifier-feature", "target-leakage"))
def group_leakage(
    entities: EntityGaps, metric: Metric, split: HowSplit | None, *, min_gap: float = 0.02, min_shared: float = 0.1
) -> Iterator[Finding]:
    """Rows of one entity are trained on and tested on, so that recognising the entity passes for understanding.

    Why it matters:
        The score holds for customers, patients or machines that are known already; for new ones it is lower.
    Likely cause:
        A table with several rows an entity (visits, orders, frames of one film) was split at random, row by row.
    How it decides:
        The entity is the declared group, or a column in the form or under the name of a key whose at least 20 values come back. A forest that
        remembers rows is scored twice without that column: on folds at random, and on folds that keep an entity together. Found where the paired
        interval of the difference excludes zero, the difference is at least 0.02 (less near a perfect score) and twice that of folds by entities drawn at random,
        and, with a test set, at least 10 % of its rows belong to entities of the training set. Without one it says what a random split would do.
        Also found where the name itself is a feature, nine tenths of the target's variance lie between entities, and half of the test rows are known.
        Without such a column, rows that lie far nearer to each other than to any stranger are taken for one entity.
        Where all test rows are later than training's, entities that are known by then come back as they will in use: a note, what new ones would get.
    When it is wrong:
        The entity is the unit of prediction in use too: the same customers come back. Then the split at random is right.
    Fix:
        Split by entity, and cross-validate with grouped folds.
    Verify:
        The grouped score is what new entities will give.
    Prevent:
        assert not set(train[entity]) & set(test[entity])
    Sources:
        Roberts et al. (2017), Cross-validation strategies for data with temporal, spatial, hierarchical structure. Limits by hand, see fault bench.
    min_gap : difference of the score from which it matters.
    min_shared : share of test rows with an entity of the training set from which the split is to blame.
    """
    forward = split is not None and split.kind == "forward"
    for each in entities.gaps:
        apart = not np.isnan(each.shared_share) and each.shared_share < min_shared
        if each.proven(metric.best, min_gap) and not apart:
            yield _finding(each, metric, forward=forward)
            return
        if each.recalled and not forward:
            yield _by_heart(each, metric)
            return


def _by_heart(each: EntityGap, metric: Metric) -> Finding:
    """The other columns gain nothing by it, but the name itself stands among the features and tells the label."""
    return Finding(
        subject=Subject(kind="column", names=(each.column,)),
        message=f"'{each.column}' names {each.n_entities:,} entities whose rows have nearly one label each ({each.alike:.0%} of its variance lies between "
        f"entities), and {each.shared_share:.0%} of the test rows belong to entities that training knows: a model with this column recalls instead of predicting.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(
                title="Target's variance between entities",
                value=each.alike,
                limit=ONE_LABEL,
                unit="share",
                reading="1: one answer an entity.",
            ),
            Measure(title="Test rows of known entities", value=each.shared_share, limit=KNOWN, unit="share of rows"),
            Measure(title=f"{metric.name} without the column, entities never seen", value=each.grouped.mean),
        ),
        remedy=Remedy(
            fix=f"Leave '{each.column}' out of the features, and split by it.",
            patch=f"features = table.drop(columns=[{each.column!r}])",
            prevent=f"assert not set(train[{each.column!r}]) & set(test[{each.column!r}])",
            experiment="split-by-group",
        ),
    )


def _finding(each: EntityGap, metric: Metric, *, forward: bool) -> Finding:
    has_test = not np.isnan(each.shared_share)
    where = f"{each.shared_share:.0%} of the test rows belong to entities in '{each.column}' that training knows" if has_test else ""
    split = (
        where or f"'{each.column}' names {each.n_entities:,} entities of {each.rows_per_entity:.1f} rows, which a random split would part"
    )
    gap = each.gap
    # Whoever declares the groups and has not split yet needs no alarm.
    alarm = Severity.CRITICAL if gap.value >= 0.1 else Severity.ERROR
    severity = Severity.NOTE if forward else alarm if has_test else Severity.NOTE if each.declared else Severity.WARNING
    return Finding(
        subject=Subject(kind="column", names=(each.column,)),
        message=f"{split}: {metric.name} {each.random.mean:.3f} on random folds, {each.grouped.mean:.3f} on entities never seen.",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN if each.declared and has_test else Confidence.LIKELY,
        evidence=(
            Bars(
                title=f"{metric.name} of a forest that remembers rows",
                labels=("random folds", "folds by entity", "folds by random entities"),
                values=(each.random.mean, each.grouped.mean, each.placebo.mean),
                marked=("folds by entity",),
                reading="The drop from the first bar to the second is what knowing the entity was worth.",
            ),
            Measure(
                title="Random minus grouped",
                value=gap.value,
                low=gap.low,
                high=gap.high,
                limit=0.0,
                reading="Above zero: rows of one entity help each other.",
            ),
            Measure(
                title="Target's variance between entities",
                value=each.alike,
                unit="share",
                reading="0: entities do not differ; 1: one answer an entity.",
            ),
        ),
        remedy=Remedy(
            fix=f"Split by '{each.column}', and cross-validate with folds that keep it together.",
            patch=f"from sklearn.model_selection import GroupShuffleSplit\nsplitter = GroupShuffleSplit(n_splits=1, test_size=0.25, random_state=0)\n"
            f"train_rows, test_rows = next(splitter.split(table, groups=table[{each.column!r}]))",
            prevent=f"assert not set(train[{each.column!r}]) & set(test[{each.column!r}])",
            experiment="split-by-group",
        ),
    )
