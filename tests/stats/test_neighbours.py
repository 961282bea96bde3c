"""Agreement of labels along nearest rows."""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.neighbors import NearestNeighbors

from rung.stats.neighbours import agreement, nearest


def test_nearest_rows_are_those_of_scikit_learn():
    """Standardised columns, the row itself left out."""
    x = np.random.default_rng(0).normal(size=(200, 6)) * [1, 5, 0.1, 1, 1, 1]
    scaled = (x - x.mean(0)) / x.std(0)
    theirs = NearestNeighbors(n_neighbors=6).fit(scaled).kneighbors(scaled, return_distance=False)[:, 1:]

    assert np.sort(nearest(x), axis=1).tolist() == np.sort(theirs, axis=1).tolist()


def test_labels_agree_where_they_belong_and_by_chance_where_not():
    """Irises: 0.95 against a third."""
    x, y = load_iris(return_X_y=True)
    rows = nearest(x)
    true, wrong = agreement(rows, y, classes=True), agreement(rows, np.random.default_rng(0).permutation(y), classes=True)

    assert true.share > 0.9
    assert true.z > 15
    assert abs(wrong.z) < 3.5
    assert abs(wrong.chance - 0.33) < 0.02


def test_numbers_agree_by_rank():
    """A smooth target."""
    x = np.random.default_rng(1).normal(size=(300, 3))

    assert agreement(nearest(x), np.exp(x[:, 0]), classes=False).z > 8


def test_has_its_size_on_shuffled_labels():
    """|z| > 2.5 in about one of a hundred."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(150, 4))
    rows = nearest(x)
    scores = [agreement(rows, rng.integers(0, 4, 150).astype(float), classes=True, seed=seed).z for seed in range(200)]

    assert np.mean(np.array(scores) > 2.5) < 0.04


def test_too_few_rows_give_no_neighbours():
    """Five rows have no five others."""
    assert nearest(np.eye(5)).shape == (5, 0)
