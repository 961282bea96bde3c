"""Train without the accused columns, on the same folds."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import dropped, outcome, with_feature, with_table, yardstick
from rung.facts.leak_suspects import LeakSuspects
from rung.facts.leak_views import LeakViews, View
from rung.facts.matrix import Matrix
from rung.facts.single import ColumnScores
from rung.inputs.case import Train
from rung.inputs.lab import Lab

HIDDEN = ("pair", "parity", "text")  # readings of columns that a model of trees does not make by itself
# Rules whose accused column inflates the score: without it the score must fall to what is honest.
INFLATES = ("target-leakage", "temporal-leakage", "target-encoding-leakage")


@experiment("drop-feature")
def drop_feature(lab: Lab, finding: Finding) -> Outcome:
    """Train on the same folds without the accused columns; a leak's removal lowers the score, a useless column's does not."""
    inflates = finding.name in INFLATES
    shown, told = _shown(lab, finding.subject.names) if inflates else (lab, [])
    accused = [name for name in (*finding.subject.names, *told) if name in shown.ask(Matrix).names]
    if not accused:
        raise Unavailable("the accused columns are not among the features")
    others = _next_best(lab, accused) if inflates else []
    count = max(1, len(accused) - len(told))
    placebo = yardstick(dropped(shown, others[:count])) if len(others) > count else None
    return outcome(
        lab,
        experiment="drop-feature",
        changed=f"without {', '.join(repr(name) for name in accused[:4])}",
        before=yardstick(shown),
        after=yardstick(dropped(shown, [*finding.subject.names, *told])),
        expected="falls" if inflates else "holds",
        placebo=placebo,
    )


def _shown(lab: Lab, names: Sequence[str]) -> tuple[Lab, list[str]]:
    """The case with what the accused columns tell as a column of its own, and that column's name.

    Trees part one column at a time by its size: they may never see what two columns tell only together, what a last digit does, or a part of a text.
    """
    view = _hidden(lab, names)
    if view is None:
        return lab, []
    seen = with_table(lab, lab.ask(Train).table.take(lab.ask(Matrix).rows[lab.ask(LeakViews).places]))
    column = f"{' with '.join(view.names)} ({view.kind})"
    shown = with_feature(seen, column, pl.Series(view.cells).cast(pl.String))
    return (shown, [column]) if yardstick(shown).mean > yardstick(lab).mean else (lab, [])


def _hidden(lab: Lab, names: Sequence[str]) -> View | None:
    try:
        suspects = lab.ask(LeakSuspects).suspects
    except Unavailable:
        return None
    views = [each.view for each in suspects if set(each.view.names) <= set(names) and len(each.view.cells)]
    return next((each for each in views if each.kind in HIDDEN), None)


def _next_best(lab: Lab, accused: list[str]) -> list[str]:
    """The other columns, the strongest alone first: the placebo must be a loss that could hurt."""
    scores = lab.ask(ColumnScores)
    ranked = sorted(zip(scores.names, scores.scores, strict=True), key=lambda pair: -pair[1])
    return [name for name, _ in ranked if name not in accused]
