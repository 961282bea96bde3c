"""D301: a feature that knows the answer."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.exact_relations import ExactRelations, Relation
from rung.facts.leak_suspects import LeakSuspects, Suspect
from rung.facts.schema import Schema
from rung.facts.score import Metric
from rung.inputs.contract import Contract

Strength = tuple[Severity, Confidence]
PROVEN: Strength = (Severity.CRITICAL, Confidence.NEAR_CERTAIN)
STRONG: Strength = (Severity.CRITICAL, Confidence.LIKELY)
LIKELY: Strength = (Severity.ERROR, Confidence.LIKELY)
FILLED = 0.5  # share of one class for which alone a column is filled; of 58 healthy tables none has such a column
MERELY: Strength = (Severity.NOTE, Confidence.POSSIBLE)
EXPLAINS = ("overfitting", "identifier-feature", "informative-missingness", "miscalibration", "performance-decay", "linear-beats-nonlinear")


@check("D301", severity="critical", explains=EXPLAINS)
def target_leakage(suspects: LeakSuspects, relations: ExactRelations, schema: Schema, metric: Metric, contract: Contract, *, min_alone: float = 0.985, min_missing: float = 0.45) -> Iterator[Finding]:  # fmt: skip
    """A feature carries the answer itself, so that the reported score cannot be reached in use.

    Why it matters:
        The score looks excellent and collapses in production, where the column is empty, late or a mere consequence of the outcome.
    Likely cause:
        The column was filled after the outcome, was computed from the target, or is the target under another name.
    How it decides:
        Exact arithmetic first: a value for each value of the target, copies, sums, differences, products, ratios and group means of the target
        that hold in (nearly) all rows. Then each column alone, out of fold: its values, that it is missing, its parity, parts of texts, and pairs.
        Accused is what comes near perfect alone AND beats all other columns together with a paired interval, or is unrelated to every other
        feature at a given target where the other features hang together; cells that hold one class only although the others are unsure there;
        missingness alone far above what gaps tell in healthy tables (0.2 of 1 at most); a column filled for most of one class and for no other; a pair whose halves are weak; what was declared unavailable.
    When it is wrong:
        An honest measurement that separates the classes nearly perfectly, a lag of a slow series. Anything short of these signs is a note, never more.
    Fix:
        Find out when the column is filled. Where that is after the outcome, leave it out, together with what was derived from it.
    Verify:
        Train without it on the same folds: the score falls to what is honest, far more than without an equally strong other column.
    Prevent:
        assert not set(train.columns) & known_only_after_the_outcome
    Sources:
        Kaufman, Rosset, Perlich & Stitelman (2012), Leakage in data mining. Limits: simulation (a Gaussian feature of d' = 3 has AUC 0.983, skill
        0.966) and 54 real healthy tables, of which none has a single column that is better than all others together.
    min_alone : skill of one column alone (0 chance, 1 perfect) from which it is near perfect.
    min_missing : skill of missingness alone from which it is a leak rather than a hint.
    """
    seen: set[str] = set()
    for column in schema.features:
        if column.name in contract.not_available:
            seen.add(column.name)
            yield _finding(
                (column.name,), f"'{column.name}' is a feature, declared as not available when a prediction is made.", PROVEN, ()
            )
    for relation in relations.relations:
        strength = _of_relation(relation)
        if strength is not None and not seen & set(relation.names) and len(seen) < 8:
            seen |= set(relation.names)
            yield _finding(relation.names, relation.told(str(schema.target)), strength, (_share(relation),))
    for suspect in suspects.suspects:
        names = suspect.view.names
        strength = _of_suspect(suspect, metric, min_alone, min_missing)
        if strength is not None and not seen & set(names):
            family = suspect.companions if strength[0] is Severity.CRITICAL else ()
            seen |= {*names, *family}
            told = suspect.told(metric, family, pure=_pure(suspect) or suspect.filled >= FILLED)
            yield _finding((*names, *family), told, strength, (_bars(suspect, metric),), testable=suspect.gap.low > 0)


def _of_relation(relation: Relation) -> Strength | None:
    if relation.kind == "copy":  # sticky series repeat themselves in part of the rows: only a near-complete copy is proof
        return PROVEN if relation.share > 0.95 else LIKELY if relation.share > 0.8 else MERELY if relation.share > 0.3 else None
    if relation.kind == "group mean":  # in groups of more than 50 rows a row's own label moves the mean too little to matter
        return None if relation.share < 0.9 else LIKELY if relation.group_size <= 50 else MERELY
    return PROVEN if relation.share > 0.95 else LIKELY


def _of_suspect(suspect: Suspect, metric: Metric, min_alone: float, min_missing: float) -> Strength | None:
    beats_all = suspect.gap.low > 0
    if suspect.view.kind == "pair":
        strong = (suspect.alone >= 0.9 and beats_all) or (_pure(suspect) and suspect.view.pure_share >= 0.9)
        return STRONG if strong and suspect.parts <= 0.5 else None
    found = _near_perfect(suspect, metric, min_alone)
    if found is None and suspect.view.kind == "missing" and suspect.alone >= min_missing and beats_all:
        found = LIKELY
    if found is None and suspect.filled >= FILLED:
        found = LIKELY
    if found is None and _pure(suspect):
        found = LIKELY if suspect.view.pure_share >= 0.5 else (Severity.WARNING, Confidence.POSSIBLE)
    # Of 58 healthy tables none has a column this far ahead of all others, but an honest one could be: possible, no more.
    return found or (MERELY if suspect.alone >= 0.7 and suspect.gap.low > 0.05 and 1 - suspect.alone <= 0.5 * (1 - suspect.rest) else None)


def _near_perfect(suspect: Suspect, metric: Metric, min_alone: float) -> Strength | None:
    alone = suspect.alone
    far_ahead = suspect.gap.low > 0 and 1 - alone <= 0.34 * (1 - suspect.rest)
    # Unrelated to all others where they are related among themselves: what a measurement never is and a noisy copy always is.
    apart = suspect.dependence <= suspect.chance_dependence and suspect.usual_dependence > 2 * suspect.chance_dependence
    if metric.task == "regression":  # a slow series' last value comes near as well: more is asked
        sure = alone >= 0.998 or (alone >= min_alone and apart)
        return (PROVEN if alone >= 0.9999 else STRONG) if far_ahead and sure and (alone >= 0.9995 or not suspect.equals) else None
    if (far_ahead and (alone >= min_alone or (alone >= 0.975 and apart))) or (apart and alone >= 0.99):
        return PROVEN if alone >= 0.998 and apart else STRONG
    # A code with as many values as classes, wrong in a few rows.
    return LIKELY if apart and alone >= max(0.93, suspect.runner_up) and 0 < suspect.n_cells <= metric.n_classes + 1 else None


def _pure(suspect: Suspect) -> bool:
    """One cell that is purer than chance allows over 1,000 looks, on rows of which the others are unsure."""
    prior = suspect.pure_prior
    unlikely = prior < 1 and prior**suspect.largest_pure < 1e-9
    return suspect.view.pure_share >= 0.3 and suspect.n_pure >= 30 and unlikely and suspect.pure_rest <= prior + 0.5 * (1 - prior)


def _bars(suspect: Suspect, metric: Metric) -> Bars:
    return Bars(
        title=f"{metric.name} on held-out rows", values=suspect.scores(metric), marked=("the accused alone",),
        labels=("the accused alone", "all others together", "best other column alone"),
        reading=f"{metric.chance:g} is chance, {metric.best:g} perfect: a leak stands alone near the top.",
    )  # fmt: skip


def _share(relation: Relation) -> Measure:
    title = f"Rows where the formula is exact ({relation.kind})"
    return Measure(title=title, value=relation.share, limit=0.8, unit="share", reading="Measured quantities are never bound so exactly.")


def _finding(names: tuple[str, ...], message: str, strength: Strength, evidence: tuple[Bars | Measure, ...], *, testable: bool = True) -> Finding:  # fmt: skip
    listed = ", ".join(repr(name) for name in names)
    severity, confidence = strength
    return Finding(
        subject=Subject(kind="column" if len(names) == 1 else "columns", names=names),
        message=message,
        severity=severity,
        confidence=confidence,
        evidence=evidence,
        remedy=Remedy(
            fix=f"Find out when {listed} is filled; where that is after the outcome, leave it out.",
            patch=f"train = train.drop(columns=[{listed}])",
            prevent=f"assert not {{{listed}}} & set(train.columns)",
            # An honest strong column lowers the score as well, and a leak among others that are as good does not.
            experiment="drop-feature" if severity is not Severity.NOTE and testable else None,
        ),
    )
