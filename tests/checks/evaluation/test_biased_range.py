"""biased-range: bias by range of the prediction, not of the truth."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression, Ridge

from cases import case_of, findings_of
from cases.evaluation import broken_by, real_case, sound_case

RULE = "biased-range"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE, task="regression")


def healthy():
    """The case on which it must stay silent."""
    return sound_case("regression")


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_tells_band_side_and_size(seed):
    """Pulled to the middle or shifted: the sentence has the band and the side."""
    message = findings_of(RULE, broken_by(RULE, task="regression", seed=seed))[0].message

    assert "too high" in message or "too low" in message


def test_regression_to_the_mean_is_no_bias():
    """By the truth every honest model is too low at the top; by the prediction it is not."""
    assert findings_of(RULE, sound_case("regression")) == []
    assert [each for each in findings_of(RULE, real_case("diabetes", Ridge())) if each.weight] == []


def amounts(spread: float, **declared):
    """Costs that spread by factors, by a straight line through their logarithms, turned back as it stands: a median."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"age": rng.normal(50, 12, 4000), "stays": rng.poisson(1.0, 4000)})
    frame["target"] = np.exp(4 + 0.02 * (frame.age - 50) + 0.3 * frame.stays + rng.normal(0, spread, 4000))
    train, test = frame[:2500], frame[2500:].reset_index(drop=True)
    model = TransformedTargetRegressor(LinearRegression(), func=np.log, inverse_func=np.exp)
    return case_of(train, test=test, model=model.fit(train[["age", "stays"]], train.target), target="target", **declared)


def test_a_logarithm_turned_back_as_it_stands_is_told_by_the_sum():
    """Long tails hide the bias in every band; all predictions together are off by half."""
    found = findings_of(RULE, amounts(1.3))

    assert found[0].severity == "warning"
    assert "together the predictions are" in found[0].message
    assert "below the truth" in found[0].message


@pytest.mark.parametrize("case", [lambda: amounts(1.3, metric="mae"), lambda: amounts(0.4)])
def test_a_median_that_was_asked_for_or_lies_near_the_mean_is_no_fault(case):
    """MAE is answered by the median; a small spread moves the sum by little."""
    assert [each for each in findings_of(RULE, case()) if each.weight] == []
