"""eval-mode-in-training: from the second epoch on, usually."""

from cases import findings_of
from cases.runs import case, healthy_run, line, with_loop
from rung.inputs.history_loop import Event, Pattern
from rung.inputs.history_model import Layer

RULE = "eval-mode-in-training"


def trained(wrong: int, kind: str = "BatchNorm1d", **changes):
    """256 training passes, so many of them in evaluation mode."""
    run = healthy_run()
    norm = Layer(path="norm", type_name=kind, order=1, calls=1, trained_mode_share=1 - wrong / 256)
    pattern = Pattern(kinds=("zero_grad", "forward-eval", "loss", "backward", "step"), count=wrong, first=33, last=256)
    held = healthy_run(layers=(run.layers[0], norm, run.layers[2]), **changes)
    events = (Event(kind="eval", step=33, where=line(28)),)
    return with_loop(held, train_calls=256, train_calls_in_eval_mode=wrong, patterns=(*run.loop.patterns, pattern), events=events)


def broken():
    """The case on which the rule must fire."""
    return case(trained(224))


def healthy():
    """The case on which it must stay silent."""
    return case(trained(0))


def test_names_layers_line_and_step():
    """eval() was called at line 28, and from step 33 on it stayed so."""
    found = findings_of(RULE, broken())

    assert (found[0].subject.names, found[0].subject.where.line, found[0].subject.detail) == (("norm",), 28, "from step 33")


def test_a_loaded_model_is_a_note():
    """Norms held still on purpose."""
    assert [each.severity for each in findings_of(RULE, case(trained(224, pretrained=True)))] == ["note"]


def test_stays_silent_without_layers_that_care():
    """A layer norm is the same in both modes."""
    assert findings_of(RULE, case(trained(224, "LayerNorm"))) == []
