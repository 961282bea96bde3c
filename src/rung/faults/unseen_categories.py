"""Plants categories that training never saw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.inputs.planted import Healthy, Planted

SHARES = {"mild": (0.015, 0.04), "medium": (0.04, 0.15), "severe": (0.15, 0.4)}


@fault("unseen-categories")
def unseen_categories(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A source renames one category (or launches a new one) after training: some test rows hold a code that training lacks."""
    names = [
        name
        for name, kind in healthy.train.frame.schema.items()
        if kind in (pl.String, pl.Categorical) and name not in (healthy.target, healthy.time, healthy.groups)
        and 2 <= healthy.train.column(name).n_unique() <= 100
    ]  # fmt: skip
    if not names:
        raise Unavailable("no column of categories")
    column = str(rng.choice(names))
    old = healthy.test.column(column).cast(pl.String)
    common = str(rng.choice(old.drop_nulls().unique().sort().to_list()))
    fresh = str(rng.choice([f"{common} (new)", f"{common}_v2", f"{common}-2025", "pilot"]))
    rows = _rows(old, common, float(rng.uniform(*SHARES[severity])), rng)
    values = old.set(pl.Series(np.isin(np.arange(old.len()), rows)), fresh)
    return Planted(
        case=replace(healthy, test=healthy.test.with_column(column, values)),
        names=(column,),
        truth=f"{len(rows)} of {old.len()} test rows hold '{column}' = '{fresh}', which training lacks",
    )


def _rows(old: pl.Series, common: str, share: float, rng: np.random.Generator) -> np.ndarray:
    """Rows of the renamed category first, then others, until the wanted share is reached."""
    wanted = max(3, int(share * old.len()))
    own = rng.permutation((old == common).fill_null(value=False).arg_true().to_numpy())
    others = rng.permutation(np.setdiff1d(old.is_not_null().arg_true().to_numpy(), own))
    return np.concatenate([own, others])[:wanted]
