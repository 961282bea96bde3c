"""E106: the score's noise is larger than what it is used for."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.score_noise import ScoreNoise
from rung.stats.distributions import two_sided_t

ALPHA = 1e-3  # one test a run


@check("E106", severity="warning", explains=("not-better-than-baseline",))
def unstable_scores(noise: ScoreNoise, *, max_half_width: float = 0.1, min_spread: float = 0.03) -> Iterator[Finding]:
    """The score moves by more than the differences that are read from it.

    Why it matters:
        Two models cannot be told apart by a score that another draw of rows would move by more than their difference.
    Likely cause:
        A test set of a few dozen rows, or folds that hold different populations (entities, periods) or an unstable fit.
    How it decides:
        Few rows: the half width of the test score's 95 % interval is above `max_half_width` while all labelled rows together, cross-validated, would give
        less than a third of it and are at least nine times as many: the noise was chosen, not given. Folds: Cochran's Q says with 1 in 1,000 that the folds differ more than their rows explain,
        and the spread that is left is above `min_spread`. Folds by entity or forward in time hold different worlds by design: there the spread counts for classes alone (R2
        moves with the target's spread in each fold) and where it leaves the mean over the folds no surer than `max_half_width`. Otherwise a note, where the half width is above `max_half_width`.
    When it is wrong:
        Forward folds in time learn from more and more rows and may differ for that reason alone.
    Fix:
        Score by repeated cross-validation, or test on more rows; report the interval with the number.
    Verify:
        The interval of the cross-validated score.
    Prevent:
        Report no score without its interval, and no gain without the smallest difference that could be seen.
    Sources:
        Cochran (1954); DerSimonian & Laird (1986); DeLong et al. (1988) and, for R2, the spread of squared errors. Limits chosen by hand.

    max_half_width : half width of the interval, in AUC or R2
    min_spread : standard deviation of the folds beyond what their rows explain
    """
    if noise.test is not None and noise.half > max_half_width:
        # One far value can make an interval of any width; rows can mend it only where there are many more of them.
        avoidable = 3 * noise.possible < noise.half and noise.n_train + noise.test.n >= 9 * noise.test.n
        yield _few_rows(noise, Severity.WARNING if avoidable else Severity.NOTE)
    if noise.whose == "your model" and noise.p < ALPHA and noise.excess > min_spread:
        yield _folds(noise, Severity.NOTE if noise.scheme != "random" and _by_design(noise, max_half_width) else Severity.WARNING)


def _by_design(noise: ScoreNoise, max_half_width: float) -> bool:
    folds = len(noise.folds)
    return noise.metric == "R2" or two_sided_t(0.95, folds - 1) * noise.excess / folds**0.5 <= max_half_width


def _few_rows(noise: ScoreNoise, severity: Severity) -> Finding:
    test = noise.test
    assert test is not None  # asked before
    low, high = max(test.low, noise.worst), min(test.high, noise.best)  # a normal interval of few rows runs over the edge
    return Finding(
        subject=Subject(kind="metric", names=(noise.metric,), detail="few test rows"),
        message=f"{noise.metric} {test.value:.3f} on {test.n:,} test rows lies between {low:.3f} and {high:.3f}; "
        f"a difference below {noise.seen:.2f} cannot be seen on them.",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Bars(
                title="Half width of the 95 % interval",
                labels=("this test set", "all labelled rows, cross-validated"),
                values=(noise.half, noise.possible),
                marked=("this test set",),
                unit=noise.metric,
            ),
            Measure(title=noise.metric, value=test.value, low=low, high=high),
        ),
        remedy=Remedy(
            fix=f"Cross-validate on the {noise.n_train:,} labelled rows, or set more rows apart; report the interval.",
            patch="scores = cross_val_score(model, X, y, cv=RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=0))",
        ),
    )


def _folds(noise: ScoreNoise, severity: Severity) -> Finding:
    return Finding(
        subject=Subject(kind="metric", names=(noise.metric,), detail="folds differ"),
        message=f"{noise.metric} of the same model runs from {min(noise.folds):.3f} to {max(noise.folds):.3f} over {len(noise.folds)} folds; rows explain that "
        f"with p = {noise.p:.1g}: a spread of {noise.excess:.3f} has another cause.",
        severity=severity,
        confidence=Confidence.LIKELY,
        evidence=(
            Bars(
                title=f"{noise.metric} by fold",
                labels=tuple(f"fold {place + 1}" for place in range(len(noise.folds))),
                values=noise.folds,
                reading=f"Beyond what the rows explain the folds spread by {noise.excess:.3f} (standard deviation).",
            ),
        ),
        remedy=Remedy(
            fix="Look for what the folds hold apart (entity, period, source), split by it, and report the spread over those groups."
        ),
    )
