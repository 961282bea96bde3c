"""feature-drift in production: null-calibrated, family-wise, in step with time, and a change of mix called by its name."""

import numpy as np
import pandas as pd
import pytest

from cases.build import case_from, run_rule
from cases.production import against_snapshot, case_of, halves, later, model_of, population

RULE = "O102"


def broken():
    """The case on which the rule must fire."""
    train, current = halves()
    return case_of(train, current=current.assign(**{"mean texture": current["mean texture"] + 4}), target="target")


def healthy():
    """The case on which it must stay silent."""
    train, current = halves()
    return case_of(train, current=current, target="target")


def findings(case):
    """What the rule found; a crash or a skip is an error."""
    run, found = run_rule(RULE, case)
    assert run.outcome in ("found", "clear"), run.reason + run.traceback
    return found


def loud(case):
    """Findings that are more than a note."""
    return [each for each in findings(case) if each.severity != "note"]


def names(case):
    """All columns named loudly."""
    return {name for each in loud(case) for name in each.subject.names}


def test_names_the_column_and_shows_the_familiar_figures():
    """One column; PSI and what its constant would have said stand in the table."""
    found = loud(broken())
    table = next(each for each in found[0].evidence if each.shape == "ranking")

    assert [each.subject.names for each in found] == [("mean texture",)]
    assert "PSI" in found[0].message
    assert "PSI > 0.25 would name" in table.reading


def test_seed_a9_fixed_psi_is_wrong_on_both_sides():
    """PSI > 0.25 is noise at 30 rows and blind to 0.3 and 0.4 deviations at 5,000; rung is neither."""
    rng = np.random.default_rng(0)
    alarms, seen = 0, 0
    for seed in range(6):
        small = [pd.DataFrame(np.random.default_rng([seed, side]).normal(size=(30, 3)), columns=list("abc")) for side in (1, 2)]
        alarms += bool(loud(case_of(small[0].assign(y=0), current=small[1], target="y")))
    for shift in (0.3, 0.4):
        big = [pd.DataFrame({"a": rng.normal(place, 1, 5000), "b": rng.normal(size=5000)}) for place in (0, shift)]
        found = loud(case_of(big[0].assign(y=0), current=big[1], target="y"))
        psi = next(row for each in found[0].evidence if each.shape == "ranking" for row in each.rows if row[0] == "a")
        seen += found[0].subject.names == ("a",)
        assert psi[7] == "silent"

    assert (alarms, seen) == (0, 2)


def test_seed_b20_trivia_at_large_n_and_many_columns_are_silent():
    """A shift of 0.02 deviations at 100,000 rows is real and harmless; fifty columns of noise raise nothing."""
    rng = np.random.default_rng(1)
    train = pd.DataFrame(rng.normal(size=(100_000, 3)), columns=list("abc")).assign(y=0)
    moved = pd.DataFrame(rng.normal(0.02, 1, size=(100_000, 3)), columns=list("abc"))
    wide = [pd.DataFrame(rng.normal(size=(300, 50))).rename(columns=str) for _ in range(2)]
    _, found = run_rule(RULE, case_of(train, current=moved, target="y"))

    assert found == []
    assert findings(case_of(wide[0].assign(y=0), current=wide[1], target="y")) == []


def test_a_reference_that_wanders_in_time_sets_its_own_limit():
    """A slow wave moves every window; only a move beyond it counts, and without the time column nobody could know."""
    n, m = 6000, 600
    alarms = moved = blind = 0
    for seed in range(4):
        rng = np.random.default_rng(seed)
        wave = np.cumsum(rng.normal(size=n + m)) * 0.012
        frame = pd.DataFrame(
            {"day": pd.date_range("2024-01-01", periods=n + m, freq="h"), "a": rng.normal(size=n + m) + wave, "b": rng.normal(size=n + m)}
        )
        train, current = frame.iloc[:n].assign(y=0), frame.iloc[n:].reset_index(drop=True)
        alarms += bool(loud(case_of(train, current=current, target="y", time="day")))
        moved += "b" in names(case_of(train, current=current.assign(b=current.b + 1.0), target="y", time="day"))
        blind += bool(loud(case_of(train.drop(columns="day"), current=current.drop(columns="day"), target="y")))

    assert (alarms, moved) == (0, 4)
    assert blind >= 2


def test_a_change_of_mix_is_named_alone():
    """More rows of the south move income with them; within the groups nothing changed."""
    train, pool = population(4000, 1).drop(columns="day"), population(9000, 2).drop(columns="day")
    rng = np.random.default_rng(0)
    south = (pool.group == "south").to_numpy()
    current = pool[south | (rng.random(len(pool)) < 0.3)].sample(3000, random_state=0).reset_index(drop=True)
    found = loud(case_of(train, current=current.drop(columns="late"), target="late"))

    assert [(each.subject.names, each.subject.detail) for each in found] == [(("group",), "change of mix")]
    assert "'income'" in found[0].message


def test_a_real_move_beside_a_mix_is_not_excused():
    """Income moves within the groups too: the mix does not account for it."""
    train, pool = population(4000, 1).drop(columns="day"), population(9000, 2, shift=0.5).drop(columns="day")
    south = (pool.group == "south").to_numpy()
    current = pool[south | (np.random.default_rng(0).random(len(pool)) < 0.3)].head(3000)

    assert {"income", "group"} <= names(case_of(train, current=current.drop(columns="late"), target="late"))


