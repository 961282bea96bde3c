"""Train without the accused columns, on the same folds."""

from __future__ import annotations

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import dropped, outcome, yardstick
from rung.facts.matrix import Matrix
from rung.facts.single import ColumnScores
from rung.inputs.lab import Lab

# Rules whose accused column inflates the score: without it the score must fall to what is honest.
INFLATES = ("target-leakage", "temporal-leakage", "target-encoding-leakage")


@experiment("drop-feature")
def drop_feature(lab: Lab, finding: Finding) -> Outcome:
    """Train on the same folds without the accused columns; a leak's removal lowers the score, a useless column's does not."""
    matrix = lab.ask(Matrix)
    accused = [name for name in finding.subject.names if name in matrix.names]
    if not accused:
        raise Unavailable("the accused columns are not among the features")
    before, after = yardstick(lab), yardstick(dropped(lab, accused))
    inflates = finding.name in INFLATES
    others = _next_best(lab, accused) if inflates else []
    placebo = yardstick(dropped(lab, others[: len(accused)])) if len(others) > len(accused) else None
    return outcome(
        lab,
        experiment="drop-feature",
        changed=f"without {', '.join(repr(name) for name in accused[:4])}",
        before=before,
        after=after,
        expected="falls" if inflates else "holds",
        placebo=placebo,
    )


def _next_best(lab: Lab, accused: list[str]) -> list[str]:
    """The other columns, the strongest alone first: the placebo must be a loss that could hurt."""
    scores = lab.ask(ColumnScores)
    ranked = sorted(zip(scores.names, scores.scores, strict=True), key=lambda pair: -pair[1])
    return [name for name, _ in ranked if name not in accused]
