"""E102 seen in the ledger of looks: models that were scored on this test set before."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.test_wear import TestWear
from rung.inputs.looks import Look, TestLooks

MATTERS = 0.005  # optimism of the score that matters to somebody: half a point, as in the experiments
GRAVE = 0.02
SHOWN = 30


@witness("E102")
def reuse_in_the_ledger(wear: TestWear, ledger: TestLooks, *, min_models: int = 3) -> Iterator[Finding]:
    """Warned of where three models or more were scored on these rows, and where the present one stands among them tells of luck."""
    count = len(wear.looks)
    if count < 2:
        return
    gained = wear.optimism
    matters = count >= min_models and gained.expected >= MATTERS
    severity = Severity.ERROR if matters and gained.expected >= GRAVE else Severity.WARNING if matters else Severity.NOTE
    now = wear.looks[-1]
    yield Finding(
        subject=Subject(kind="split", names=("test set",), detail=f"fingerprint {now.test}"),
        message=(
            f"{count} models were scored on these {now.n_rows:,} test rows in {wear.n_looks} looks; for the present one's {now.metric} of "
            f"{now.score:.3f} that implies an optimism of {gained.expected:.3f}, at most {gained.at_most:.3f} if each was built on the answers before."
        ),
        severity=severity,
        confidence=Confidence.LIKELY,
        evidence=(_scores(wear.looks), _optimism(wear)),
        remedy=Remedy(
            cause=f"The ledger '{ledger.file}' holds every look since it was begun.",
            fix="Choose by cross-validation on training rows; have a test set that nobody has looked at for the last word.",
            verify="Score the chosen model once on rows that took no part in any choice.",
            prevent="Keep the ledger under version control beside the test set: `--test-ledger auto`.",
            safety="show",
        ),
    )


def _scores(looks: tuple[Look, ...]) -> Bars:
    shown = looks[-SHOWN:]
    labels = tuple(f"{place}. {each.name}" for place, each in enumerate(shown, start=len(looks) - len(shown) + 1))
    return Bars(
        title=f"{looks[-1].metric} of the models that were scored on this test set",
        labels=labels,
        values=tuple(each.score for each in shown),
        lows=tuple(each.score - 1.96 * each.error for each in shown),
        highs=tuple(each.score + 1.96 * each.error for each in shown),
        marked=(labels[-1],),
        reading="In the order of the looks; the marked one is the present model. Differences within the intervals are what luck can choose among.",
    )


def _optimism(wear: TestWear) -> Measure:
    return Measure(
        title="Optimism that the looks imply",
        value=wear.optimism.expected,
        low=0.0,
        high=wear.optimism.at_most,
        limit=MATTERS,
        unit=wear.looks[-1].metric,
        reading="Expected from where the score stands among the others; the upper end holds even if every model was built on the answers before.",
    )
