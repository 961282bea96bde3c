"""collapsing-weights: a penalty that takes more than the data give back."""

from dataclasses import replace

from cases import findings_of
from cases.runs import SEEN, case, falling, healthy_run, stuck, with_optimizer

RULE = "collapsing-weights"


def shrunk(left: float, curves, decay: float = 1.0):
    """All layers keep this share of their norm."""
    run = healthy_run(curves=curves)
    layers = tuple(
        replace(each, weight_norm=each.weight_norm * left ** (SEEN / SEEN[-1])) if each.n_parameters else each for each in run.layers
    )
    run = with_optimizer(run, type_name="AdamW", settings={"lr": 0.05, "weight_decay": decay})
    return replace(run, layers=layers, parameters=tuple(replace(each, weight_decay=decay) for each in run.parameters))


def broken():
    """The case on which the rule must fire."""
    return case(shrunk(1e-4, (stuck(),)))


def healthy():
    """The case on which it must stay silent."""
    return case(shrunk(0.6, (falling(),), 0.01))


def test_names_the_decay():
    """It is the likely cause."""
    found = findings_of(RULE, broken())

    assert "the weight decay is 1 and takes 5.0% at each step" in found[0].message
    assert found[0].confidence == "near-certain"


def test_stays_silent_where_the_net_learns():
    """Weights that started too large shrink as they should."""
    assert findings_of(RULE, case(shrunk(0.1, (falling(end=0.1),), 0.1))) == []


def test_without_a_decay_it_is_less_sure():
    """Something else shrinks them."""
    assert [each.confidence for each in findings_of(RULE, case(shrunk(1e-3, (stuck(),), 0.0)))] == ["likely"]
