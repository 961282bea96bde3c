"""temporal-leakage: the future reaches training."""

import numpy as np
import pandas as pd

from cases import apply, case_of, findings_of

RULE = "temporal-leakage"


def series(n=600, seed=0, *, episodes=True):
    """Rows a day: with episodes the target follows a slow state that a sensor names; without, rows are independent."""
    draw = np.random.default_rng(seed)
    state = np.repeat(draw.normal(size=n // 20), 20) if episodes else draw.normal(size=n)
    return pd.DataFrame({
        "day": pd.date_range("2020-01-01", periods=n),
        "level": np.cumsum(draw.normal(size=n)) if episodes else draw.normal(size=n),
        "load": draw.normal(size=n) + 0.5 * state,
        "target": ((state + 0.3 * draw.normal(size=n)) > 0).astype(int),
    })  # fmt: skip


def at_random(frame, seed=0):
    """Split by row."""
    mixed = frame.sample(frac=1.0, random_state=seed)
    cut = int(0.75 * len(mixed))
    return mixed[:cut].reset_index(drop=True), mixed[cut:].reset_index(drop=True)


def broken():
    """The case on which the rule must fire: the battery of tests/house uses it too."""
    train, test = at_random(series())
    return case_of(train, test=test, target="target", time="day")


def healthy():
    """The case on which it must stay silent: a time on which nothing depends."""
    train, test = at_random(series(episodes=False))
    return case_of(train, test=test, target="target", time="day")


def test_names_the_time_and_both_scores():
    """The time column is named, as an error at least."""
    assert [(each.subject.names, each.weight >= 2) for each in findings_of(RULE, broken())] == [(("day",), True)]


def test_stays_silent_on_a_split_in_time():
    """Training on the past is right, however much depends on time."""
    frame = series()

    assert findings_of(RULE, case_of(frame[:450], test=frame[450:], target="target", time="day")) == []


def test_experiment_confirms_the_drop():
    """Forward in time the score is lower."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


def test_names_a_column_that_holds_the_next_target():
    """A shift in the wrong direction is named; the lag that looks back is not."""
    draw = np.random.default_rng(0)
    y = np.cumsum(draw.normal(size=401))
    frame = pd.DataFrame(
        {"day": pd.date_range("2020-01-01", periods=399), "ahead": y[2:], "lag": y[:-2], "noise": draw.normal(size=399), "target": y[1:-1]}
    )
    found = findings_of(RULE, case_of(frame, target="target", time="day"))

    assert [(each.subject.names[0], str(each.severity)) for each in found if each.weight] == [("ahead", "critical")]


def test_finds_dependence_that_no_column_carries():
    """Good and bad spells that no feature names: rows of one spell stand on both sides, and every standard error is too small."""
    train, test = at_random(series().drop(columns=["level", "load"]).assign(noise=np.random.default_rng(3).normal(size=600)))

    assert [each.subject.names for each in findings_of(RULE, case_of(train, test=test, target="target", time="day"))] == [("day",)]


def test_a_season_that_a_feature_tells_is_silent():
    """Months differ, and the month is a column: neighbours have nothing to tell beyond it."""
    draw = np.random.default_rng(4)
    day = pd.date_range("2018-01-01", periods=1500)
    month = day.month.to_numpy()
    frame = pd.DataFrame(
        {"day": day, "month": month, "load": draw.normal(size=1500), "target": (draw.random(1500) < month / 13).astype(int)}
    )
    train, test = at_random(frame)

    assert findings_of(RULE, case_of(train, test=test, target="target", time="day")) == []


def test_a_year_of_many_rows_is_no_order():
    """Rows that share their moment are compared in any order, not in that of the table (sorted by the target here)."""
    draw = np.random.default_rng(5)
    frame = pd.DataFrame({"year": np.repeat([2019, 2020, 2021], 400), "load": draw.normal(size=1200), "target": draw.integers(0, 2, 1200)})
    train, test = at_random(frame)
    train = train.sort_values(["year", "target"]).reset_index(drop=True)

    assert findings_of(RULE, case_of(train, test=test, target="target", time="year")) == []
