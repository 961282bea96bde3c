"""unscaled-features: a scale-sensitive model without a scaler."""

from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from cases import apply, breast_cancer, case_of, findings_of, planted, run_rule
from cases import healthy as tables
from cases.build import case_from

RULE = "unscaled-features"


def with_model(model):
    """The table with one column in a small unit, and this model fitted on it."""
    frame = breast_cancer()[["mean smoothness", "mean concavity", "texture error", "worst texture", "target"]]
    frame = frame.assign(**{"texture error": frame["texture error"] * 1e4})
    return case_of(frame, model=model.fit(frame.drop(columns="target"), frame["target"]), target="target")


def broken():
    """The case on which the rule must fire."""
    return with_model(KNeighborsClassifier(15))


def healthy():
    """The case on which it must stay silent: equal scales from the start."""
    frame = breast_cancer()[["mean smoothness", "smoothness error", "mean concavity", "target"]].copy()
    frame["smoothness error"] *= 5
    return case_of(frame, model=KNeighborsClassifier(15).fit(frame.drop(columns="target"), frame["target"]), target="target")


def test_warns_with_the_gain():
    """The column that outweighs the others is named, with the gain of scaling."""
    found = findings_of(RULE, broken())

    assert [each.subject.names for each in found] == [("texture error",)]
    assert found[0].severity == "warning"


def test_is_skipped_for_trees():
    """A tree does not care."""
    assert run_rule(RULE, with_model(DecisionTreeClassifier(max_depth=3)))[0].outcome == "skipped"


def test_is_clear_for_scaled_pipelines():
    """A pipeline with a scaler was looked at, and has done it: a guard may pass on it."""
    model = make_pipeline(StandardScaler(), KNeighborsClassifier(15))

    assert run_rule(RULE, with_model(model))[0].outcome == "clear"


def test_experiment_confirms_the_gain():
    """On the same folds the score rises."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


def test_finds_the_planted_fault():
    """On a quantity as well."""
    made = planted(RULE, tables("diabetes"))

    assert made.names[0] in findings_of(RULE, case_from(made.case))[0].subject.names
