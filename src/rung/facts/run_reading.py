"""What the source tells where the run could not be followed: the same facts, worked out from a reading."""

from __future__ import annotations

from dataclasses import dataclass

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.run_history import RunHistory, run_history
from rung.facts.run_learning import RunLearning, run_learning, target_names
from rung.facts.run_scorings import Scoring, Scorings, scorings
from rung.inputs.reading import Reading
from rung.inputs.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadLearning:
    """What was learned behind every score, as the source has it."""

    learning: RunLearning


@fact(cost="instant")
def read_learning(reading: Reading, trace: Trace, history: RunHistory, scored: Scorings | None) -> ReadLearning:
    """Unavailable where the run itself was followed throughout: then it knows better."""
    if (
        scored is not None
        and any(each.fits for each in scored.scorings)
        and not any(_cut(history, scoring) for scoring in scored.held)
        and not any(_chosen_unseen(history, each) for scoring in scored.held for each in (scoring.x, scoring.x_fit))
        and not trace.lost
    ):
        raise Unavailable("the run was followed throughout")
    return ReadLearning(learning=run_learning(scorings(run_history(reading.trace))))


def _cut(history: RunHistory, scoring: Scoring) -> bool:
    """Whether the history of the features ends before a table came in; that of the labels may."""
    labels = frozenset(target_names(history, scoring))
    return any(history.ends_early(item, without=labels) for item in (scoring.x, scoring.x_fit) if item is not None)


def _chosen_unseen(history: RunHistory, item: int | None) -> bool:
    """Whether columns were chosen on the way by names or places that nobody was seen to make."""
    uses = [use for each in history.events_behind(item) for use in each.reads]
    chosen = [use.item for use in uses if use.role == "columns" or (use.role == "key" and history.trace.items[use.item].kind == "index")]
    return any(history.ends_early(each) for each in chosen)
