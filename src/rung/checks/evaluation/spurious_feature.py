"""E304: the model leans on a column whose relation to the target does not hold."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.score import Metric
from rung.facts.shortcuts import Shortcut, Shortcuts

SURE = 4.0  # standard errors of the fall: eight columns in some places are looked at


@check("E304", severity="warning", explains=("weak-slice", "confident-errors", "miscalibration", "overfitting", "performance-decay"))
def spurious_feature(shortcuts: Shortcuts, metric: Metric, *, min_fall: float = 0.1, min_gain: float = 0.03) -> Iterator[Finding]:
    """The model does better where it is judged when the values of one column are taken away from it.

    Why it matters:
        The column told the answer in the training rows for a reason that is gone: the model follows it into wrong calls, and surely.
    Likely cause:
        A shortcut of how the rows were collected: a site, a device, a background, a default, a code filled in after the fact.
    How it decides:
        The columns that predict best alone in training are followed to the test set, to its last third in time and to each of few groups. Where a column's own score
        falls there by at least `min_fall` and four standard errors, the model is asked again with values of that column drawn at random from training rows and
        its answers averaged over five draws. Found where its loss there falls by at least `min_gain` of it, with the paired interval above zero: an
        honest feature makes the loss rise.
    When it is wrong:
        The relation will come back in the rows of use; ask why it left the test rows.
    Fix:
        Leave the column out, or make training rows in which it does not tell the answer; refit.
    Verify:
        The score of the refitted model in the place where the relation does not hold.
    Prevent:
        Test on another site, period or device than the training rows come from.
    Sources:
        Geirhos et al. (2020), Shortcut learning; marginalising by draws: Friedman (2001). Limits chosen by hand, see fault bench.

    min_fall : fall of the column's own score (AUC or R2)
    min_gain : share of the model's loss that goes with the column
    """
    for each in shortcuts.tried:
        error = (each.fall.high - each.fall.value) / 1.96
        if each.fall.value < max(min_fall, SURE * error):
            continue
        if each.gain.low > 0 and each.gain.value >= min_gain * each.loss and each.after >= each.before - 0.03:
            yield _finding(each, metric)


def _finding(each: Shortcut, metric: Metric) -> Finding:
    return Finding(
        subject=Subject(kind="column", names=(each.column,), detail=each.place),
        message=f"'{each.column}' alone reaches {metric.name} {each.alone:.3f} in training and {each.there:.3f} in {each.place}; "
        f"the model's loss there falls by {each.gain.value / each.loss:.0%} with it taken away ({metric.name} {each.before:.3f} to {each.after:.3f}).",
        severity=Severity.ERROR if each.gain.value > 0.2 * each.loss else Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN if each.gain.low > 0.03 * each.loss else Confidence.LIKELY,
        evidence=(
            Bars(
                title=f"{metric.name} of '{each.column}' alone",
                labels=("training, out of fold", each.place),
                values=(each.alone, each.there),
                marked=(each.place,),
                reading=f"A fall of {each.fall.value:.3f} ({each.fall.low:.3f} to {each.fall.high:.3f}).",
            ),
            Bars(
                title=f"{metric.name} of the model in {each.place}",
                labels=("as it is", f"without what '{each.column}' says"),
                values=(each.before, each.after),
                marked=("as it is",),
            ),
            Measure(title="Loss that goes with the column", value=each.gain.value, low=each.gain.low, high=each.gain.high, limit=0.0),
        ),
        remedy=Remedy(
            fix=f"Find out why '{each.column}' told the answer in training; until then leave it out and refit.",
            patch=f"features = [name for name in features if name != {each.column!r}]",
            experiment="leave-out-shortcut",
        ),
    )
