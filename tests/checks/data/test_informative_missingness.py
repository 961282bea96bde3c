"""informative-missingness: gaps that tell of the target."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cases import apply, breast_cancer, case_of, diabetes, findings_of

RULE = "informative-missingness"
COLUMN = "mean symmetry"


def gaps(low=0.05, high=0.4, columns=(COLUMN,)):
    """A real table in which a value is missing with this chance for each class."""
    frame = breast_cancer()
    gone = np.random.default_rng(0).random(len(frame)) < np.where(frame["target"] == 1, high, low)
    return frame.assign(**{name: frame[name].mask(gone) for name in columns})


def broken():
    """Recorded for the ill, seldom for the healthy."""
    return case_of(gaps(), target="target")


def healthy():
    """Missing at random."""
    return case_of(gaps(0.2, 0.2), target="target")


def test_names_the_column():
    """A gap that the other columns do not account for is a warning."""
    found = findings_of(RULE, broken())

    assert [(each.subject.names, each.severity) for each in found] == [((COLUMN,), "warning")]


def test_a_gap_that_means_does_not_apply_is_a_note():
    """Who does not work has no hours of work: the other column says so."""
    frame = breast_cancer()
    works = (frame["target"] == 1) ^ (np.random.default_rng(3).random(len(frame)) < 0.2)
    frame = frame.assign(works=works.astype(int), hours=(30 + frame["mean texture"]).where(works))

    assert [each.severity for each in findings_of(RULE, case_of(frame, target="target"))] == ["note"]


def test_an_imputer_without_an_indicator_is_a_warning():
    """The median takes the signal away; an indicator keeps it."""
    frame = gaps()
    for marked, severity in ((False, "warning"), (True, "note")):
        model = make_pipeline(SimpleImputer(add_indicator=marked), StandardScaler(), LogisticRegression())
        model.fit(frame.drop(columns="target"), frame["target"])

        assert [each.severity for each in findings_of(RULE, case_of(frame, target="target", model=model))] == [severity]


def test_columns_that_go_missing_together_are_one_finding():
    """A block is named once, with all its columns."""
    found = findings_of(RULE, case_of(gaps(columns=("mean symmetry", "mean texture")), target="target"))

    assert [set(each.subject.names) for each in found] == [{"mean symmetry", "mean texture"}]


def test_a_model_that_takes_missing_values_leaves_a_note():
    """Boosted trees see the gap themselves."""
    frame = gaps()
    model = HistGradientBoostingClassifier(max_iter=3).fit(frame.drop(columns="target"), frame["target"])

    assert [each.severity for each in findings_of(RULE, case_of(frame, target="target", model=model))] == ["note"]


def test_finds_it_for_numbers_and_says_where():
    """Missing in one stretch of rows, where the target is larger."""
    frame = diabetes().sort_values("target", ignore_index=True)
    frame.loc[300:, "bmi"] = np.nan

    assert "rows 30" in findings_of(RULE, case_of(frame, target="target"))[0].message


def test_experiment_measures_a_linear_model_with_the_indicator():
    """The verdict comes from the interval: never refuted, for the gap is there."""
    frame = diabetes()
    frame["s1"] = frame["s1"].mask(np.random.default_rng(1).random(442) < np.where(frame["target"] > 150, 0.7, 0.1))
    case = case_of(frame, target="target")

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"
