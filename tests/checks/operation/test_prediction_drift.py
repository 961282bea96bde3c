"""prediction-drift: scores against those of rows that the model had not seen."""

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

import rung
from cases import case_of, findings_of, planted
from cases.build import case_from
from cases.production import against_snapshot, later, model_of, population
from rung.adapters.frames import to_table
from rung.inputs.planted import Healthy

RULE = "prediction-drift"
NAMES = ["income", "age", "idle"]


def broken():
    """The case on which the rule must fire."""
    train, current = population(2000, 1), population(1500, 2, shift=0.6)
    return case_of(train, current=current.drop(columns="late"), model=model_of(train), target="late")


def healthy():
    """The case on which it must stay silent."""
    train, current = population(2000, 1), population(1500, 2)
    return case_of(train, current=current.drop(columns="late"), model=model_of(train), target="late")


def loud(case):
    """Findings that are more than a note."""
    return [each for each in findings_of(RULE, case) if each.severity != "note"]


def test_says_what_the_model_says_now_and_which_input_moved():
    """Shares of the answers, and the column."""
    found = loud(broken())

    assert len(found) == 1
    assert "'income' moved most" in found[0].message
    assert "Expected effect" in found[0].message


def test_the_scores_of_memorised_rows_are_no_yardstick():
    """A forest is far surer about the rows it was grown on; against those every production table would alarm."""
    train, current = population(2000, 1), population(1500, 2)
    noisy = [each.assign(late=np.random.default_rng(place).permutation(each.late)) for place, each in enumerate((train, current))]
    forest = RandomForestClassifier(50, random_state=0).fit(noisy[0][NAMES], noisy[0].late)

    assert loud(case_of(noisy[0], current=noisy[1].drop(columns="late"), model=forest, target="late")) == []


def test_a_model_that_cannot_be_fitted_again_needs_more_to_be_accused():
    """Its own rows may have been learned by heart: only a distance beyond that counts."""
    train, current = population(2000, 1), population(1500, 2)
    forest = RandomForestClassifier(50, random_state=0).fit(train[NAMES], train.late)
    case = case_of(train, current=current.drop(columns="late"), model=lambda rows: forest.predict_proba(rows[NAMES])[:, 1], target="late")

    assert loud(case) == []


def test_works_from_a_snapshot_and_without_a_target_in_production():
    """The model is asked, the reference's scores come from the file."""
    train, moved = population(2000, 1), population(1500, 2, shift=0.6)
    same = later(population(1500, 3))
    made = [
        against_snapshot(train, each.drop(columns="late"), model=model_of(train), target="late", time="day")
        for each in (later(moved), same)
    ]

    assert [len(loud(each)) for each in made] == [1, 0]


def test_regression_and_several_classes():
    """Numbers and answers."""
    from sklearn.linear_model import LinearRegression, LogisticRegression

    rng = np.random.default_rng(0)
    frames = [pd.DataFrame(rng.normal(place, 1, size=(1500, 3)), columns=list("abc")) for place in (0, 0, 0.7)]
    number = [each.assign(y=each.a + each.b + rng.normal(size=1500)) for each in frames]
    several = [each.assign(y=np.digitize(each.a + each.b, [-1, 1]).astype(str)) for each in frames]
    line = LinearRegression().fit(number[0][list("abc")], number[0].y)
    classes = LogisticRegression().fit(several[0][list("abc")], several[0].y)
    found = [
        len(loud(case_of(tables[0], current=tables[place].drop(columns="y"), model=model, target="y")))
        for tables, model in ((number, line), (several, classes))
        for place in (1, 2)
    ]

    assert found == [0, 1, 0, 1]


def test_finds_the_planted_fault():
    """More rows with high scores."""
    parts = [to_table(population(1200, seed).drop(columns="day")) for seed in (1, 2)]
    for seed in range(2):
        made = planted(RULE, Healthy(train=parts[0], test=parts[1], target="late", task="binary"), seed=seed)
        assert loud(case_from(made.case))


def test_no_effect_of_the_inputs_is_told_where_no_input_moved():
    """Another version of the model: its scores no longer stand for what they stood for."""
    reference, current = population(2000, 1), population(2000, 2)
    model = model_of(reference)
    reference, current = (each.assign(p=model.predict_proba(each[NAMES])[:, 1]) for each in (reference, current))
    report = rung.compare(reference, current.assign(p=current.p**0.5), target="late", prediction="p", fresh=True)
    (found,) = report.find("prediction-drift")

    assert "not to be leant on" in found.message
    assert any("no input did" in each.reading for each in found.evidence if each.shape == "measure")
