"""Score the same rows on folds that keep an entity together instead of folds at random."""

from __future__ import annotations

from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding
from rung.core.marks import experiment
from rung.experiments.measure import outcome
from rung.facts.copy_gap import CopyGap
from rung.facts.group_gap import EntityGaps
from rung.inputs.lab import Lab


@experiment("split-by-group")
def split_by_group(lab: Lab, finding: Finding) -> Outcome:
    """Split by entity; the placebo splits by entities of the same sizes whose rows are drawn at random."""
    if finding.subject.kind == "rows":
        copies = lab.ask(CopyGap)
        changed, before, after, placebo = "folds that keep near copies together", copies.random, copies.together, copies.placebo
        return outcome(lab, experiment="split-by-group", changed=changed, before=before, after=after, placebo=placebo, expected="falls")
    each = next((gap for gap in lab.ask(EntityGaps).gaps if gap.column in finding.subject.names), None)
    if each is None:
        raise Unavailable("the entities cannot be split")
    return outcome(
        lab,
        experiment="split-by-group",
        changed=f"folds that keep each '{each.column}' together",
        before=each.random,
        after=each.grouped,
        placebo=each.placebo,
        expected="falls",
    )
