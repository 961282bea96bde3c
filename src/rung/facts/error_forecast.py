"""Can errors be told in advance on rows that were not used to learn how: by the features, and by the model's own confidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.learners import nonlinear
from rung.facts.sample import row_keys
from rung.facts.scored import Scored, ScoredFeatures
from rung.stats.delong import auc_interval
from rung.stats.intervals import Interval

MAX_ROWS = 3_000
FEWEST = 15  # wrong rows, and right rows, on each half


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorForecast:
    """AUC with which wrong rows are told from right ones on unseen rows.

    by_features : of boosted trees fitted on the other half.   by_confidence : of the model's own doubt on the same rows, None without probabilities.
    n, n_wrong : rows of the half that was scored.
    """

    by_features: Interval
    by_confidence: Interval | None
    n: int
    n_wrong: int


@fact(cost="fits")
def error_forecast(scored: Scored, features: ScoredFeatures) -> ErrorForecast:
    """One fit on one half. Unavailable with fewer than 15 wrong rows on a half; for numbers the largest fifth of residuals counts as wrong."""
    kept = np.argsort(row_keys(scored.rows, 51), kind="stable")[:MAX_ROWS]
    size = np.abs(scored.residual) if not scored.target.is_classification else None
    wrong = scored.wrong if size is None else size > np.quantile(size, 0.8)
    learn, told = kept[::2], kept[1::2]
    counts = [int(part.sum()) for half in (wrong[learn], wrong[told]) for part in (half, ~half)]
    if min(counts) < FEWEST:
        raise Unavailable(f"{int(wrong[kept].sum())} wrong rows among {len(kept)}: too few to learn from one half and try on the other")
    guess = nonlinear("binary", 2, 1, features.categorical, 0)(features.x[learn], wrong[learn].astype(float))(features.x[told])
    confidence = scored.confidence if size is None else None
    return ErrorForecast(
        by_features=auc_interval(wrong[told], guess),
        by_confidence=auc_interval(wrong[told], -confidence[told]) if confidence is not None else None,
        n=len(told),
        n_wrong=int(wrong[told].sum()),
    )
