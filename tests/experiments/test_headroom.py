"""Headroom: the lever that was planted is the one that is named, and luck is measured."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from cases import case_of, findings_of
from rung.core.finding import Verdict
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.experiments.prospects import headroom
from rung.facts.seed_lottery import seed_spread, split_spread
from rung.inputs.settings import Settings


@pytest.fixture(autouse=True, scope="module")
def few_draws():
    """A lottery of few draws: what it measures is tested apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rung.facts.seed_lottery.N_SEEDS", 4)
        patch.setattr("rung.facts.seed_lottery.N_SPLITS", 1)
        yield


def levers_of(frame, model=None, names=("more-features", "model-class", "more-rows"), seconds=600.0):
    settings = Settings(budget=600.0)  # what is tried must not hang on how busy the machine is
    lab = Ledger(case_of(frame, model=model, target="target", settings=settings), discover.facts())
    chosen = {name: run for name, run in discover.helpers("lever").items() if name in names}
    return headroom(lab, (), {}, chosen, seconds)


def of(found, name):
    return next(each for each in found.levers if each.name == name)


def signal(n, score, rng, width=6):
    x = rng.normal(size=(n, width))
    chance = 1 / (1 + np.exp(-score(x)))
    return pd.DataFrame(x, columns=[f"f{place}" for place in range(width)]).assign(target=(rng.random(n) < chance).astype(int))


@pytest.fixture(scope="module")
def linear_truth(few_draws):
    """A sum of twelve weak features: trees waste it, a linear model does not."""
    rng = np.random.default_rng(0)
    frame = signal(500, lambda x: x.sum(axis=1) * 0.5, rng, width=12)
    model = RandomForestClassifier(n_estimators=15, max_depth=3, random_state=0).fit(frame.drop(columns="target"), frame.target)
    return levers_of(frame, model, names=("more-features", "model-class"), seconds=600.0)


def test_the_wrong_kind_of_model_is_the_best_lever(linear_truth):
    assert linear_truth.levers[0].name == "model-class"
    assert linear_truth.levers[0].state == "worth it"
    assert "linear" in linear_truth.levers[0].changed


def test_luck_by_the_seed_is_seen(linear_truth):
    """A small forest scores otherwise under another seed, and small gains then need many runs."""
    lottery = linear_truth.lottery

    assert lottery.seed > 0
    assert lottery.repeats_for(0.1) < lottery.repeats_for(0.001)
    assert lottery.data > lottery.seed


def test_a_missing_cross_is_a_lever():
    """The class hangs on which of two large numbers is larger: differences tell at once what trees piece together."""
    rng = np.random.default_rng(1)
    base = rng.normal(0, 10, 700)
    frame = pd.DataFrame({"a": base + rng.normal(size=700), "b": base + rng.normal(size=700), "noise": rng.normal(size=700)})
    frame["target"] = (frame.a - frame.b + rng.normal(0, 0.5, 700) > 0).astype(int)
    found = of(levers_of(frame, names=("more-features",)), "more-features")

    assert found.state == "worth it"
    assert found.gain.low > 0.02


def test_threshold_of_an_imbalanced_target():
    """With one positive in ten, a cut at one half misses them."""
    rng = np.random.default_rng(2)
    frame = signal(1_500, lambda x: 1.2 * x[:, 0] + x[:, 1] - 3, rng)
    model = LogisticRegression().fit(frame.drop(columns="target"), frame.target)
    found = of(levers_of(frame, model, names=("threshold",)), "threshold")

    assert found.state == "worth it"
    assert found.metric == "balanced accuracy"


def test_nothing_is_promised_on_pure_noise():
    """No lever is worth anything where there is nothing to learn, and the curve gives no forecast."""
    rng = np.random.default_rng(3)
    found = levers_of(signal(260, lambda x: 0 * x[:, 0], rng, width=4), seconds=600.0)

    assert [each.name for each in found.levers if each.state == "worth it"] == []
    assert of(found, "more-rows").state == "abstained"


def test_what_was_not_tried_says_why():
    """Without time nothing is tried, and the report says so."""
    rng = np.random.default_rng(4)
    found = levers_of(signal(300, lambda x: x[:, 0], rng), seconds=0.0)

    assert {each.state for each in found.levers} == {"not tried"}
    assert "budget" in found.levers[0].why


def test_leaks_are_taken_out_first():
    """The headroom of a leaking score would be headroom of nothing."""
    rng = np.random.default_rng(5)
    frame = signal(300, lambda x: x[:, 0] + x[:, 1], rng)
    frame["review"] = np.round(10 * frame.target + rng.normal(0, 1, 300), 2)
    case = case_of(frame, target="target", settings=Settings(budget=600.0))
    proven = [replace(each, verdict=Verdict.CONFIRMED) for each in findings_of("target-leakage", case)]
    found = headroom(Ledger(case, discover.facts()), tuple(proven), discover.helpers("take-out"), {}, 600.0)

    assert found.score.value < 0.9
    assert "D301" in found.notes[0]


def test_spread_by_seed_and_split_are_the_planted_ones():
    """Simulated scores with known deviations: both are recovered."""
    rng = np.random.default_rng(6)
    seeds = rng.normal(0, 1, (5, 1)) + rng.normal(0, 0.01, (5, 4_000))
    splits = rng.normal(0, 0.03, 4_000) + rng.normal(0, 0.01 / np.sqrt(5), 4_000)

    assert seed_spread(seeds) == pytest.approx(0.01 / np.sqrt(5), rel=0.05)
    assert split_spread(splits, 0.01 / np.sqrt(5)) == pytest.approx(0.03, rel=0.05)
