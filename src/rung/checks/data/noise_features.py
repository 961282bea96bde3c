"""D111: columns that tell nothing of the target."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars, Measure
from rung.core.experiment import Estimate
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.noise_columns import Signal, Trimmed
from rung.facts.rescaled_model import steady
from rung.facts.score import Metric, compare, surely
from rung.stats.multiplicity import benjamini_hochberg

# Half a point of AUC or R2, as in the experiments; and a fifth of the columns at least, or there is nothing to speak of.
FLOOR, MANY = 0.005, 0.2
# At 99 %; a gain in every fold, two points or more in the middle one, is taken at 95 % too. All folds by chance alone: 1 in 32, no proof by itself.
STEADY = 0.02


@check("D111", severity="note", explains=("overfitting", "linear-beats-nonlinear"))
def noise_features(
    found: Signal, trimmed: Trimmed | None, metric: Metric, *, max_signal_p: float = 0.2, min_columns: int = 5
) -> Iterator[Finding]:
    """Many columns tell nothing of the target, and with few rows they cost score.

    Why it matters:
        Every column that is noise gives a model another chance to learn by heart; with few rows a column that is what it pays for.
    Likely cause:
        Features made in bulk; columns that only identify or describe the record.
    How it decides:
        Every column alone: rank correlation and a binned comparison with the target, false discoveries controlled by Benjamini & Hochberg; columns above 0.2 show no sign of
        signal. Five of them, and a fifth of all, make a note. A warning needs proof: columns are chosen anew in each fold's training rows, and the better of rung's
        two models gains 0.005 or more with the 99 % interval above nought, or with the 95 % interval where it gains in every fold, 0.02 in the middle one. That is asked with fewer than 60 rows a column only.
    When it is wrong:
        A column may matter only together with another one; then leaving it out costs score, and no gain is found.
    Fix:
        Leave them out, choose columns inside the cross-validation, or penalise more.
    Verify:
        The score on the same folds does not fall, and rises where the rule warns.
    Prevent:
        model = make_pipeline(SelectFdr(alpha=0.2), estimator)  # inside the pipeline, never before the split
    Sources:
        Benjamini & Hochberg (1995); Guyon & Elisseeff (2003) on variable selection; Ambroise & McLachlan (2002) on choosing inside the folds.

    max_signal_p : adjusted p-value above which a column shows no sign of signal.
    min_columns : such columns that are needed for a finding.
    """
    adjusted = benjamini_hochberg(found.p)
    quiet = [place for place in np.argsort(-found.p) if adjusted[place] > max_signal_p]
    if len(quiet) < max(min_columns, MANY * len(found.names)):
        return
    gain = compare(metric, trimmed.before, trimmed.after) if trimmed is not None else None
    every_fold = steady(trimmed.before, trimmed.after) if trimmed is not None else 0.0
    yield _finding([found.names[place] for place in quiet], found, metric, gain, every_fold, trimmed.learner if trimmed is not None else "")


def _finding(names: list[str], found: Signal, metric: Metric, gain: Estimate | None, every_fold: float, learner: str) -> Finding:
    costs = gain is not None and gain.low > 0 and ((surely(gain) > 0 and gain.value > FLOOR) or every_fold >= STEADY)
    share = f"{len(names)} of {len(found.names)} columns show no sign of signal alone in {found.n:,} rows"
    shown = (
        f": choosing columns inside the folds changes {metric.name} of a {learner} model by {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
        if gain
        else ""
    )
    measure = (
        ()
        if gain is None
        else (
            Measure(title=f"Paired gain of leaving noise out, {metric.name}", value=gain.value, low=gain.low, high=gain.high, limit=FLOOR),
        )
    )
    order = sorted(zip(found.names, found.p.tolist(), strict=True), key=lambda each: each[1])
    places = np.linspace(0, len(order) - 1, min(60, len(order))).astype(int)
    return Finding(
        subject=Subject(kind="columns", names=tuple(names[:100])),
        message=f"{share}{shown}{'.' if costs else '; no cost is proved.'}",
        severity=Severity.WARNING if costs else Severity.NOTE,
        confidence=Confidence.LIKELY if costs else Confidence.POSSIBLE,
        evidence=(
            *measure,
            Bars(
                title="p-value of each column alone",
                labels=tuple(order[each][0] for each in places),
                values=tuple(order[each][1] for each in places),
                reading="Noise spreads evenly from 0 to 1; signal crowds near 0.",
            ),
        ),
        remedy=Remedy(
            fix="Choose columns inside the pipeline, or penalise more.",
            patch="model = make_pipeline(SelectFdr(alpha=0.2), estimator).fit(X_train, y_train)",
            experiment="drop-feature",
        ),
    )
