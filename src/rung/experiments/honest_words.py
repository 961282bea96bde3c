"""The wording of the honest score: whose it is, what was done, how the gap was shared out."""

from __future__ import annotations

from rung.core.finding import Finding
from rung.facts.judged import REFERENCE, Judged
from rung.inputs.judging import Judging
from rung.stats.shapley import Shares


def label(finding: Finding) -> str:
    """Rule and subjects of a finding."""
    named = ", ".join(f"'{name}'" for name in finding.subject.names[:3])
    return f"{finding.code} {finding.name}{f' ({named})' if named else ''}"


def how_taken(judging: Judging) -> str:
    """What was done."""
    if judging.without_columns:
        return f"fitted without {', '.join(repr(name) for name in sorted(judging.without_columns)[:4])}"
    if judging.without_scored:
        return f"{len(judging.without_rows):,} training rows left out, {len(judging.without_scored):,} test rows not scored"
    if judging.without_rows:
        return f"{len(judging.without_rows):,} training rows left out"
    if judging.entities_apart:
        return f"each '{judging.by_entity}' either fitted on or scored"
    return f"fitted on the past in '{judging.by_time}' only"


def whose(judged: Judged) -> str:
    """Whose score it is, and on which rows."""
    model = "your model, fitted anew," if judged.judge != REFERENCE else REFERENCE
    return f"{model} {'on the test set' if judged.where == 'test' else 'in folds of the training rows'}"


def measured_by(judged: Judged, own: bool, given: bool) -> str:
    """How the honest number was measured."""
    how = whose(judged)
    return how if own or not given else f"{how}; your model cannot be fitted again, so its skill is taken to shrink in proportion"


def method_of(shares: Shares, n_players: int, measurements: int) -> str:
    """How the gap was shared out, empty for one fault."""
    if n_players < 2:
        return ""
    way = "exact Shapley values" if not shares.orders else f"Shapley values from {shares.orders} orders"
    return f"{way} over {n_players} faults, {measurements} measurements on the same rows"
