"""Point masses: sentinels, imputed constants and caps are told from heaps, counts and rounding."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from rung.stats.spikes import PointMasses, point_masses

Sampler = Callable[[np.random.Generator, int], np.ndarray]


def _heaped(r: np.random.Generator, n: int) -> np.ndarray:
    """Weights as people tell them: a third to the nearest five, a fifth to ten."""
    x = r.normal(60, 15, n)
    step = r.choice([1, 5, 10], n, p=[0.45, 0.35, 0.2])
    return np.round(x / step) * step


HONEST: dict[str, Sampler] = {
    "normal": lambda r, n: r.normal(size=n),
    "ages": lambda r, n: np.round(np.abs(r.normal(40, 15, n))),
    "counts": lambda r, n: r.poisson(4, n).astype(float),
    "heaped": _heaped,
    "prices in .99": lambda r, n: np.floor(r.lognormal(3, 0.6, n)) + 0.99,
    "incomes to the thousand": lambda r, n: np.round(r.lognormal(10, 0.8, n), -3),
    "marks one to seven": lambda r, n: r.integers(1, 8, n).astype(float),
    "drawn with replacement": lambda r, n: r.choice(r.normal(size=n), n),
    "Pareto, whole": lambda r, n: np.round(10 * (1 + r.pareto(1.5, n))),
    "doses on a log scale": lambda r, n: r.choice([1.0, 2, 5, 10, 20, 50, 100], n),
    "wide counts": lambda r, n: r.negative_binomial(1, 0.02, n).astype(float),
}


def _kinds_at(masses: PointMasses, value: float) -> str:
    """Kind of the mass at a value; empty when there is none."""
    return next((k for v, k in zip(masses.values, masses.kinds, strict=True) if v == value), "")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n", [60, 500, 5000])
@pytest.mark.parametrize("shape", HONEST)
def test_stays_silent_on_honest_columns(shape: str, n: int) -> None:
    """No isolated value and no interior one; a round heap or the first of the counts may be named as what it is."""
    rng = np.random.default_rng(n)
    kinds = [k for _ in range(20) for k in point_masses(HONEST[shape](rng, n)).kinds]

    assert kinds.count("isolated") + kinds.count("interior") <= 1


@pytest.mark.parametrize("n", [100, 1000, 10_000])
@pytest.mark.parametrize(("shape", "code"), [("ages", -999.0), ("ages", 999.0), ("normal", -9.0), ("counts", 99.0), ("heaped", -1000.0)])
def test_finds_a_far_sentinel(shape: str, code: float, n: int) -> None:
    """Two rows in a hundred are enough, and it is named as standing apart."""
    x = HONEST[shape](np.random.default_rng(1), n)
    x[: max(3, n // 50)] = code

    assert _kinds_at(point_masses(x), code) == "isolated"


def test_names_a_family_of_codes() -> None:
    """997, 998, 999 for three reasons of refusal."""
    x = HONEST["ages"](np.random.default_rng(2), 1000)
    x[:40], x[40:60], x[60:70] = 999, 998, 997

    masses = point_masses(x)

    assert sorted(masses.values) == [997, 998, 999]
    assert set(masses.kinds) == {"isolated"}


def test_a_zero_that_cannot_be_is_apart_and_one_that_can_is_a_zero() -> None:
    """Blood pressure of 0; rain of 0."""
    rng = np.random.default_rng(3)
    pressure, rain = rng.normal(120, 15, 500), rng.exponential(3, 500)
    pressure[:15] = 0
    rain[:200] = 0

    assert _kinds_at(point_masses(pressure), 0) == "isolated"
    assert _kinds_at(point_masses(rain), 0) == "zero"


def test_an_imputed_mean_is_interior() -> None:
    """One value in the middle of a continuous column, thirty times."""
    x = np.random.default_rng(4).normal(50, 10, 600)
    middle = float(x[30:].mean())
    x[:30] = middle

    masses = point_masses(x)

    assert masses.kinds == ("interior",)
    assert masses.values[0] == middle
    assert masses.counts[0] == 30
    assert masses.expected[0] < 1


def test_a_cap_is_an_edge() -> None:
    """Everything above 60 set to 60."""
    x = np.minimum(np.random.default_rng(5).lognormal(3, 1, 800), 60.0)

    assert point_masses(x).kinds == ("edge",)


def test_a_sentinel_among_heaps_is_still_found() -> None:
    """Heaped weights with -1 for unknown."""
    x = _heaped(np.random.default_rng(6), 2000) + 40
    x[:100] = -1

    assert _kinds_at(point_masses(x), -1) == "isolated"


def test_round_numbers_among_exact_ones_are_heaps() -> None:
    """Incomes, half of them told to the thousand."""
    rng = np.random.default_rng(7)
    x = rng.lognormal(10, 0.6, 5000)
    x = np.where(rng.random(5000) < 0.5, np.round(x, -3), np.round(x))

    masses = point_masses(x)

    assert len(masses.kinds) > 5
    assert masses.kinds.count("heaping") >= 0.9 * len(masses.kinds)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("x", [[], [1.0], [2.0] * 90, [np.nan] * 90, [0, 1] * 90, [np.inf] * 50, list(range(20))])
def test_nothing_to_surround(x: list[float]) -> None:
    """Empty, constant, missing, two values, few rows."""
    masses = point_masses(x)

    assert (masses.values.size, masses.kinds) == (0, ())


def test_many_rows_are_quick() -> None:
    """300,000 rows; the bound is loose for busy machines."""
    x = np.random.default_rng(8).lognormal(3, 1, 300_000)
    start = time.perf_counter()

    point_masses(x)

    assert time.perf_counter() - start < 1.5
