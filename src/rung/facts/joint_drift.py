"""Whether columns go together otherwise in production, though each looks as before."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.current_drift import CurrentDrifts
from rung.facts.domain_classifier import ALONE_DISTANCE, ALONE_P, CurrentSeparation, Separation
from rung.facts.together import ReferenceTogether, Surprise
from rung.stats.distributions import normal_p
from rung.stats.multiplicity import holm

MAX_PAIRS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two columns whose correlation (of normal scores) changed. p : over all pairs."""

    names: tuple[str, str]
    before: float
    after: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JointDrift:
    """separation : of a classifier over the columns that did not move by themselves, None without reference rows.   pairs : the surest ones."""

    separation: Separation | None
    pairs: tuple[Pair, ...]


@fact(cost="fits")
def joint_drift(
    separation: CurrentSeparation | None, found: ReferenceTogether | None, surprise: Surprise | None, drifts: CurrentDrifts
) -> JointDrift:
    """The classifier's answer where there are rows, and the pairs of numeric columns whose correlation changed."""
    if separation is None and (found is None or surprise is None):
        raise Unavailable("needs two columns that did not move by themselves")
    pairs = _pairs(found, surprise, drifts) if found is not None and surprise is not None and surprise.correlations else ()
    return JointDrift(separation=separation.separation if separation is not None else None, pairs=pairs)


def _pairs(found: ReferenceTogether, surprise: Surprise, drifts: CurrentDrifts) -> tuple[Pair, ...]:
    """Fisher's z of both sides, for pairs of columns that did not move by themselves."""
    names, together = surprise.names, found.together
    calm = {each.name for each in drifts.columns if each.p >= ALONE_P or each.size < ALONE_DISTANCE}
    rows, columns = np.triu_indices(len(names), 1)
    before, after = np.array(together.correlations), np.array(surprise.correlations)
    # Normal scores of skewed or stepped columns are only nearly normal: twice the variance of the normal case leaves room for it.
    error = math.sqrt(2 / max(together.rows * surprise.share - 3, 1) + 2 / max(surprise.rows * surprise.share - 3, 1))
    gap = (np.arctanh(np.clip(after, -0.999, 0.999)) - np.arctanh(np.clip(before, -0.999, 0.999))) / error
    p = np.array(
        [
            normal_p(float(each)) if math.isfinite(each) and names[i] in calm and names[j] in calm else math.nan
            for each, i, j in zip(gap, rows, columns, strict=True)
        ]
    )
    adjusted = holm(p)
    order = np.argsort(np.where(np.isnan(adjusted), 2.0, adjusted), kind="stable")[:MAX_PAIRS_SHOWN]
    return tuple(
        Pair(names=(names[rows[k]], names[columns[k]]), before=float(before[k]), after=float(after[k]), p=float(adjusted[k]))
        for k in order if not math.isnan(adjusted[k])
    )  # fmt: skip
