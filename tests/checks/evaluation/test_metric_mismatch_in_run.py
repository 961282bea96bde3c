"""metric-mismatch: a metric was handed the wrong thing."""

import pytest

from cases.build import findings_of, run_rule
from cases.scripts import manifest, read
from cases.traces import LOGISTIC, Sketch
from rung.inputs.case import Case
from rung.inputs.settings import Settings
from rung.inputs.trace_parts import Argument, Metric

RULE = "metric-mismatch"


def broken():
    """An AUC of predicted labels."""
    return read("auc_hard_labels")


def healthy():
    """An AUC of probabilities."""
    return read("auc_hard_labels", "twins")


@pytest.mark.parametrize("name", ["swapped_arguments", "r2_swapped", "first_probability_column"])
def test_finds_exchanged_arguments_and_the_wrong_column(name):
    """By where the arguments came from, through functions of the user's too."""
    assert findings_of(RULE, read(name)) != []
    assert findings_of(RULE, read(name, "twins")) == []


@pytest.mark.parametrize("name", [each["name"] for each in manifest() if each.get("honest")])
def test_stays_silent_on_honest_scripts(name):
    """No script of the honest part hands a metric the wrong thing."""
    assert run_rule(RULE, read(name, "honest"))[1] == []


def scored(metric, shares, **settings):
    """One metric on labels of these shares and a hard prediction."""
    sketch = Sketch()
    table = sketch.load()
    truth, guess = sketch.item(table.rows[:50], kind="series"), sketch.item(table.rows[:50], kind="array")
    ask = sketch.event(
        "predict", "sklearn.LogisticRegression.predict", reads=[("X", table)], writes=[("result", guess)], estimator=LOGISTIC
    )
    arguments = (
        Argument(role="y_true", n=50, n_distinct=2, values=shares, hard=True),
        Argument(role="y_pred", n=50, n_distinct=2, values=shares, hard=True, prediction=ask.id),
    )
    reads = [("y_true", truth), ("y_pred", guess)]
    sketch.event(
        "metric", f"sklearn.metrics.{metric}", reads=reads, metric=Metric(name=metric, value=0.95, arguments=arguments), settings=settings
    )
    return Case(sketch.trace(), Settings())


def test_accuracy_alone_says_nothing_where_one_class_holds_nearly_all_rows():
    """97 % of one class: always naming it scores 0.97."""
    assert [str(each.severity) for each in findings_of(RULE, scored("accuracy_score", (("0", 0.97), ("1", 0.03))))] == ["warning"]
    assert findings_of(RULE, scored("accuracy_score", (("0", 0.6), ("1", 0.4)))) == []


def test_the_common_class_as_the_positive_one():
    """The F1 of a class that holds 95 % of the rows is high whatever the model does."""
    shares = (("fraud", 0.05), ("ok", 0.95))

    assert [each.subject.names for each in findings_of(RULE, scored("f1_score", shares, pos_label="ok"))] == [("f1_score",)]
    assert findings_of(RULE, scored("f1_score", shares, pos_label="fraud")) == []
