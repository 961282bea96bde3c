"""Can the number be trusted? The questions and their states agree with what was found."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

import rung
from cases import breast_cancer


@pytest.fixture(scope="module")
def asked():
    """Four noisy rows of each customer, on both sides of a random split; the model knows the customers by heart."""
    rng, frame = np.random.default_rng(0), breast_cancer().iloc[:140]
    frame = frame.assign(target=rng.permutation(frame.target))  # nothing but the customer tells
    noise = frame.drop(columns="target").std() * 0.05
    copies = [frame.assign(**{name: frame[name] + rng.normal(0, noise[name], len(frame)) for name in noise.index}) for _ in range(4)]
    full = (
        pd.concat([each.assign(customer=np.arange(len(frame))) for each in copies]).sample(frac=1.0, random_state=1).reset_index(drop=True)
    )
    train, test = full[:420], full[420:].reset_index(drop=True)
    model = RandomForestClassifier(60, random_state=0).fit(train.drop(columns="target"), train.target)
    report = rung.diagnose(
        train, test=test, model=model, target="target", groups="customer", select="evaluation,group-leakage", experiments=False
    )
    return {each.ask: each for each in report.evaluation}


def test_rows_of_known_entities_were_not_unseen(asked):
    """No row stands in training, and yet each has brothers there."""
    assert asked["Were the scored rows unseen?"].state == "bad"


def test_what_could_not_be_seen_is_not_called_good(asked):
    """A model without errors has no surest ones."""
    each = asked["What are the surest errors?"]

    assert (each.state, each.answer.startswith("Could not be seen")) == ("not-seen", True)


def test_a_perfect_score_is_given_a_width(asked):
    """No difference below 0.000."""
    assert "between 1.000 and 1.000" not in asked["How sure is the number?"].answer
    assert "nan" not in asked["Do probabilities mean what they say?"].answer


def test_a_small_sound_table_is_not_left_without_an_answer():
    """Fifty-five test rows of three classes: the number has a width inside its range, and what was followed nowhere is not called sound."""
    from sklearn.datasets import load_wine
    from sklearn.naive_bayes import GaussianNB

    frame = load_wine(as_frame=True).frame.sample(frac=1.0, random_state=0).reset_index(drop=True)
    train, test = frame[55:].reset_index(drop=True), frame[:55].reset_index(drop=True)
    model = GaussianNB().fit(train.drop(columns="target"), train.target)
    report = rung.diagnose(train, test=test, model=model, target="target", select="evaluation", experiments=False)
    said = {each.ask: each for each in report.evaluation}

    assert "lies between" in said["How sure is the number?"].answer
    assert said["Does it lean on what will not hold?"].state == "not-seen"
    assert "to 1.00" not in said["Does the number measure what matters?"].answer.replace("to 1.000", "")


def test_the_foot_of_the_ladder_can_be_selected():
    """'instrument' stands in every report and means its rules."""
    from rung.engine import discover
    from rung.engine.select import matches

    chosen = {rule.name for rule in discover.rules() if matches(rule, "instrument")}

    assert {"metric-mismatch", "split-overlap"} <= chosen
    assert "weak-slice" not in chosen
