"""T315: images turned so that they show another class."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.turned_images import Turn, TurnedImages


@check("T315", severity="error", explains=("plateaued-loss", "underfitting", "confident-errors", "label-misalignment"))
def label_breaking_augmentation(images: TurnedImages, *, min_share: float = 0.15, min_confused: float = 0.5) -> Iterator[Finding]:
    """Training images are turned or mirrored, and a turned image of one class looks like another class.

    Why it matters:
        The model is told that a six is a nine: it learns to be unsure of both, and no curve shows why.
    Likely cause:
        A stock augmentation (flips, turns) on images whose orientation carries the meaning: digits, letters, arrows, left and right.
    How it decides:
        At least `min_share` of the training rows beyond what validation rows show by themselves lie clearly nearer to turned validation rows of their class
        than to plain ones; and of one class at least `min_confused` of the turned rows are nearest to rows of one other class.
    When it is wrong:
        Images that look the same turned (cells, satellite pictures) are confused with no other class: silent.
    Fix:
        Leave out the turn that breaks the class, or restrict it to small angles.
    Verify:
        A model trained on plain rows names the augmented ones as well as before.
    Prevent:
        Look at a page of augmented images of each class.
    Sources:
        Cover and Hart (1967) for nearest rows. Limits chosen by hand, see benchmarks/run_training.py.

    min_share : share of training rows that are turned, beyond that of validation rows
    min_confused : share of a class's turned rows that are nearest to one other class
    """
    found = [each for each in images.turns if each.share - each.plain_share >= min_share and each.confused >= min_confused]
    if found:
        yield _finding(max(found, key=lambda each: each.share), images)


def _finding(turn: Turn, images: TurnedImages) -> Finding:
    return Finding(
        subject=Subject(kind="rows", names=("training images", f"class {turn.source}", f"class {turn.taken_for}")),
        message=f"About {turn.share:.0%} of the training images are {turn.name}, and {turn.confused:.0%} of class {turn.source} then look like class {turn.taken_for}.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if turn.share - turn.plain_share >= 0.25 else Confidence.LIKELY,
        evidence=(
            Measure(
                title=f"Share of class {turn.source} that is taken for {turn.taken_for} when {turn.name}", value=turn.confused, limit=0.5
            ),
            Bars(
                title="Share of training rows nearer to turned rows of their class",
                labels=tuple(each.name for each in images.turns),
                values=tuple(each.share for each in images.turns),
                marked=(turn.name,),
                reading="Validation rows, which are not augmented, show what symmetric shapes give by themselves.",
            ),
        ),
        remedy=Remedy(
            cause=f"An augmentation by which images are {turn.name}.",
            fix="Leave this augmentation out for images whose orientation carries the class.",
            patch="transforms.RandomAffine(degrees=10, translate=(0.1, 0.1))  # in place of flips and large turns",
        ),
    )
