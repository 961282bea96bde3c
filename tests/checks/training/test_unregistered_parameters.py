"""unregistered-parameters: used and not listed."""

from cases import findings_of
from cases.runs import case, healthy_run, with_loss, with_probe
from rung.inputs.history_model import Unregistered
from rung.inputs.history_probes import TwoPasses

RULE = "unregistered-parameters"


def held(**given):
    """Layers in a plain list of the model."""
    found = Unregistered(
        **{"owner": "", "attribute": "blocks", "kind": "modules", "type_name": "list", "count": 8, "entries": 4096, "used": True, **given}
    )
    return case(unregistered=(found,))


def broken():
    """The case on which the rule must fire."""
    return held()


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_names_attribute_and_cure():
    """A ModuleList."""
    found = findings_of(RULE, broken())

    assert found[0].subject.names[0] == "blocks"
    assert found[0].remedy.patch == "self.blocks = nn.ModuleList(self.blocks)"
    assert found[0].severity == "critical"


def test_what_is_held_or_unused_is_a_note():
    """It is trained all the same, or was not needed."""
    assert [each.severity for each in findings_of(RULE, held(held=True))] == ["note"]
    assert [each.severity for each in findings_of(RULE, held(used=False))] == ["note"]


def test_a_plain_tensor_becomes_a_parameter():
    """Inside a submodule."""
    found = findings_of(RULE, held(owner="encoder", attribute="position", kind="tensor", count=1))

    assert found[0].subject.names == ("encoder.position", "encoder")
    assert "nn.Parameter" in found[0].remedy.patch


def test_sees_a_layer_that_is_made_at_each_call():
    """Its weights belong to no module, and two passes differ."""
    run = with_loss(with_probe(healthy_run(), two_passes=TwoPasses(difference=0.8)), producer="", producer_type="addmm")

    assert "made inside forward()" in findings_of(RULE, case(run))[0].message
    assert findings_of(RULE, case(with_loss(run, producer="2", producer_type="Linear"))) == []
