"""train-serving-skew: production rows that are prepared in another way."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cases import breast_cancer, case_of, findings_of, planted
from cases import healthy as tables
from cases.build import case_from

RULE = "train-serving-skew"


def split(frame=None, seed=0):
    """Train and later rows of a shuffled table."""
    frame = (breast_cancer() if frame is None else frame).sample(frac=1.0, random_state=seed).reset_index(drop=True)
    return frame.iloc[:380].reset_index(drop=True), frame.iloc[380:].reset_index(drop=True)


def served(change, frame=None):
    """Findings on production rows after `change`, with a model."""
    train, current = split(frame)
    current = change(current.drop(columns="target").copy())
    return findings_of(RULE, case_of(train, current=current, target="target"))


def broken():
    """The case on which the rule must fire."""
    train, current = split()
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(train.drop(columns="target"), train["target"])
    return case_of(train, current=current.assign(**{"mean area": current["mean area"] / 100}), model=model, target="target")


def healthy():
    """The case on which it must stay silent."""
    train, current = split()
    return case_of(train, current=current, target="target")


def test_names_the_column_and_the_step():
    """The unit, and the first step that takes the column."""
    found = findings_of(RULE, broken())

    assert [each.subject.names for each in found] == [("mean area",)]
    assert "standardscaler" in found[0].message


def test_stays_silent_on_honest_rows():
    """Five honest batches."""
    for seed in range(5):
        train, current = split(seed=seed)
        assert findings_of(RULE, case_of(train, current=current, target="target")) == []


def test_stays_silent_on_real_drift():
    """A column that grew by half a deviation was not prepared in another way."""
    assert served(lambda rows: rows.assign(**{"mean smoothness": rows["mean smoothness"] + 0.007})) == []


def test_sees_a_scaler_fitted_on_the_batch():
    """Standardised by its own rows, in training and in production."""
    train, current = split()
    names = list(train.columns.drop("target"))
    train[names] = StandardScaler().fit_transform(train[names])
    current[names] = StandardScaler().fit_transform(current[names])
    found = findings_of(RULE, case_of(train, current=current, target="target"))

    assert "fitted again" in found[0].message


def test_sees_rounding_swaps_fills_and_spelling():
    """Each kind of skew by its own trace."""
    rng = np.random.default_rng(0)
    frame = breast_cancer().assign(city=rng.choice(["Ulm", "Bonn", "Kiel"], 569))
    frame.loc[rng.random(569) < 0.2, "mean symmetry"] = np.nan
    swap = {"mean radius": "mean texture", "mean texture": "mean radius"}
    changes = {
        "mean perimeter": lambda rows: rows.round({"mean perimeter": 0}),
        "mean radius": lambda rows: rows.rename(columns=swap),
        "mean symmetry": lambda rows: rows.fillna({"mean symmetry": 0.0}),
        "city": lambda rows: rows.assign(city=rows["city"].str.upper()),
        "mean compactness": lambda rows: rows.assign(**{"mean compactness": np.log(rows["mean compactness"])}),
    }
    for name, change in changes.items():
        assert name in {each for found in served(change, frame) for each in found.subject.names}, name


def test_compares_row_by_row():
    """Production rows that are the test rows: the one column that differs is named, with its rows."""
    train, test = split()
    current = test.assign(**{"mean area": test["mean area"] * np.where(np.arange(len(test)) % 3 == 0, 1.01, 1.0)})
    found = findings_of(RULE, case_of(train, test=test, current=current, target="target"))

    assert [each.subject.names for each in found] == [("mean area",)]
    assert found[0].subject.rows[:2] == (0, 3)


def test_finds_the_planted_fault():
    """At every place that the fault chooses."""
    for seed in range(4):
        made = planted(RULE, tables("breast_cancer"), seed=seed)
        found = {name for each in findings_of(RULE, case_from(made.case)) for name in each.subject.names}
        assert found & set(made.names), made.truth


def test_new_names_in_a_long_list_are_no_other_spelling_of_numbers():
    """Names that are no numbers stay themselves when '1.0' is held against '1'."""
    rng = np.random.default_rng(0)
    names = [f"model {each}" for each in range(900)]
    reference, later = (
        pd.DataFrame({"name": rng.choice(names, n), "x": rng.normal(size=n), "y": rng.integers(0, 2, n)}) for n in (600, 300)
    )

    assert findings_of(RULE, case_of(reference, current=later, target="y")) == []
