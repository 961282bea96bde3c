"""output-activation-mismatch: probabilities put through a sigmoid or softmax again where they are read."""

import textwrap
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from cases import findings_of
from cases.runs import case, healthy_run, with_loss
from rung.core.finding import Where

RULE = "output-activation-mismatch"
LOOP = """
    optimizer = torch.optim.Adam(net.parameters())
    loss = criterion(net(x), y)
"""


@cache
def script(text: str) -> str:
    """A file with this text."""
    path = Path(mkdtemp()) / "train.py"
    path.write_text(textwrap.dedent(LOOP) + textwrap.dedent(text))
    return str(path)


def read_with(text: str, producer: str = "Sigmoid", loss: str = "binary_cross_entropy", columns: int = 1):
    """A run whose net ends in `producer` and whose script reads its output like this."""
    where = Where(file=script(text), line=3)
    run = with_loss(
        healthy_run(), name=loss, producer_type=producer, where=where, input_shape=(32, columns), input_low=0.001, input_high=0.999
    )
    return case(replace(run, optimizers=(replace(run.optimizers[0], where=None),)))


def again(given) -> list:
    """Findings about the line that reads the output."""
    return [each for each in findings_of(RULE, given) if each.subject.kind == "line"]


def broken():
    """The case on which the rule must fire."""
    return read_with("logits = net(x)\nprint(torch.sigmoid(logits))")


def healthy():
    """The case on which it must stay silent."""
    return read_with("print(torch.sigmoid(net(x)))", producer="Linear", loss="binary_cross_entropy_with_logits")


def test_names_the_line_that_applies_a_second_sigmoid():
    """Through a name, at once, as a method, as a module, reshaped."""
    for text in (
        "logits = net(x)\nprint(torch.sigmoid(logits))",
        "p = 1\nprint(torch.sigmoid(net(x)))",
        "logits = net(x).squeeze()\nprint(logits.sigmoid())",
        "out = net(x)\nprint(nn.Sigmoid()(out))",
    ):
        found = again(read_with(text))
        assert [each.subject.where.line for each in found] == [5], text
        assert "0.5 and 0.731" in found[0].message


def test_a_softmax_over_one_column_is_one_for_every_row():
    """Whatever the net ends in."""
    found = again(
        read_with("out = net(x)\nprint(torch.softmax(out / 1.5, dim=1))", producer="Linear", loss="binary_cross_entropy_with_logits")
    )

    assert "one column is 1 for every row" in found[0].message


def test_one_link_is_right():
    """Raw outputs of several classes through a softmax; a sigmoid on something that is not the net's output, or not always."""
    assert again(healthy()) == []
    assert again(read_with("print(torch.softmax(net(x), dim=1))", producer="Linear", loss="cross_entropy", columns=3)) == []
    assert again(read_with("print(torch.sigmoid(other(x)))")) == []
    assert again(read_with("out = net(x)\nout = torch.logit(out)\nprint(torch.sigmoid(out))")) == []


def test_a_name_in_another_function_is_another_name():
    """`out` here holds what another function made."""
    assert (
        again(read_with("def one(x):\n    out = net(x)\n    return out\ndef two(x):\n    out = gate(x)\n    return torch.sigmoid(out)"))
        == []
    )
