"""biased-range: bias by range of the prediction, not of the truth."""

import pytest
from sklearn.linear_model import Ridge

from cases import findings_of
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
