"""D207: the target is distributed otherwise in the test rows."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Evidence, Histograms, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.balanced import BalancedTraining
from rung.facts.label_shares import LabelShares

ALPHA = 1e-4  # one comparison a run: chance that honest splits bring it


@check("D207", severity="warning", explains=("miscalibration", "performance-decay", "default-threshold"))
def label_shift(
    shares: LabelShares, balanced: BalancedTraining | None, *, min_gap: float = 0.05, min_ratio: float = 1.5, min_effect: float = 0.3
) -> Iterator[Finding]:
    """The labels of the test rows are distributed otherwise than those of the training rows.

    Why it matters:
        Probabilities and thresholds learned under one prevalence are wrong under another, and scores cannot be compared.
    Likely cause:
        One side was filtered, sampled to balance or drawn from another period; a merge lost one class; training was resampled.
    How it decides:
        Classes: chi-square test of the class counts, and a class whose share moves by `min_gap` in points or by the factor `min_ratio` beyond
        what counts allow. Numbers: Kolmogorov-Smirnov test, and a shift of the mean or a change of spread by `min_effect`
        standard deviations, or cumulative shares that differ by half of it.
        Both sides must be beyond chance (1 in 10,000) before the size counts. Where the split keeps
        entities whole, rows of one entity count by what they are worth together. In a split forward in time a warning becomes a note for numbers,
        whose level follows any trend, and for classes below three times the size: some movement is what time does. A note too where repeated or made-up training
        rows show that the classes were balanced on purpose, after the split.
    When it is wrong:
        The test set was enriched on purpose and its scores are weighted back.
    Fix:
        Draw both parts from one population; where the later one is right, reweight or recalibrate to its prevalence.
    Verify:
        Compare the shares again, and calibration on rows weighted to the true prevalence.
    Prevent:
        train_test_split(..., stratify=y), and a test of the shares in the pipeline.
    Sources:
        Saerens, Latinne & Decaestecker (2002) on adjusting to new priors; Cohen (1988) for the size of small effects.

    min_gap : change of a class share, in points of share.
    min_ratio : change of a class share, as a factor, for rare classes.
    min_effect : change of a number's mean or spread, in standard deviations.
    """
    if not shares.p < ALPHA:
        return
    size = _size(shares, min_gap, min_ratio, min_effect)
    if size >= 1:
        expected = shares.forward and (size < 3 or not shares.classes)
        yield _finding(shares, balanced, Severity.NOTE if expected or balanced is not None else Severity.WARNING)


def _size(shares: LabelShares, min_gap: float, min_ratio: float, min_effect: float) -> float:
    """The change in units of what would matter: 1 and above does."""
    if not shares.classes:
        return max(abs(shares.mean_gap), abs(shares.spread_gap), 2 * shares.step) / min_effect
    gap = shares.least_gap / min_gap
    ratio = (shares.least_ratio - 1) / (min_ratio - 1)
    return max(gap, ratio)


def _finding(shares: LabelShares, balanced: BalancedTraining | None, severity: Severity) -> Finding:
    return Finding(
        subject=Subject(kind="column", names=(shares.name,), detail="training against test rows"),
        message=_text(shares) + (_on_purpose(balanced) if balanced is not None else ""),
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=_evidence(shares),
        remedy=Remedy(
            fix="Draw both parts from one population, or recalibrate to the prevalence of the part that is right.",
            patch=f"train, test = train_test_split(frame{f', stratify=frame[{shares.name!r}]' if shares.classes else ''}, random_state=0)",
            prevent=(
                f"assert (train[{shares.name!r}].value_counts(normalize=True) - test[{shares.name!r}].value_counts(normalize=True)).abs().max() < 0.05"
                if shares.classes
                else f"assert abs(train[{shares.name!r}].mean() - test[{shares.name!r}].mean()) < 0.3 * train[{shares.name!r}].std()"
            ),
        ),
    )


def _on_purpose(balanced: BalancedTraining) -> str:
    named = " and ".join(f"'{label}'" for label in balanced.labels[:3])
    return f" Training rows of {named} were {'repeated' if balanced.repeated else 'made up'} to balance the classes: ranking stays, probabilities come out too high."


def _text(shares: LabelShares) -> str:
    if shares.classes:
        place = shares.worst
        return (
            f"'{shares.classes[place]}' makes up {shares.train[place]:.1%} of the training rows and {shares.test[place]:.1%} of the test rows: "
            f"more than chance brings (p = {shares.p:.1g})."
        )
    return (
        f"'{shares.name}' lies {shares.mean_gap:+.2f} standard deviations off in the test rows and its spread changes by {shares.spread_gap:+.0%}: "
        f"more than chance brings (p = {shares.p:.1g})."
    )


def _evidence(shares: LabelShares) -> tuple[Evidence, ...]:
    chance = Measure(title="Chance of such a difference", value=shares.p, limit=ALPHA, reading="If both parts came from one population.")
    if not shares.classes:
        groups = ("train", "test")
        chart = Histograms(
            title=f"'{shares.name}'", x_label=shares.name, edges=shares.edges, groups=groups, shares=(shares.train, shares.test)
        )
        return chart, chance
    labels, values = [], []
    for label, before, after in list(zip(shares.classes, shares.train, shares.test, strict=True))[:20]:
        labels += [f"{label} (train)", f"{label} (test)"]
        values += [before, after]
    name = shares.classes[shares.worst]
    bars = Bars(
        title="Class shares", labels=tuple(labels), values=tuple(values), marked=(f"{name} (test)",), reading="Pairs should be level."
    )
    return bars, chance
