"""Conversions found in residuals, and none in one hill."""

import numpy as np
import pytest

from rung.stats.conversion import conversion


@pytest.mark.parametrize("factor", [2.204623, 2.54, 10.0, 1000.0])
def test_finds_a_known_factor(factor):
    """A tenth of the rows, moved by the factor, is named."""
    rng = np.random.default_rng(0)
    members = rng.random(800) < 0.1
    found = conversion(rng.normal(0, 0.1, 800) + members * np.log(factor))

    assert found is not None
    assert found.factor == pytest.approx(factor)
    assert (found.members == members).mean() > 0.99


def test_stays_silent_on_one_hill():
    """Normal, heavy-tailed and skewed residuals hold one group: no alarm in 300 draws."""
    rng = np.random.default_rng(1)
    found = [
        conversion(make(rng))
        for _ in range(100)
        for make in (lambda r: r.normal(size=500), lambda r: r.standard_t(2, 500), lambda r: r.exponential(size=500))
    ]

    assert sum(each is not None for each in found) == 0


def test_two_groups_at_no_known_distance_are_left_alone():
    """A factor of 5.2 is no unit."""
    rng = np.random.default_rng(2)

    assert conversion(rng.normal(0, 0.05, 800) + (rng.random(800) < 0.2) * np.log(5.2)) is None


def test_too_few_rows_say_nothing():
    """Empty, constant and missing residuals have no groups."""
    assert conversion(np.array([])) is None
    assert conversion(np.zeros(100)) is None
    assert conversion(np.full(100, np.nan)) is None


def test_a_few_rows_suffice_where_the_gap_is_wide():
    """Fourteen rows a thousandfold above the rest, nothing between."""
    rng = np.random.default_rng(8)
    residual = np.concatenate([rng.normal(0, 0.3, 800), rng.normal(np.log(1000), 0.3, 14)])
    found = conversion(residual)

    assert found is not None
    assert (found.unit.factor, int(found.members.sum())) == (1000.0, 14)


def test_few_single_groups_with_long_tails_are_taken_for_two():
    """Student's t with three degrees of freedom, log-normal and Laplace residuals: at most 1 in 100 meets a conversion."""
    rng = np.random.default_rng(9)
    samples = [draw for _ in range(100) for draw in (rng.standard_t(3, 300), np.exp(rng.normal(0, 1, 300)), rng.laplace(0, 1, 300))]

    assert sum(conversion(each) is not None for each in samples) <= 3
