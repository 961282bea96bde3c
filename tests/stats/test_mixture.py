"""Two units in one column are found; honest groups are not, or only with the chance of coincidence that is stated."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from rung.stats.mixture import UnitMixture, unit_mixture
from rung.stats.units import AFFINE, FACTORS

Sampler = Callable[[np.random.Generator, int], np.ndarray]

ONE_UNIT: dict[str, Sampler] = {
    "normal": lambda r, n: r.normal(50, 10, n),
    "lognormal": lambda r, n: r.lognormal(3, 1.5, n),
    "exponential": lambda r, n: r.exponential(1, n),
    "Pareto": lambda r, n: 1 + r.pareto(1, n),
    "t(2)": lambda r, n: r.standard_t(2, n),
    "counts": lambda r, n: r.poisson(3, n).astype(float),
    "wide counts": lambda r, n: r.negative_binomial(0.5, 0.02, n).astype(float),
    "mostly zero": lambda r, n: np.where(r.random(n) < 0.7, 0, r.exponential(100, n)),
    "uniform": lambda r, n: r.random(n),
    "tiny gamma": lambda r, n: r.gamma(0.1, 1, n),
    "rounded incomes": lambda r, n: np.round(r.lognormal(10, 0.8, n), -3),
    "doses": lambda r, n: r.choice([1.0, 10, 100], n),
    "two widths": lambda r, n: np.exp(r.normal(size=n) * np.where(r.random(n) < 0.9, 1, 3)),
    "Zipf": lambda r, n: r.zipf(2.0, n).astype(float),
}

MIXED: dict[str, tuple[Sampler, float, float]] = {
    "cm among inches": (lambda r, n: r.normal(67, 4, n), 2.54, 0.0),
    "inches among cm": (lambda r, n: r.normal(170, 10, n), 1 / 2.54, 0.0),
    "pounds among kg": (lambda r, n: r.normal(75, 10, n), 2.204623, 0.0),
    "feet among metres": (lambda r, n: r.normal(1.7, 0.1, n), 3.28084, 0.0),
    "cm among metres": (lambda r, n: r.normal(1.7, 0.1, n), 100.0, 0.0),
    "cents": (lambda r, n: r.lognormal(3, 0.5, n), 100.0, 0.0),
    "milliseconds": (lambda r, n: r.lognormal(0, 0.8, n), 1000.0, 0.0),
    "seconds among minutes": (lambda r, n: r.lognormal(3, 0.6, n), 60.0, 0.0),
    "ten times": (lambda r, n: r.normal(120, 15, n), 10.0, 0.0),
    "months among years": (lambda r, n: r.normal(45, 8, n), 12.0, 0.0),
    "Fahrenheit": (lambda r, n: r.normal(15, 6, n), 1.8, 32.0),
    "fever in Fahrenheit": (lambda r, n: r.normal(36.8, 0.6, n), 1.8, 32.0),
    "kelvin": (lambda r, n: r.normal(15, 8, n), 1.0, 273.15),
}


def _mix(sample: Sampler, factor: float, offset: float, share: float, seed: int, n: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    """A column with a share of its rows converted, and which."""
    rng = np.random.default_rng(seed)
    x, other = sample(rng, n), rng.random(n) < share
    return np.where(other, factor * x + offset, x), other


def _is_right(found: UnitMixture, other: np.ndarray, factor: float) -> bool:
    """The right factor, nine tenths of the rows, and hardly a wrong one."""
    if not found.name or abs(math.log(found.factor / factor)) > 0.02:
        return False
    return (found.members & other).sum() > 0.9 * other.sum() and (found.members & ~other).sum() < 0.1 * other.sum()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("n", "repeats"), [(60, 30), (400, 30), (5000, 8)])
@pytest.mark.parametrize("shape", ONE_UNIT)
def test_one_unit_is_one_unit(shape: str, n: int, repeats: int) -> None:
    """No shape with one mode, and no set of levels, is taken for two units."""
    rng = np.random.default_rng(n)

    assert not any(unit_mixture(ONE_UNIT[shape](rng, n)).name for _ in range(repeats))


@pytest.mark.parametrize("share", [0.15, 0.3])
@pytest.mark.parametrize("pair", MIXED)
def test_finds_the_other_unit(pair: str, share: float) -> None:
    """Factor, rows and share, in at least seven of eight samples of 3,000 rows."""
    sample, factor, offset = MIXED[pair]
    columns = [_mix(sample, factor, offset, share, seed) for seed in range(8)]

    assert sum(_is_right(unit_mixture(x), other, factor) for x, other in columns) >= 7


def test_says_how_to_convert_back() -> None:
    """The repaired column is one group again."""
    sample, factor, offset = MIXED["Fahrenheit"]
    x, other = _mix(sample, factor, offset, 0.3, 0)

    found = unit_mixture(x)

    assert (found.factor, found.offset) == (1.8, 32.0)
    assert found.share == pytest.approx(other.mean(), abs=0.02)
    repaired = np.where(found.members, (x - found.offset) / found.factor, x)
    assert unit_mixture(repaired).name == ""


def test_the_minority_is_the_other_unit_even_below() -> None:
    """Celsius among Fahrenheit: the conversion is turned round."""
    sample, factor, offset = MIXED["fever in Fahrenheit"]
    x, fahrenheit = _mix(sample, factor, offset, 0.8, 0)

    found = unit_mixture(x)

    assert np.array_equal(found.members, ~fahrenheit)
    assert found.factor * 98.6 + found.offset == pytest.approx(37.0)


@pytest.mark.parametrize(("factor", "offset"), [(60.0, 0.0), (2.204623, 0.0), (1000.0, 0.0), (1.8, 32.0)])
def test_an_expectation_tells_units_apart_that_overlap(factor: float, offset: float) -> None:
    """Values spread as widely as the conversion moves them, but the other columns foretell them."""
    rng = np.random.default_rng(1)
    expected = rng.normal(15, 9, 2000) if offset else rng.lognormal(3, 1, 2000)
    x = expected + rng.normal(0, 2, 2000) if offset else expected * rng.lognormal(0, 0.12, 2000)
    other = rng.random(2000) < 0.2
    x = np.where(other, factor * x + offset, x)

    assert unit_mixture(x, expected).coincidence < 0.2
    assert _is_right(unit_mixture(x, expected), other, factor)
    assert not unit_mixture(x).name or factor == 1000


@pytest.mark.parametrize("n", [300, 3000])
def test_coincidence_keeps_its_word(n: int) -> None:
    """Honest groups of one shape at a random distance: at most 8 in 100 are reported with a coincidence below 0.05."""
    rng = np.random.default_rng(2)
    reported = []
    for _ in range(150):
        x = np.exp(rng.normal(3, 0.08, n) + rng.uniform(0.4, 2.5) * (rng.random(n) < 0.3))
        found = unit_mixture(x)
        reported.append(found.coincidence if found.name else 1.0)

    assert np.mean(np.array(reported) < 0.05) <= 0.08
    assert np.mean(np.array(reported) < 0.02) <= 0.03
    assert np.mean(np.array(reported) < 0.25) <= 0.5


@pytest.mark.parametrize("ratio", [0.3, 3.0])
def test_groups_of_another_shape_are_no_copies(ratio: float) -> None:
    """A factor of 100 exactly, but one group far narrower than the other."""
    rng = np.random.default_rng(3)
    second = rng.random(2000) < 0.3
    x = np.exp(rng.normal(3, np.where(second, 0.2 * ratio, 0.2)) + math.log(100) * second)

    assert unit_mixture(x).name == ""


def test_weights_are_not_temperatures() -> None:
    """75 kg in pounds is nearly 75 Celsius in Fahrenheit: the reading is a weight or nothing."""
    sample, factor, offset = MIXED["pounds among kg"]
    names = {unit_mixture(_mix(sample, factor, offset, 0.3, seed, 500)[0]).name for seed in range(10)}

    assert names <= {"", "lb / kg"}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("x", [[], [1.0], [2.0] * 90, [np.nan] * 90, [np.inf] * 50, [0.0, 1.0] * 60, [-1.0] * 60 + [5.0] * 60])
def test_nothing_to_mix(x: list[float]) -> None:
    """Empty, constant, missing, infinite, two values."""
    found = unit_mixture(x)

    assert (found.name, found.share, found.p) == ("", 0.0, 1.0)
    assert found.members.shape == (len(x),)


def test_expectation_of_another_length_is_refused() -> None:
    """Both lengths are named."""
    with pytest.raises(ValueError, match=r"\[2, 3\]"):
        unit_mixture([1.0, 2.0], [1.0, 2.0, 3.0])


def test_every_conversion_goes_up() -> None:
    """The larger numbers are named first; names and factors are distinct."""
    assert all(unit.factor > 1 for unit in FACTORS)
    assert len({unit.name for unit in (*FACTORS, *AFFINE)}) == len(FACTORS) + len(AFFINE)
