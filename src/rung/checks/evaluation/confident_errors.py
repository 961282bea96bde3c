"""E303: errors that the model was sure of, and what they are."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.scored import Scored
from rung.facts.slice_words import shown_rows
from rung.facts.worst_errors import KINDS, WorstErrors
from rung.stats.distributions import poisson_tail
from rung.stats.intervals import wilson

ALPHA, FLOOR = 1e-4, 1e-3  # one test a run each
FIXES = {
    "label error": "Have the labels of the listed rows looked at first: training rows and the other rows near them say the called class.",
    "out of distribution": "Keep rows like these away from the model (they lie beyond the training rows), or collect and train on some.",
    "ambiguous": "Nothing in the features tells these rows apart: ask for another feature, or let the model say that it does not know.",
    "systematic": "Training rows near these support the given label: the model is too stiff or lacks a combination of features there.",
}


@check("E303", severity="warning", explains=("miscalibration", "weak-slice"))
def confident_errors(scored: Scored, worst: WorstErrors, *, min_rate: float = 0.03, min_sure: int = 100) -> Iterator[Finding]:
    """Among rows that the model is sure of, more are wrong than its own doubt allows.

    Why it matters:
        These errors pass every threshold and every review by confidence. Their kind says what to do: relabel, refuse, ask for a feature, or change the model.
    Likely cause:
        Wrong labels in the test set, rows unlike any in training, a region that the model has learnt wrongly.
    How it decides:
        Confidence is that of the class which was predicted. Rows with a confidence of 0.9 or more (`min_sure` of them): found where their errors are
        far more than the sum of their own doubts (Poisson, 1 in 10,000), by at least `min_rate` of the rows, and where either the share of errors stays as confidence
        grows instead of fading (a floor above zero with its interval), or clones of the model that are as sure, out of fold in training, err far less (99.9 %): else
        it is calibration that is wrong, which has its own rule.
        Each error is then named. Out of distribution: farther from the training rows than 99 % of them are from each other. Systematic: training
        rows near it and rung's own trees say the given label, or its neighbours share the mistake. Label error: both say the called class. Ambiguous: the rest.
    When it is wrong:
        A cause that no feature shows strikes like wrong labels do; read the rows before relabelling.
    Fix:
        By kind; see the finding.
    Verify:
        The share of errors among sure rows after the fix, on new rows.
    Prevent:
        Watch the share of errors among sure rows in the build.
    Sources:
        Copas (1988) for the floor; Poisson bound on the model's own doubts. Limits chosen by hand, see fault bench.

    min_rate : share of the sure rows that are wrong beyond what their confidence allows
    min_sure : rows with a confidence of 0.9 or more below which nothing is said
    """
    if not scored.target.is_classification or worst.n_sure < min_sure or worst.floor is None:
        return
    excess = (worst.n_sure_wrong - worst.expected) / worst.n_sure
    surprising = float(poisson_tail(worst.n_sure_wrong, max(worst.expected, 1e-9))) < ALPHA
    if surprising and excess >= min_rate and (_stays(worst, min_rate) or _new_here(worst, min_rate)):
        yield _finding(scored, worst)


def _stays(worst: WorstErrors, min_rate: float) -> bool:
    """The share of errors does not fade as confidence grows."""
    return worst.floor is not None and worst.floor.p < FLOOR and worst.floor.low >= 0.5 * min_rate


def _new_here(worst: WorstErrors, min_rate: float) -> bool:
    """Clones that are as sure, out of fold in training, err far less: it is these rows, not the model's manner."""
    here = wilson(worst.n_sure_wrong, worst.n_sure, 0.999)
    return worst.elsewhere is not None and here.low > max(worst.elsewhere.high, worst.elsewhere.value + 0.5 * min_rate)


def _finding(scored: Scored, worst: WorstErrors) -> Finding:
    counts = {kind: worst.kinds.count(kind) for kind in KINDS}
    main = max(KINDS, key=lambda kind: counts[kind])
    shown = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items(), key=lambda pair: -pair[1]) if count)
    of_kind = [int(place) for place, kind in zip(worst.places, worst.kinds, strict=True) if kind == main]
    return Finding(
        subject=Subject(kind="rows", names=(), rows=tuple(int(scored.rows[place]) for place in of_kind[:50]), detail=f"mostly {main}"),
        message=f"{worst.n_sure_wrong:,} of {worst.n_sure:,} rows that the model is sure of are wrong, {worst.expected:.0f} by its own doubt; "
        f"of the {len(worst.kinds)} surest errors: {shown}.",
        severity=Severity.WARNING,
        confidence=Confidence.LIKELY,
        evidence=(
            Bars(title="The surest errors by kind", labels=KINDS, values=tuple(float(counts[kind]) for kind in KINDS), marked=(main,)),
            _table(scored, worst),
            shown_rows(scored, of_kind[:10], (), f"Surest errors that are {main}"),
        ),
        remedy=Remedy(cause=f"Most of them are {main}.", fix=FIXES[main]),
    )


def _table(scored: Scored, worst: WorstErrors) -> Ranking:
    labels, evidence = scored.target.classes, worst.evidence
    return Ranking(
        title="The surest errors, worst first",
        columns=("row", "given", "called", "confidence", "kind", "near rows say given", "say called", "distance"),
        rows=tuple(
            (
                int(scored.rows[place]),
                labels[int(scored.y[place])],
                labels[int(scored.labels[place])],
                float(worst.sure[rank]),
                worst.kinds[rank],
                float(evidence.given[rank]),
                float(evidence.called[rank]),
                float(evidence.distance[rank]),
            )
            for rank, place in enumerate(worst.places[:20])
        ),
        reading="Distance 1 is what 99 % of training rows keep from each other.",
    )
