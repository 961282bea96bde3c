"""M301: the rare class is ranked well and never called."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.answers import Answers
from rung.facts.target import Classes
from rung.facts.threshold_move import ThresholdMove
from rung.inputs.contract import Contract
from rung.stats.delong import auc_interval
from rung.stats.intervals import Interval, wilson

RARE = 0.12  # share of the smaller class above which few calls are the nature of honest probabilities rather than of the threshold; by hand
RANKED = 0.65  # lower bound of the AUC at which a ranking is worth a threshold; chosen by hand


@check("M301", severity="warning", explains=("default-threshold", "metric-mismatch", "weak-slice"))
def uncorrected_imbalance(
    answers: Answers, classes: Classes, moved: ThresholdMove, contract: Contract, *, max_recall: float = 0.1
) -> Iterator[Finding]:
    """The model ranks the rare class well and, at its threshold, almost never calls it.

    Why it matters:
        Most cases that the model is there to find are missed, though its scores know them; the accuracy still looks good.
    Likely cause:
        The threshold stayed at one half while the class is rare: honest probabilities seldom reach it.
    How it decides:
        Two classes, the rarer below 12 %. Its recall on test rows is at most `max_recall` (and its 95 % bound below twice that) while the AUC is above
        0.65 with its interval; a threshold chosen on one half of the rows raises balanced accuracy on the other half with its interval above zero.
        Where costs or a floor of recall or precision are declared they say what the threshold is for: `default-threshold` then speaks, and this is silent.
    When it is wrong:
        A missed case and a false alarm cost the same: then one half is right for honest probabilities, and few calls are the best answer.
    Fix:
        Move the threshold to where the costs put it: cost of a false alarm over the sum of both costs. Keep the probabilities as they are; reweighting or
        resampling leaves the ranking and breaks the calibration.
    Verify:
        Recall at the new threshold on rows that did not choose it, beside the share of false alarms.
    Prevent:
        Choose the threshold inside cross-validation (TunedThresholdClassifierCV) with the costs declared.
    Sources:
        Elkan (2001), The foundations of cost-sensitive learning; Carriero et al. (2025) on corrections that harm calibration. Limits chosen by hand.

    max_recall : largest share of the rare class that is called
    """
    if None not in (contract.cost_fp, contract.cost_fn) or contract.min_recall is not None or contract.min_precision is not None:
        return
    said, target = answers.predicted, classes.target
    truth, called = said.y == moved.minority, said.labels == moved.minority
    if truth.mean() > RARE or min(classes.counts) > RARE * sum(classes.counts):
        return
    recall = wilson(int((called & truth).sum()), int(truth.sum()))
    ranking = auc_interval(truth, moved.score)
    if recall.value > max_recall or recall.high > 2 * max_recall or ranking.low < RANKED or moved.difference.low <= 0:
        return
    yield _finding(answers, moved, recall, ranking, target.classes[moved.minority], float(truth.mean()))


def _finding(answers: Answers, moved: ThresholdMove, recall: Interval, ranking: Interval, label: str, share: float) -> Finding:
    model, gain = answers.model, moved.difference
    return Finding(
        subject=Subject(kind="model", names=(model.name,), detail=f"class '{label}'"),
        message=f"{model.name} finds {recall.value:.0%} of the rare class '{label}' ({share:.1%} of rows) though it ranks it with AUC {ranking.value:.3f}.",
        severity=Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN if recall.high < 0.25 else Confidence.LIKELY,
        evidence=(
            Bars(
                title="Share found on rows that did not choose the threshold",
                labels=(f"'{label}', now", f"'{label}', moved", "others, now", "others, moved"),
                values=(moved.before[0], moved.after[0], moved.before[1], moved.after[1]),
                marked=(f"'{label}', now",),
                reading=f"Balanced accuracy changes by {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}) at threshold {moved.threshold:.3g}.",
            ),
            Measure(title="AUC of the rare class", value=ranking.value, low=ranking.low, high=ranking.high, limit=0.5),
        ),
        remedy=Remedy(
            cause="The scores know the rare class; the threshold does not let them say so.",
            fix=f"Call '{label}' from a score of about {moved.threshold:.3g}, or from where your costs put it; leave the probabilities as they are.",
            patch=f"from sklearn.model_selection import TunedThresholdClassifierCV\nmodel = TunedThresholdClassifierCV(model, scoring='balanced_accuracy')  # or called = score >= {moved.threshold:.3g}",
            verify="Recall and false alarms at the new threshold, on rows that did not choose it.",
            prevent=f"assert recall_score(y_valid, model.predict(X_valid), pos_label={label!r}) > 0.3",
            experiment="move-threshold",
        ),
    )
