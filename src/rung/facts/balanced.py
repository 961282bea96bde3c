"""Training rows that were repeated or made up to balance the classes after the split, as it should be done."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.made_up import MadeUpRows
from rung.facts.overlap import Overlap
from rung.facts.repeats import Repeats
from rung.facts.schema import Schema
from rung.inputs.case import Train

MAX_CLASSES = 20  # a target of more values has no classes to balance


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancedTraining:
    """labels : the classes that were raised.   repeated : whether rows were repeated; else they were made up."""

    labels: tuple[str, ...]
    repeated: bool


@fact(cost="pass")
def balanced_training(train: Train, schema: Schema, overlap: Overlap, repeats: Repeats | None, made: MadeUpRows | None) -> BalancedTraining:
    """Unavailable where nothing shows that rows were added, or where test rows are among them."""
    if made is not None and len(made.train_rows) and not len(made.test_rows):
        return BalancedTraining(labels=made.labels, repeated=False)
    label = _raised(repeats, schema, train) if repeats is not None and not len(overlap.equal.test_rows) else ""
    if not label:
        raise Unavailable("nothing shows that the classes were balanced after the split")
    return BalancedTraining(labels=(label,), repeated=True)


def _raised(repeats: Repeats, schema: Schema, train: Train) -> str:
    """The class that all repeats are of, if it is the rarest among rows that differ; else empty."""
    if schema.target is None or not repeats.unnatural():
        return ""
    labels = train.table.column(schema.target).head(repeats.n_rows).cast(pl.String, strict=False)
    repeated = labels[repeats.extra].unique()
    kinds = labels.filter(~pl.int_range(repeats.n_rows, eager=True).is_in(repeats.extra.tolist())).drop_nulls().value_counts(sort=True)
    if len(repeated) != 1 or not 2 <= kinds.height <= MAX_CLASSES or repeated.item() != kinds[schema.target][-1]:
        return ""
    return str(repeated.item())
