"""performance-decay: a fall beyond its noise, on ripe labels, told apart from what the inputs account for."""

import numpy as np
import pandas as pd
import pytest

from cases import case_of, findings_of, planted
from cases.build import case_from, run_rule
from cases.production import against_snapshot, later, model_of, population
from rung.adapters.frames import to_table
from rung.inputs.planted import Healthy

RULE = "performance-decay"


def broken():
    """The case on which the rule must fire."""
    train, current = population(3000, 1), population(2000, 2, slope=0.3)
    return case_of(train, test=population(2000, 3), current=current, model=model_of(train), target="late")


def healthy():
    """The case on which it must stay silent."""
    train = population(3000, 1)
    return case_of(train, test=population(2000, 3), current=population(2000, 2), model=model_of(train), target="late")


def loud(case):
    """Findings that are more than a note."""
    return [each for each in findings_of(RULE, case) if each.severity != "note"]


def test_a_changed_relation_is_told_from_changed_inputs():
    """Concept against covariates: the same fall, another cause."""
    train, test, pool = population(4000, 1), population(4000, 3), population(30_000, 2)
    near = np.exp(-np.abs(pool.income - 1.3) * 4)
    hard = pool[np.random.default_rng(0).random(len(pool)) < near].reset_index(drop=True)
    concept = population(3000, 4, slope=0.3)
    said = [loud(case_of(train, test=test, current=each, model=model_of(train), target="late"))[0].message for each in (concept, hard)]

    assert "changed relation" in said[0]
    assert "accounts for it" in said[1]


def test_seed_a10_few_positives_raise_no_alarm():
    """Ten positives in 200 rows: a fall of 0.05 is chance in every fourth window."""
    train = population(4000, 1)
    model, falls, alarms = model_of(train), 0, 0
    pool = population(8000, 5)
    late, fine = pool[pool.late == 1], pool[pool.late == 0]
    kept = run_rule(RULE, case_of(train, test=pool, current=pool, model=model, target="late"))
    for seed in range(6):
        window = pd.concat([late.sample(12, random_state=seed), fine.sample(190, random_state=seed)]).reset_index(drop=True)
        from sklearn.metrics import roc_auc_score

        falls += roc_auc_score(window.late, model.predict_proba(window[["income", "age", "idle"]])[:, 1]) < 0.80 - 0.05
        alarms += any(
            "is" in each.message and each.subject.detail == "worse"
            for each in loud(case_of(train, test=pool, current=window, model=model, target="late"))
        )

    assert kept[0].outcome == "clear"
    assert alarms == 0


def test_says_how_many_labels_are_missing():
    """Not enough data is an answer."""
    train = population(2000, 1)
    run, _ = run_rule(RULE, case_of(train, current=population(20, 2), model=model_of(train), target="late"))

    assert run.outcome == "skipped"
    assert "ripe production labels" in run.reason


def test_predictions_that_are_off_on_average_are_a_decay_too():
    """Another prior leaves the AUC as it is."""
    train, pool = population(4000, 1), population(20_000, 2)
    rows = np.random.default_rng(0).random(len(pool)) < np.where(pool.late == 1, 0.25, 0.8)
    found = loud(case_of(train, test=population(3000, 3), current=pool[rows].head(4000), model=model_of(train), target="late"))

    assert [each.subject.detail for each in found] == ["off on average"]
    assert "mean prediction" in found[0].message


def test_a_score_from_rows_that_were_seen_is_a_note_at_most():
    """A model that cannot be fitted again, measured on its own training rows."""
    from sklearn.ensemble import RandomForestClassifier

    train, current = population(1500, 1, noise=3.0), population(1500, 2, noise=3.0)
    forest = RandomForestClassifier(50, random_state=0).fit(train[["income", "age", "idle"]], train.late)
    case = case_of(train, current=current, model=lambda rows: forest.predict_proba(rows[["income", "age", "idle"]])[:, 1], target="late")

    assert loud(case) == []


def test_unripe_labels_are_left_out():
    """Seed B21: the young rows whose labels came early are all positive; the ripe ones are as ever."""
    train, current = population(3000, 1), later(population(3000, 2))
    rng = np.random.default_rng(0)
    age = (current.day.max() - current.day).dt.total_seconds() / 86_400
    wait = rng.exponential(np.where(current.late == 1, 2.0, 20.0))
    seen = current.assign(late=current.late.astype(float).where(wait <= age))
    case = case_of(train, test=population(2000, 3), current=seen, model=model_of(train), target="late", time="day")

    assert loud(case) == []


@pytest.mark.parametrize("slope", [1.0, 0.3])
def test_from_a_snapshot(slope):
    """The reference's score comes from the file."""
    train, current = population(3000, 1), later(population(2000, 2, slope=slope))
    found = loud(against_snapshot(train, current, model=model_of(train), target="late", time="day"))

    assert bool(found) == (slope < 1)


def test_regression_is_scored_in_units_of_the_reference():
    """A narrower range of the target is no decay; larger errors are."""
    from sklearn.linear_model import LinearRegression

    rng = np.random.default_rng(0)

    def frame(n, width, noise):
        x = rng.normal(0, width, n)
        return pd.DataFrame({"x": x, "z": rng.normal(size=n), "y": 2 * x + rng.normal(0, noise, n)})

    train, test = frame(2000, 1, 1), frame(2000, 1, 1)
    model = LinearRegression().fit(train[["x", "z"]], train.y)
    found = [
        bool(loud(case_of(train, test=test, current=each, model=model, target="y"))) for each in (frame(1500, 0.4, 1), frame(1500, 1, 1.6))
    ]

    assert found == [False, True]


def test_finds_the_planted_fault():
    """At medium and severe."""
    parts = [to_table(population(1600, seed).drop(columns="day")) for seed in (1, 2)]
    for severity in ("medium", "severe"):
        made = planted(RULE, Healthy(train=parts[0], test=parts[1], target="late", task="binary"), severity=severity)
        assert loud(case_from(made.case))
