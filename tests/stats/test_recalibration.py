"""Maps behind probabilities: what they undo, and which is chosen."""

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from rung.stats.recalibration import choose, fit, row_losses


def drawn(n=4000, slope=1.0, shift=0.0, seed=0):
    """Codes drawn from true log-odds, and probabilities whose log-odds are slope * true + shift."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 1.5, n)
    y = (rng.random(n) < 1 / (1 + np.exp(-z))).astype(np.int64)
    p = 1 / (1 + np.exp(-(slope * z + shift)))
    return y, np.column_stack([1 - p, p])


def test_temperature_undoes_a_stretch():
    """Log-odds times 3 need T = 3; probabilities that are fitted already get T = 1 (seed error: T = 1.5 by hand)."""
    assert fit("temperature", *drawn(slope=3.0))[1][0] == pytest.approx(3.0, rel=0.1)
    assert fit("temperature", *drawn())[1][0] == pytest.approx(1.0, rel=0.1)


def test_sigmoid_equals_an_unpenalised_logistic_regression_on_the_log_odds():
    """Platt's map without his smoothing of targets."""
    y, p = drawn(slope=2.0, shift=1.0)
    odds = np.log(p[:, 1] / p[:, 0])
    trusted = LogisticRegression(C=np.inf).fit(odds[:, None], y)

    a, b = fit("sigmoid", y, p)[1]

    assert (a, b) == (pytest.approx(float(trusted.intercept_[0]), abs=1e-3), pytest.approx(float(trusted.coef_[0, 0]), abs=1e-3))


def test_isotonic_equals_pooled_adjacent_violators():
    """scikit-learn's, away from the ends that are kept off 0 and 1."""
    y, p = drawn()
    trusted = IsotonicRegression().fit(p[:, 1], y).predict(p[:, 1])
    inside = (trusted > 0.01) & (trusted < 0.99)

    assert fit("isotonic", y, p)[0](p)[inside, 1] == pytest.approx(trusted[inside], abs=1e-9)


@pytest.mark.parametrize(("slope", "shift", "among"), [(1.0, 0.0, {"none"}), (3.0, 0.0, {"temperature"}), (1.0, 1.5, {"sigmoid"})])
def test_the_simplest_map_that_is_enough_is_chosen(slope, shift, among):
    """Nothing for the truth, one number for a stretch, two for a shift."""
    assert choose(*drawn(slope=slope, shift=shift)).method in among


def test_a_bent_curve_needs_isotonic():
    """Probabilities squared twice over: no line of log-odds mends a step."""
    y, p = drawn(n=8000)
    bent = np.where(p[:, 1] < 0.5, 0.2 * p[:, 1], 0.9 + 0.2 * (p[:, 1] - 0.5))

    assert choose(y, np.column_stack([1 - bent, bent])).method == "isotonic"


def test_several_classes_are_mended_and_still_sum_to_one():
    """Softmax of log-odds times 2.5, three classes."""
    rng = np.random.default_rng(1)
    z = rng.normal(size=(3000, 3))
    true = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    y = np.array([rng.choice(3, p=row) for row in true])
    said = np.exp(2.5 * z) / np.exp(2.5 * z).sum(axis=1, keepdims=True)
    found = choose(y, said)

    assert found.method == "temperature"
    assert found.apply(said).sum(axis=1) == pytest.approx(1.0)
    assert row_losses(y, found.apply(said)).mean() < row_losses(y, said).mean() - 0.05