@pytest.mark.parametrize("make", [case_of, against_snapshot])
def test_sees_a_joint_change_without_any_column_moving(make):
    """One column is sorted apart from the others; with rows by a classifier, from a snapshot by correlations."""
    train, current = halves(columns=["mean radius", "mean perimeter", "mean texture", "mean smoothness", "target"])
    turned = current.assign(**{"mean radius": current["mean radius"].sample(frac=1, random_state=0).to_numpy()})
    case = make(train, current=turned, target="target")
    run, found = run_rule(RULE, case)

    assert run.outcome == "found"
    assert {"mean radius", "mean perimeter"} <= {name for each in found for name in each.subject.names}


def test_missing_values_and_spread_count_too():
    """A share of missing values, and a spread at an unmoved middle, which the KS distance hardly sees."""
    train, current = population(3000, 1), population(3000, 2)
    rng = np.random.default_rng(0)
    gone = current.assign(age=current.age.where(rng.random(3000) > 0.12), idle=current.idle * 1.6)

    assert names(case_of(train, current=gone.drop(columns="day"), target="late")) == {"age", "idle"}


def test_says_since_when():
    """The break lies in the interval that is named."""
    train, current = population(4000, 1), later(population(3000, 2))
    place = 1800
    moved = current.assign(idle=np.where(np.arange(3000) >= place, current.idle + 1.0, current.idle))
    found = loud(case_of(train, current=moved, target="late", time="day"))
    chart = next(each for each in found[0].evidence if each.shape == "lines")

    assert [each.subject.names for each in found] == [("idle",)]
    assert current.day[place].strftime("%Y-%m") in found[0].message.partition("since ")[2][:10]
    assert len(chart.events) == 1


def test_entities_that_are_all_new_and_tables_in_time_without_depth_are_notes():
    """Where nothing tells how far a column moves by itself, only a column that is almost another one counts."""
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(60), 10)
    level = np.repeat(rng.normal(size=60) * 2, 10)
    frame = pd.DataFrame({"who": who, "level": level + rng.normal(size=600) * 0.1, "y": rng.integers(0, 2, 600)})

    assert loud(case_of(frame[frame.who < 40], current=frame[frame.who >= 40].reset_index(drop=True), target="y", groups="who")) == []


def test_the_estimated_effect_on_the_score_is_told():
    """Covariate shift towards hard rows: the estimate comes near the truth, which the labels tell."""
    from sklearn.metrics import roc_auc_score

    train, test, pool = population(4000, 1), population(3000, 3), population(20000, 2)
    model = model_of(train)
    hard = np.exp(-np.abs(pool.income - 1.3) * 3)
    current = pool[np.random.default_rng(0).random(len(pool)) < hard / hard.max()].head(4000).reset_index(drop=True)
    found = loud(case_of(train, test=test, current=current.drop(columns=["late", "day"]), model=model, target="late"))
    chart = next(each for each in found[0].evidence if each.title == "Expected change of ROC AUC")
    features = ["income", "age", "idle"]
    score = [roc_auc_score(each.late, model.predict_proba(each[features])[:, 1]) for each in (test, current)]

    assert chart.value == pytest.approx(score[1] - score[0], abs=0.02)


def test_finds_the_planted_fault():
    """At every place that the fault chooses."""
    from rung.engine import discover

    plant = next(each.plant for each in discover.faults() if each.plant.__name__ == "feature_drift_in_production")
    for seed in range(4):
        made = plant(_wide(seed), "medium", np.random.default_rng(seed))
        assert made.names[0] in {name for each in loud(case_from(made.case)) for name in each.subject.names}, made.truth


def _wide(seed: int):
    from rung.adapters.frames import to_table
    from rung.inputs.planted import Healthy

    parts = [to_table(population(900, seed + 10 * side).drop(columns="day")) for side in (1, 2)]
    return Healthy(train=parts[0], test=parts[1], target="late", task="binary")


def levels(n, seed, shares):
    """One column of many levels."""
    rng = np.random.default_rng(seed)
    names = np.array([f"level {each}" for each in range(len(shares))])
    return pd.DataFrame(
        {"town": rng.choice(names, n, p=np.array(shares) / sum(shares)), "x": rng.normal(size=n), "target": rng.integers(0, 2, n)}
    )


@pytest.mark.parametrize("make", [case_of, against_snapshot])
def test_the_commonest_of_many_levels_that_are_alike_fall_back_by_chance(make):
    """Two hundred towns of one size: those that lead in one sample do not lead in the next."""
    reference, later = (levels(2000, seed, [1] * 200) for seed in (1, 2))

    assert not loud(make(reference, current=later, target="target") if make is case_of else make(reference, later, target="target"))


def test_a_change_among_many_levels_that_are_alike_is_seen():
    """Half of sixty towns are gone, the others hold twice as much."""
    reference, later = levels(4000, 1, [1] * 60), levels(1500, 2, [0, 1] * 30)

    (found,) = loud(case_of(reference, current=later, target="target"))

    assert found.subject.names == ("town",)
    assert "rarer" not in found.message


def test_a_quantity_is_not_taken_for_a_clock_by_its_name():
    """Kilometres a year moved in rows that come later; the month did so too, as it must."""
    train = population(3000, 1).assign(km_year=np.random.default_rng(1).lognormal(9.3, 0.5, 3000))
    current = later(population(1200, 2)).assign(km_year=np.random.default_rng(2).lognormal(9.8, 0.5, 1200))
    train, current = (each.assign(month=each.day.dt.month) for each in (train, current))
    found = loud(case_of(train, current=current, target="late", time="day"))
    table = next(each for each in found[0].evidence if each.shape == "ranking")

    assert [each.subject.names for each in found] == [("km_year",)]
    assert "'month'" in table.reading
