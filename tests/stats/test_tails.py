"""Honest tails are left alone at every size; gross errors are found."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from rung.stats.tails import tail_excess

Sampler = Callable[[np.random.Generator, int], np.ndarray]

HONEST: dict[str, Sampler] = {
    "normal": lambda r, n: r.normal(50, 10, n),
    "lognormal": lambda r, n: r.lognormal(3, 1, n),
    "wide lognormal": lambda r, n: r.lognormal(3, 2, n),
    "t(3)": lambda r, n: r.standard_t(3, n),
    "t(2)": lambda r, n: r.standard_t(2, n),
    "Pareto(2)": lambda r, n: 1 + r.pareto(2, n),
    "Pareto(1)": lambda r, n: 1 + r.pareto(1, n),
    "exponential": lambda r, n: r.exponential(1, n),
    "mostly zero": lambda r, n: np.where(r.random(n) < 0.8, 0, r.exponential(100, n)),
    "counts": lambda r, n: r.poisson(3, n).astype(float),
    "wide counts": lambda r, n: r.negative_binomial(0.5, 0.02, n).astype(float),
    "uniform": lambda r, n: r.random(n),
    "bounded": lambda r, n: r.beta(0.3, 0.3, n),
    "tiny gamma": lambda r, n: r.gamma(0.1, 1, n),
    "rounded incomes": lambda r, n: np.round(r.lognormal(10, 0.8, n), -3),
    "two widths": lambda r, n: r.normal(size=n) * np.where(r.random(n) < 0.9, 1, 5),
    "two groups": lambda r, n: r.normal(8 * (r.random(n) < 0.1), 1),
    "Zipf": lambda r, n: r.zipf(2.0, n).astype(float),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("n", "repeats"), [(100, 60), (300, 60), (2000, 30), (20_000, 6)])
@pytest.mark.parametrize("shape", HONEST)
def test_stays_quiet_on_honest_tails(shape: str, n: int, repeats: int) -> None:
    """At the default level of 0.001 hardly a sample of any shape is flagged (one is allowed for chance)."""
    rng = np.random.default_rng(n)
    alarms = sum(tail_excess(HONEST[shape](rng, n)).n_beyond > 0 for _ in range(repeats))

    assert alarms <= 1


def test_a_false_alarm_is_rare_over_all_shapes() -> None:
    """Eighteen shapes, 1,000 rows, 20 samples each: at most two in 360."""
    rng = np.random.default_rng(1)
    alarms = [tail_excess(sample(rng, 1000)).n_beyond > 0 for sample in HONEST.values() for _ in range(20)]

    assert sum(alarms) <= 2


@pytest.mark.parametrize(
    ("shape", "n", "factor", "n_wrong", "floor"),
    [
        ("normal", 200, 10, 5, 0.95),
        ("normal", 1000, 10, 1, 0.95),
        ("normal", 1000, 100, 1, 0.95),
        ("counts", 1000, 100, 5, 0.8),
        ("exponential", 10_000, 100, 5, 0.7),
    ],
)
def test_finds_a_handful_of_gross_errors(shape: str, n: int, factor: float, n_wrong: int, floor: float) -> None:
    """Share of samples in which wrong rows, and only such, are named."""
    rng = np.random.default_rng(2)
    right = []
    for _ in range(30):
        x = HONEST[shape](rng, n)
        wrong = rng.choice(n, n_wrong, replace=False)
        x[wrong] *= factor
        rows = set(tail_excess(x).rows.tolist())
        right.append(bool(rows) and len(rows - set(wrong.tolist())) <= 1)

    assert np.mean(right) >= floor


def test_names_rows_side_and_limit() -> None:
    """Three ages typed with a digit too many, among missing values."""
    x = np.random.default_rng(3).normal(45, 8, 500)
    x[[7, 70, 300]] = [412.0, 520.0, 389.0]
    x[[8, 9]] = np.nan

    found = tail_excess(x)

    assert found.rows.tolist() == [70, 7, 300]
    assert found.side == "upper"
    assert 55 < found.limit < 90
    assert found.p < 1e-6
    assert found.expected < 0.01


def test_sees_values_ten_times_too_small() -> None:
    """Heights of 17 cm, by differences; incomes of a few cents, by ratios."""
    rng = np.random.default_rng(4)
    heights, incomes = rng.normal(172, 9, 800), rng.lognormal(8, 0.4, 800)
    heights[:3] /= 10
    incomes[:4] /= 1000

    assert set(tail_excess(heights).rows.tolist()) == {0, 1, 2}
    assert set(tail_excess(incomes).rows.tolist()) == {0, 1, 2, 3}
    assert tail_excess(incomes, side="upper").n_beyond == 0


def test_a_popular_round_maximum_is_not_an_error() -> None:
    """Incomes capped at a far value that many share are one event."""
    x = np.random.default_rng(5).lognormal(9, 0.6, 2000)
    x[:60] = 99_999.0

    assert tail_excess(x).n_beyond == 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("x", [[], [1.0], [3.0] * 500, [np.nan] * 200, [np.inf] * 200, list(range(99)), [0, 1] * 200, [0.0] * 399 + [1.0]])
def test_too_little_to_have_a_tail(x: list[float]) -> None:
    """Empty, constant, missing, few rows, two values."""
    found = tail_excess(x)

    assert (found.n_beyond, found.p, found.side) == (0, 1.0, "none")


def test_a_million_rows_take_about_a_second() -> None:
    """A fifth of them here; the bound is loose for busy machines."""
    x = np.random.default_rng(6).lognormal(3, 1, 200_000)
    start = time.perf_counter()

    tail_excess(x)

    assert time.perf_counter() - start < 2
