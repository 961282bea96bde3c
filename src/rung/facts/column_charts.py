"""Charts of one column in two tables."""

from __future__ import annotations

from rung.core.evidence import Bars, Histograms
from rung.facts.column_shift import Shift


def shift_chart(each: Shift, pair: str) -> Bars | Histograms:
    """Histograms on common edges for numbers, changes of share for categories."""
    if not each.edges:
        return Bars(
            title=f"'{each.name}': change of share, {pair} minus training",
            labels=each.labels,
            values=tuple(b - a for a, b in zip(each.train_shares, each.other_shares, strict=True)),
        )
    return Histograms(
        title=f"'{each.name}' in training and {pair}",
        x_label=each.name,
        edges=each.edges,
        groups=("training", pair),
        shares=(each.train_shares, each.other_shares),
        reading="Bins hold equal numbers of all rows: equal heights mean no drift.",
    )
