"""inconsistent-units: two units in one column."""

import numpy as np
import pandas as pd
import pytest

from cases import apply, breast_cancer, case_of, findings_of

RULE = "inconsistent-units"


def people(n=600, seed=0):
    """Heights and weights, with an outcome that hangs on both."""
    rng = np.random.default_rng(seed)
    sex = rng.integers(0, 2, n)
    height = rng.normal(165 + 12 * sex, 7)
    weight = 22 * (height / 100) ** 2 * np.exp(rng.normal(0, 0.12, n))
    return pd.DataFrame({"sex": sex, "height": height, "weight": weight, "y": ((weight + rng.normal(0, 8, n)) > 68).astype(int)})


def broken():
    """A sixth of the weights are pounds."""
    frame = people()
    pounds = np.random.default_rng(1).random(len(frame)) < 0.16
    return case_of(frame.assign(weight=frame["weight"] * np.where(pounds, 2.204623, 1.0)), target="y")


def healthy():
    """Kilograms only, of women and men."""
    return case_of(people(), target="y")


def test_names_the_column_and_the_factor():
    """Pounds among kilograms."""
    found = findings_of(RULE, broken())

    assert [(each.subject.names, each.severity) for each in found] == [(("weight",), "warning")]
    assert "2.205" in found[0].message


def test_experiment_confirms_by_rescaling():
    """In one unit the linear model gains."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


@pytest.mark.parametrize("factor", [0.1, 100.0, 1000.0])
def test_finds_powers_of_ten(factor):
    """Millimetres, cents and grams."""
    frame = breast_cancer()
    rows = np.random.default_rng(3).random(len(frame)) < 0.2
    frame["mean radius"] *= np.where(rows, factor, 1.0)

    assert [each.subject.names for each in findings_of(RULE, case_of(frame, target="target"))] == [("mean radius",)]


def test_stays_silent_on_real_groups():
    """Mice and rats differ fivefold in weight, and all other columns with them."""
    rng = np.random.default_rng(4)
    rat = rng.random(800) < 0.4
    length = np.where(rat, 20, 9) * np.exp(rng.normal(0, 0.08, 800))
    frame = pd.DataFrame(
        {"length": length, "weight": np.where(rat, 250, 25) * np.exp(rng.normal(0, 0.15, 800)), "y": rng.integers(0, 2, 800)}
    )

    assert findings_of(RULE, case_of(frame, target="y")) == []


def test_hours_that_wrap_at_midnight_are_no_unit():
    """A flight that leaves at 2300 and lands at 20 past midnight is far from what its landing says; its own hour lies among the others."""
    rng = np.random.default_rng(5)
    leaves = np.clip(rng.normal(1400, 450, 3000), 500, 2359)
    lands = leaves + rng.normal(180, 40, 3000)
    frame = pd.DataFrame({"leaves": leaves, "lands": np.where(lands >= 2400, lands - 2390, lands), "y": rng.integers(0, 2, 3000)})

    assert findings_of(RULE, case_of(frame, target="y")) == []


def test_finds_a_factor_that_only_the_other_columns_show():
    """Perimeters in feet overlap with small ones in metres: what radius and area leave unexplained does not."""
    frame = breast_cancer()
    rows = np.random.default_rng(6).random(len(frame)) < 0.2
    frame["worst perimeter"] *= np.where(rows, 0.3048, 1.0)
    found = findings_of(RULE, case_of(frame, target="target"))

    assert [each.subject.names for each in found] == [("worst perimeter",)]
    assert "foot / m" in found[0].message


@pytest.mark.parametrize(("share", "factor"), [(0.04, 10.0), (0.03, 1000.0)])
def test_finds_a_target_typed_in_another_unit(share, factor):
    """A few percent of the weights to predict are ten or a thousand times as large: more than a tail is asked about, and no feature shows it."""
    frame = people().drop(columns="y")
    rows = np.random.default_rng(5).random(len(frame)) < share
    found = findings_of(RULE, case_of(frame.assign(weight=frame["weight"] * np.where(rows, factor, 1.0)), target="weight"))

    assert [(each.subject.names, each.severity) for each in found] == [(("weight",), "warning")]


def test_stays_silent_on_a_target_with_a_long_tail():
    """Log-normal prices."""
    rng = np.random.default_rng(6)
    size = rng.normal(0, 1, 900)
    frame = pd.DataFrame({"size": size, "age": rng.normal(40, 9, 900), "price": np.exp(0.5 * size + rng.standard_t(3, 900))})

    assert findings_of(RULE, case_of(frame, target="price")) == []


def test_noise_about_a_true_zero_is_no_unit():
    """A quarter of the incomes are zero, measured with an error: the small values are negative as often as not, the large ones never."""
    rng = np.random.default_rng(3)
    incomes = np.where(rng.random(4000) < 0.25, 0.0, rng.lognormal(10.2, 0.8, 4000)) + rng.normal(0, 400, 4000)
    frame = pd.DataFrame({"income": incomes, "age": rng.integers(18, 80, 4000), "target": rng.integers(0, 2, 4000)})

    assert findings_of(RULE, case_of(frame, target="target")) == []


def test_a_balance_in_two_units_is_found_on_both_sides_of_zero():
    """Credits and debits, a fifth of them in cents: small and large amounts are negative equally often."""
    rng = np.random.default_rng(3)
    amounts = rng.lognormal(4, 0.35, 4000) * np.where(rng.random(4000) < 0.8, 1.0, 100.0) * np.where(rng.random(4000) < 0.3, -1, 1)
    frame = pd.DataFrame({"amount": amounts, "age": rng.integers(18, 80, 4000), "target": rng.integers(0, 2, 4000)})

    assert [each.subject.names for each in findings_of(RULE, case_of(frame, target="target"))] == [("amount",)]
