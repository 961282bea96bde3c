"""How much each row pulls a score: the score's error, and that of any weighted sum of scores on the same rows, follow from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rung.stats.arrays import Array, as_floats, as_labels, midranks, same_length


def auc_influence(y: ArrayLike, score: ArrayLike) -> Array:
    """Influence of each row on the AUC, shape (n,), mean 0; zeros where a class is empty.

    y : shape (n,), 0/1; score : shape (n,), finite. The AUC's variance is var(influence) / n, that of a weighted sum of AUCs on the
    same rows is var(weighted sum of influences) / n.
    Source: DeLong et al. (1988) placements as an influence function; checked against DeLong's variance in tests/stats.
    """
    labels, column = as_labels(y), as_floats(score)
    same_length(labels, column)
    n_positive, n_negative = int(labels.sum()), int((~labels).sum())
    found = np.zeros(labels.size)
    if min(n_positive, n_negative) == 0:
        return found
    whole = midranks(column)
    above = (whole[labels] - midranks(column[labels])) / n_negative
    below = 1 - (whole[~labels] - midranks(column[~labels])) / n_positive
    auc = float(above.mean())
    found[labels] = (above - auc) * labels.size / n_positive
    found[~labels] = (below - auc) * labels.size / n_negative
    return found


def r2_influence(y: ArrayLike, prediction: ArrayLike) -> Array:
    """Influence of each row on R2 = 1 - MSE / Var(y), shape (n,), mean 0; zeros for a constant target.

    Source: delta method on the two means (van der Vaart 1998, chapter 20); checked by bootstrap in tests/stats.
    """
    truth, said = as_floats(y), as_floats(prediction)
    same_length(truth, said)
    centred = truth - truth.mean() if truth.size else truth
    spread = float(np.mean(centred**2)) if truth.size else 0.0
    if spread <= 0:
        return np.zeros(truth.size)
    errors = (truth - said) ** 2
    return -(errors - errors.mean()) / spread + errors.mean() / spread**2 * (centred**2 - spread)


def error_of(influence: ArrayLike) -> float:
    """Standard error of the score (or weighted sum of scores) that has this influence; NaN below two rows."""
    values = as_floats(influence)
    return float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else float("nan")
