"""Training rows that were repeated or made up to balance the classes after the split, as it should be done."""

from __future__ import annotations

from dataclasses import dataclass

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.made_up import MadeUpRows
from rung.facts.overlap import Overlap
from rung.facts.repeats import Oversampled

SHARED = 0.01  # of the test rows: what recurs by nature


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancedTraining:
    """labels : the classes that were raised.   repeated : whether rows were repeated; else they were made up."""

    labels: tuple[str, ...]
    repeated: bool


@fact(cost="pass")
def balanced_training(overlap: Overlap, repeated: Oversampled | None, made: MadeUpRows | None) -> BalancedTraining:
    """Unavailable where nothing shows that rows were added, or where test rows are among them."""
    if made is not None and len(made.train_rows) and not len(made.test_rows):
        return BalancedTraining(labels=made.labels, repeated=False)
    if repeated is None or not repeated.label or _shared(overlap) > SHARED:
        raise Unavailable("nothing shows that the classes were balanced after the split")
    return BalancedTraining(labels=(repeated.label,), repeated=True)


def _shared(overlap: Overlap) -> float:
    return len(overlap.equal.test_rows) / max(1, overlap.equal.n_asked)
