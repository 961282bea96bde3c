"""E202: probabilities that do not mean what they say."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Line, Lines, Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.reliability import Reliability, losses_by_method
from rung.facts.scored import Scored

ALPHA = 5e-3  # one test a run, beside an effect floor and a repair that must help
SAMPLES = 0.05  # of the rows: a bin that is smaller is not told


@check("E202", severity="warning", explains=("default-threshold",))
def miscalibration(
    scored: Scored, found: Reliability, *, min_gap: float = 0.08, min_share: float = 0.03, min_both: float = 0.05
) -> Iterator[Finding]:
    """Probabilities are too extreme, too timid, too high or too low, and a simple map mends them.

    Why it matters:
        Every decision by expected cost takes probabilities at their word. The ranking may be perfect all the same.
    Likely cause:
        A model fitted until it is sure (boosting, deep trees, naive Bayes: too extreme), averaging and strong penalties (too timid), reweighting or resampling of
        classes (too high or too low), or another share of positives than in training.
    How it decides:
        On judged rows: slope and intercept of the outcome on the log-odds, mean prediction minus share of positives, and the expected calibration error against
        labels drawn from the predictions themselves. One repair of none, temperature, sigmoid and isotonic is chosen by inner cross-validation on two thirds of the rows
        and measured on the last third. A warning where the error's chance is below 1 in 200, the mean gap is at least `min_gap`, and the repair takes at least
        `min_share` of the log loss off, with its paired interval above zero; or where gap and repair are both at least `min_both`. More than two classes: the confidence of the called class, and also each class whose mean
        probability lies `min_gap` beside its share (99 %, simultaneous), which weights and resampling bring about; a note where the intervals exclude true probabilities and the gap is smaller.
    When it is wrong:
        Only the ranking is used. Then nothing needs mending; the finding says what the numbers mean, not that the model is bad.
    Fix:
        Put the named map behind the model, fitted on rows that neither trained the model nor are reported.
    Verify:
        Log loss on rows that neither the model nor the map has seen.
    Prevent:
        CalibratedClassifierCV inside the pipeline; log loss or Brier score beside the ranking score in the build.
    Sources:
        Cox (1958); Platt (1999); Guo et al. (2017); Zadrozny & Elkan (2002); null by simulation: Vaicenavicius et al. (2019). Limits chosen by hand, see fault bench.

    min_gap : mean distance of predicted and observed shares over the bins
    min_share : share of the log loss that the repair removes
    min_both : the same two, where neither is small
    """
    said = _class_said_wrongly(found, min_gap)
    if said is None and (found.error.p > ALPHA or not (found.sides or found.repair.method == "isotonic")):
        return
    gap = found.error.value - found.error.expected_if_calibrated
    large = (gap >= min_gap and found.share >= min_share) or min(gap, found.share) >= min_both
    grave = (large or (said is not None and found.share >= min_share)) and found.gain.low > 0
    if grave or (found.sides and gap >= 0.01):
        yield _finding(scored, found, gap, Severity.WARNING if grave else Severity.NOTE, min_gap)


def _class_said_wrongly(found: Reliability, min_gap: float) -> int | None:
    """The class whose mean probability is farthest from its share, if by as much and surely."""
    off = [code for code, each in enumerate(found.classes) if abs(each.value) >= min_gap and each.excludes(0.0)]
    return max(off, key=lambda code: abs(found.classes[code].value)) if off else None


def _class_words(scored: Scored, found: Reliability, min_gap: float) -> str:
    code = _class_said_wrongly(found, min_gap)
    if code is None or scored.p is None:
        return ""
    share = float((scored.y == code).mean())
    return f"; '{scored.target.classes[code]}' is given {float(scored.p[:, code].mean()):.3f} on average and holds {share:.3f} of the rows"


def _finding(scored: Scored, found: Reliability, gap: float, severity: Severity, min_gap: float) -> Finding:
    bins, slope, over = found.bins, found.line.slope, found.over
    said = " and ".join(found.sides) or ("moved between classes" if _class_said_wrongly(found, min_gap) is not None else "bent")
    of = f"of '{scored.target.classes[scored.target.positive]}'" if found.of == "positive" else "of the predicted class"
    share = found.gain.value / found.loss.value if found.loss.value > 0 else 0.0
    return Finding(
        subject=Subject(kind="model", names=(scored.model.name,), detail="probabilities"),
        message=f"Probabilities {of} are {said}: slope {slope.value:.2f} ({slope.low:.2f} to {slope.high:.2f}), on average {over.value:+.3f} "
        f"({over.low:+.3f} to {over.high:+.3f}) beside the truth; {found.repair.method} takes {share:.0%} of the log loss off{_class_words(scored, found, min_gap)}.",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN if severity is not Severity.NOTE else Confidence.LIKELY,
        evidence=(
            Lines(
                title="Predicted and observed share",
                x_label="mean predicted",
                y_label="observed share",
                lines=(
                    Line(
                        name="observed",
                        x=tuple(bins.predicted.tolist()),
                        y=tuple(bins.observed.tolist()),
                        low=tuple(bins.low.tolist()),
                        high=tuple(bins.high.tolist()),
                    ),
                    Line(name="true probabilities", x=(0.0, 1.0), y=(0.0, 1.0)),
                ),
                reading="Points below the diagonal: predicted too high. Above: too low. Flatter than the diagonal: too extreme. Steeper: too timid.",
            ),
            Measure(title="Mean gap beyond chance", value=gap, limit=0.0),
            Ranking(
                title="Log loss by repair, inner cross-validation",
                columns=("repair", "log loss"),
                rows=tuple(losses_by_method(found)),
                reading=f"Chosen: {found.repair.method}; on {found.n_verified:,} untouched rows it changes the log loss by {-found.gain.value:+.4f} "
                f"({-found.gain.high:+.4f} to {-found.gain.low:+.4f}).",
            ),
        ),
        remedy=Remedy(
            fix=f"Put a {found.repair.method} map behind the model, fitted on rows that neither trained it nor are reported."
            if found.repair.method != "none"
            else "Keep the model; its probabilities are off by little, and no map was better than none.",
            patch=f"from sklearn.calibration import CalibratedClassifierCV\nmodel = CalibratedClassifierCV(model, method={_method(found)!r}, cv=5).fit(X_train, y_train)"
            if found.repair.method != "none"
            else None,
            experiment="recalibrate" if found.repair.method != "none" else None,
        ),
    )


def _method(found: Reliability) -> str:
    return found.repair.method if found.repair.method != "none" else "sigmoid"
