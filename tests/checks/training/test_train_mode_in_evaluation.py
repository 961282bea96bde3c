"""train-mode-in-evaluation: dropout and batch statistics where a score is taken."""

from cases import findings_of
from cases.runs import case, healthy_run, line, with_loop, with_probe
from rung.inputs.history_model import Layer
from rung.inputs.history_probes import TwoPasses

RULE = "train-mode-in-evaluation"


def validated(wrong: int, kind: str = "Dropout", p: float = 0.3):
    """Eight validation passes, so many of them in training mode."""
    run = healthy_run()
    layer = Layer(path="drop", type_name=kind, order=1, calls=1, settings={"p": p}, trained_mode_share=1.0, evaluated_mode_share=wrong / 8)
    return with_loop(
        healthy_run(layers=(run.layers[0], layer, run.layers[2])), valid_calls=8, valid_calls_in_train_mode=wrong, valid_where=line(30)
    )


def broken():
    """The case on which the rule must fire."""
    return case(validated(8))


def healthy():
    """The case on which it must stay silent."""
    return case(validated(0))


def test_names_the_layers_and_the_line():
    """Of the validation pass."""
    found = findings_of(RULE, broken())

    assert (found[0].subject.names, found[0].subject.where.line) == (("drop",), 30)


def test_sees_a_functional_dropout():
    """It drops in evaluation mode, or two passes differ."""
    by_count = with_loop(healthy_run(), dropout_in_eval=8, dropout_where=line(9))
    by_probe = with_probe(healthy_run(), two_passes=TwoPasses(difference=0.4, first_layer="2"))  # may be a sample that is meant

    assert findings_of(RULE, case(by_count))[0].subject.where.line == 9
    assert [(each.subject.names, each.severity) for each in findings_of(RULE, case(by_probe))] == [(("2",), "note")]


def test_stays_silent_without_layers_that_care():
    """A net of linear layers is the same in both modes; so is a dropout of 0."""
    assert findings_of(RULE, case(validated(8, "ReLU"))) == []
    assert findings_of(RULE, case(validated(8, p=0.0))) == []


def test_stays_silent_on_rounding():
    """Two equal passes differ in the last digit."""
    assert findings_of(RULE, case(with_probe(healthy_run(), two_passes=TwoPasses(difference=1e-6)))) == []
