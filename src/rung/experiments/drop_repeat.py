"""Train without the repeats of other columns, on the same folds: the score holds."""

from __future__ import annotations

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import dropped, outcome, yardstick
from rung.facts.collinearity import Collinearity
from rung.inputs.lab import Lab


@experiment("drop-repeat")
def drop_repeat(lab: Lab, finding: Finding) -> Outcome:
    """Of every accused pair one column goes; what it said is still there."""
    pairs = [each for each in lab.ask(Collinearity).pairs if {each.first, each.second} <= set(finding.subject.names)]
    kept: set[str] = set()
    gone: set[str] = set()
    for each in pairs:
        if not {each.first, each.second} & gone:
            kept.add(each.first)
            gone.add(each.second)
    if not gone:
        raise Unavailable("no pair to drop one of: the columns are sums of several others")
    return outcome(
        lab,
        experiment="drop-repeat",
        changed=f"without {', '.join(repr(name) for name in sorted(gone)[:4])}",
        before=yardstick(lab),
        after=yardstick(dropped(lab, sorted(gone))),
        expected="holds",
    )
