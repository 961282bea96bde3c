"""Normal scores against the quantiles of the normal."""

import numpy as np
from scipy import stats

from rung.stats.scores import normal_scores


def test_scores_are_normal_quantiles_of_the_ranks():
    """The largest of three lies at the quantile of 2.625 / 3.25, missing stays missing."""
    z = normal_scores(np.array([[1.0], [np.nan], [2.0], [100.0]]))

    assert np.allclose(z[[0, 2, 3], 0], stats.norm.ppf((np.arange(1, 4) - 0.375) / 3.25))
    assert np.isnan(z[1, 0])


def test_ties_share_a_score():
    """Equal values have equal scores, and a constant lies in the middle."""
    assert np.allclose(normal_scores(np.full((5, 1), 7.0)), 0.0)
