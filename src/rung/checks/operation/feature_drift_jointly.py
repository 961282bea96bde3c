"""O102 by another way: columns that go together otherwise, though none moved by itself."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Evidence, Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.current_drift import CurrentDrifts
from rung.facts.domain_classifier import Separation
from rung.facts.joint_drift import JointDrift, Pair

ALPHA = 0.001  # all pairs of columns together, as the 99.9 % interval of the classifier's AUC
MIN_CORRELATION = 0.2  # change of a correlation that counts as drift where there are no rows to prove it on


@witness("O102")
def feature_drift_jointly(joint: JointDrift, drifts: CurrentDrifts, *, min_auc: float = 0.55) -> Iterator[Finding]:
    """See the rule's page: boosted trees over columns that did not move, or correlations where only a snapshot is left."""
    told = _apart(joint.separation, min_auc) if joint.separation is not None else _correlated(joint.pairs)
    if told is None:
        return
    names, how, evidence = told
    shown = ", ".join(map(repr, names[:3]))
    yield Finding(
        subject=Subject(kind="columns", names=names, detail="jointly"),
        message=f"Production and reference rows differ in how {shown} go together, though none of them moved by itself: {how}.",
        severity=Severity.WARNING if drifts.split == "random" else Severity.NOTE,
        confidence=Confidence.LIKELY,
        evidence=evidence,
        remedy=Remedy(fix=f"Compare how {shown} are joined, sorted and computed now and then."),
    )


Told = tuple[tuple[str, ...], str, tuple[Evidence, ...]]


def _apart(found: Separation, min_auc: float) -> Told | None:
    if not found.beyond(min_auc):
        return None
    names = found.carriers
    shown = found.drops[:30]
    evidence = (
        Measure(
            title="AUC of telling the tables apart",
            value=found.auc,
            low=found.low,
            high=found.high,
            limit=0.5,
            reading="0.5: they are alike.",
        ),
        Bars(
            title="Fall of the AUC when the column is shuffled",
            labels=tuple(n for n, _ in shown),
            values=tuple(v for _, v in shown),
            marked=names,
        ),
    )
    return names, f"a classifier tells them apart with an AUC of {found.auc:.3f} ({found.low:.3f} to {found.high:.3f})", evidence


def _correlated(every: tuple[Pair, ...]) -> Told | None:
    pairs = [each for each in every if each.p < ALPHA and abs(each.after - each.before) >= MIN_CORRELATION]
    if not pairs:
        return None
    names = tuple(dict.fromkeys(name for each in pairs for name in each.names))
    rows = tuple((*each.names, round(each.before, 3), round(each.after, 3)) for each in pairs)
    first = pairs[0]
    how = f"the correlation of '{first.names[0]}' and '{first.names[1]}' was {first.before:.2f} and is {first.after:.2f}"
    return names, how, (Ranking(title="Correlations that changed", columns=("column", "with", "reference", "production"), rows=rows),)
