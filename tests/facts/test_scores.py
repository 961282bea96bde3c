"""Scores and their paired intervals at the edges: missing predictions, one class, tiny folds, moved rows, changed labels."""

import numpy as np
import pandas as pd
import pytest

from cases import breast_cancer, case_of, wine
from cases.evaluation import table
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.facts.folds import Folds
from rung.facts.ladder import ModelLadder
from rung.facts.score import Metric, compare, estimate, score_folds, standing

BINARY = Metric(name="ROC AUC", task="binary", n_classes=2, positive=1, chance=0.5)
NUMBERS = Metric(name="R2", task="regression", n_classes=0, positive=-1, chance=0.0)


def made(metric, y, prediction, fold=None, rows=None):
    y, prediction = np.asarray(y, dtype=float), np.asarray(prediction, dtype=float)
    fold = np.arange(len(y)) % 3 if fold is None else np.asarray(fold)
    return score_folds("m", metric, y, prediction, fold, np.arange(len(y)) if rows is None else np.asarray(rows))


def noisy(seed=0, n=300):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.4).astype(float)
    return y, y + rng.normal(size=n), y + rng.normal(size=n)


def test_leaves_out_rows_without_a_prediction():
    """Rows that were never scored change no score."""
    y, first, _ = noisy()
    blind = first.copy()
    blind[:50] = np.nan

    assert made(BINARY, y, blind).scores[0] == pytest.approx(BINARY.value(y[51::3], first[51::3]))
    assert estimate(made(BINARY, y, blind), BINARY).n == 250


@pytest.mark.parametrize("metric", [BINARY, NUMBERS])
def test_survives_constant_targets_and_no_rows(metric):
    """No score, no crash."""
    one = made(metric, np.ones(9), np.arange(9))

    assert np.isnan(estimate(one, metric).value)
    assert np.isnan(compare(metric, one, one).value)
    assert np.isnan(estimate(made(metric, [], [], fold=np.empty(0, dtype=int)), metric).value)


def test_same_model_differs_by_nothing():
    """A model beside itself: zero, and an interval that holds it."""
    y, first, _ = noisy()
    same = compare(BINARY, made(BINARY, y, first), made(BINARY, y, first))

    assert same.value == 0
    assert same.low <= 0 <= same.high


def test_pairs_rows_in_any_order_and_of_fewer_folds():
    """A fold that only one of them scored is left out, shapes or orders do not matter."""
    y, first, second = noisy()
    order = np.random.default_rng(1).permutation(300)
    fold = np.arange(300) % 3
    whole = compare(BINARY, made(BINARY, y, first), made(BINARY, y, second))
    moved = compare(BINARY, made(BINARY, y, first), made(BINARY, y[order], second[order], fold[order], order))
    part = compare(BINARY, made(BINARY, y, first), made(BINARY, y[fold < 2], second[fold < 2], fold[fold < 2], np.flatnonzero(fold < 2)))

    assert moved.value == pytest.approx(whole.value)
    assert part.n == 200


def test_changed_labels_are_not_taken_for_pairs():
    """After a repair of labels the two scores are independent: the interval is wider than the paired one."""
    y, first, _ = noisy()
    flipped = y.copy()
    flipped[:40] = 1 - flipped[:40]
    paired = compare(BINARY, made(BINARY, y, first), made(BINARY, y, first + 0.01 * np.arange(300)))
    free = compare(BINARY, made(BINARY, flipped, first), made(BINARY, y, first))

    assert free.high - free.low > 0.05
    assert paired.n == free.n == 300


def test_covers_the_truth_when_two_models_are_equal():
    """Two equally good models: the 95 % interval excludes zero in at most about one of twenty cases."""
    wrong = 0
    for seed in range(100):
        y, first, second = noisy(seed)
        gap = compare(BINARY, made(BINARY, y, first), made(BINARY, y, second))
        wrong += gap.low > 0 or gap.high < 0

    assert wrong <= 8


def test_ladder_names_every_step():
    """Prior, one feature, linear, non-linear: each with its reason."""
    ladder = Ledger(case_of(wine(), target="target"), discover.facts()).ask(ModelLadder)

    assert len(ladder.contenders) == 4
    assert all(each.why and each.state for each in ladder.contenders)


def test_ladder_survives_rare_classes_and_time():
    """A class of two rows, and folds that go forward in time."""
    frame = wine().assign(target=lambda each: each["target"].where(each.index > 1, 9), day=pd.date_range("2020-01-01", periods=178))
    ladder = Ledger(case_of(frame, target="target", time="day"), discover.facts()).ask(ModelLadder)
    forward = Ledger(case_of(breast_cancer().assign(day=range(569)), target="target", time="day"), discover.facts()).ask(ModelLadder)

    assert len(ladder.contenders) == len(forward.contenders) == 4


def test_a_perfect_score_on_few_rows_is_not_certain():
    """Sixty rows ranked without a mistake: the interval has a width, and ends at 1."""
    y = np.repeat([0.0, 1.0], 30)
    found = standing(made(BINARY, y, y, fold=np.zeros(60)), BINARY)

    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.85 < found.low < 0.99


def test_a_good_score_by_itself_stays_inside_its_range():
    """Where the plain interval runs over 1, the one to be read does not, and is no narrower below."""
    rng = np.random.default_rng(1)
    y = np.repeat([0.0, 1.0], 25)
    scores = made(BINARY, y, y + rng.normal(0, 0.35, 50), fold=np.zeros(50))
    plain, read = estimate(scores, BINARY), standing(scores, BINARY)

    assert plain.high > 1 > read.high
    assert read.low < plain.low


@pytest.mark.parametrize(("sites", "folds", "scheme"), [(2, 5, "random"), (3, 3, "grouped"), (9, 5, "grouped")])
def test_few_entities_make_as_many_folds_as_they_are(sites, folds, scheme):
    """Three sites can be held out one by one; two cannot stand for others, and the rows are drawn."""
    frame = table(900)
    frame["where"] = np.arange(900) % sites
    found = Ledger(case_of(frame, target="target", groups="where"), discover.facts()).ask(Folds)

    assert (found.n_folds, found.scheme) == (folds, scheme)
    assert len(np.unique(found.fold)) == folds
