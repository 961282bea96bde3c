"""metric-mismatch: the declared metric against task, classes, costs, prevalence and what it is fed with."""

import numpy as np
import pytest

from cases import case_of, findings_of
from cases.evaluation import broken_by, judged, model_for, sound_case, table

RULE = "metric-mismatch"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE)


def healthy():
    """The case on which it must stay silent."""
    return sound_case(metric="roc_auc", cost_fp=1.0, cost_fn=3.0)


def with_column(values, **declared):
    """Half of the table with a column of predictions, no model."""
    frame = table(3000)
    model = model_for(frame[:1500])
    p = model.predict_proba(frame.drop(columns="target"))[:, 1]
    frame["score"] = values(p)
    return case_of(frame[1500:].reset_index(drop=True), target="target", prediction="score", **declared)


def test_hard_labels_in_a_ranking_metric():
    """Two distinct values for 1,500 rows are labels, whatever the column is called."""
    found = findings_of(RULE, with_column(lambda p: (p >= 0.5).astype(int), metric="roc_auc"))

    assert "hard labels, not scores" in found[0].message


def test_the_other_class_probability():
    """1 - p ranks backwards."""
    found = findings_of(RULE, with_column(lambda p: 1 - p))

    assert found[0].severity == "error"
    assert "ranks the wrong class" in found[0].message


def test_scores_of_the_other_class_explain_what_else_is_wrong_with_them():
    """Turned round, they are miscalibrated and weak everywhere: one root, not five; hard labels explain no such thing."""
    turned = findings_of(RULE, with_column(lambda p: 1 - p))
    hard = findings_of(RULE, with_column(lambda p: (p >= 0.5).astype(int), metric="roc_auc"))

    assert {"miscalibration", "weak-slice"} <= set(turned[0].explains)
    assert "miscalibration" not in hard[0].explains


@pytest.mark.parametrize("values", [lambda p: p, lambda p: p * 20 - 3, lambda p: np.round(p, 1)])
def test_honest_scores_are_left_alone(values):
    """Probabilities, scores on another scale, coarse ones."""
    assert findings_of(RULE, with_column(values, metric="roc_auc")) == []


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ({"metric": "rmse"}, "does not measure classification"),
        ({"metric": "accuracy", "cost_fp": 1.0, "cost_fn": 10.0}, "a miss costs 10 times"),
        ({"metric": "f1", "prevalence": 0.01}, "1.0% where the model is used"),
    ],
)
def test_contract_against_metric(declared, words):
    """Each declaration that the metric ignores is told with its numbers."""
    assert words in findings_of(RULE, sound_case(**declared))[0].message


def test_accuracy_under_a_rare_class():
    """One class of nine rows in ten rules accuracy; balanced accuracy is told beside it."""
    frame = table(6000)
    frame = frame[(frame.target == 0) | (np.arange(len(frame)) % 12 == 0)].reset_index(drop=True)
    found = findings_of(RULE, judged(frame, metric="accuracy"))

    assert "balanced accuracy is" in found[0].message


def test_no_metric_declared_no_opinion():
    """rung does not guess what was reported."""
    assert findings_of(RULE, sound_case()) == []


def test_all_that_speaks_against_a_metric_is_told_at_once():
    """Costs that differ and a prevalence that moves: neither hides the other."""
    found = findings_of(RULE, sound_case(metric="accuracy", cost_fp=1.0, cost_fn=8.0, prevalence=0.05))

    assert len(found) == 1
    assert "8 times a false alarm" in found[0].message
    assert "5.0% where the model is used" in found[0].message
    assert "mean cost a row" in found[0].remedy.fix
    assert "Weigh the rows" in found[0].remedy.fix
