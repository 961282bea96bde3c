"""excessive-dropout: too little is left to learn from."""

from cases import findings_of
from cases.runs import case, curve_of, falling, healthy_run, line, stuck
from rung.inputs.history_model import Layer

RULE = "excessive-dropout"


def dropping(p: float, *curves):
    """The healthy net with a dropout in it."""
    run = healthy_run(curves=curves)
    drop = Layer(path="drop", type_name="Dropout", order=1, calls=1, settings={"p": p}, where=line(8), trained_mode_share=1.0)
    return healthy_run(curves=curves, layers=(run.layers[0], drop, run.layers[2]))


def broken():
    """The case on which the rule must fire."""
    return case(dropping(0.95, stuck(2.0)))


def healthy():
    """The case on which it must stay silent."""
    return case(dropping(0.5, falling()))


def test_names_the_layer():
    """And its line."""
    found = findings_of(RULE, broken())

    assert (found[0].subject.names, found[0].subject.where.line) == (("drop",), 8)


def test_a_training_loss_far_above_the_validation_loss_is_enough():
    """The net without dropout is much better."""
    valid = curve_of([1.0, 0.5, 0.2], "valid", every=80)

    assert len(findings_of(RULE, case(dropping(0.8, falling(end=0.6), valid)))) == 1


def test_stays_silent_on_usual_dropout_however_poor_the_run():
    """Half of the units is usual."""
    assert findings_of(RULE, case(dropping(0.5, stuck()))) == []


def test_stays_silent_on_strong_dropout_that_learns():
    """Very wide layers stand it."""
    assert findings_of(RULE, case(dropping(0.8, falling(end=0.2)))) == []
