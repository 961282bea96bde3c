"""misread-monitoring: figures that the loop tells about itself."""

import textwrap
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from cases import findings_of, run_rule
from cases.runs import case, healthy_run, with_batches, with_loss
from rung.core.finding import Where
from rung.inputs.history_loop import Clipping
from rung.inputs.history_model import Parameter

RULE = "misread-monitoring"
SUMMED = """
for x, y in loader:
    loss = criterion(model(x), y)
    total += loss.item()
print(total / len(loader))
"""
WEIGHTED = """
for x, y in loader:
    loss = criterion(model(x), y)
    total += loss.item() * len(x)
print(total / len(loader.dataset))
"""
CLIPPED = """
for x, y in loader:
    loss = criterion(model(x), y)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    print(model.weight.grad.norm())
"""
SPREAD = """
for p in model.parameters():
    g = p.grad.data
    print(g.std())
loss = criterion(model(x), y)
"""
HOOKED = """
for module in model.modules():
    module.register_forward_hook(look)
loss = criterion(model(x), y)
"""


@cache
def script(text: str) -> str:
    """A file with this text."""
    path = Path(mkdtemp()) / "train.py"
    path.write_text(textwrap.dedent(text))
    return str(path)


def looped(text: str, uneven: bool = True, **changes):
    """A run whose loop is this text, with batches of 32 rows and a last one of 8."""
    run = with_loss(healthy_run(**changes), where=Where(file=script(text), line=3))
    run = replace(run, optimizers=(replace(run.optimizers[0], where=None),))
    sizes = np.full(256, 32.0)
    sizes[31::32] = 8.0 if uneven else 32.0
    return case(with_batches(run, sizes=sizes))


def broken():
    """The case on which the rule must fire."""
    return looped(SUMMED)


def healthy():
    """The case on which it must stay silent."""
    return looped(WEIGHTED)


def test_names_an_average_of_unequal_batches():
    """Eight rows count like thirty-two."""
    found = findings_of(RULE, broken())

    assert "8 to 32 rows" in found[0].message
    assert found[0].subject.where.line == 4


def test_equal_batches_may_be_averaged():
    """Then both averages agree."""
    assert findings_of(RULE, looped(SUMMED, uneven=False)) == []


def test_names_norms_that_are_read_after_clipping():
    """They can never show an explosion."""
    found = findings_of(RULE, looped(CLIPPED, clipping=(Clipping(kind="norm", limit=1.0, calls=256),)))

    assert [each.subject.names for each in found] == [("gradient norm",)]


def test_names_the_spread_of_a_single_entry():
    """The last bias."""
    bias = Parameter(path="4.bias", layer="4", shape=(1,))
    found = findings_of(RULE, looped(SPREAD, parameters=(*healthy_run().parameters, bias)))

    assert "'4.bias'" in found[0].message
    assert findings_of(RULE, looped(SPREAD)) == []


def test_names_hooks_that_cannot_be_removed():
    """Their handles are thrown away."""
    assert [each.subject.names for each in findings_of(RULE, looped(HOOKED))] == [("hook",)]


def test_says_that_it_needs_the_source():
    """A history of another machine."""
    run, _ = run_rule(RULE, case())

    assert (run.outcome, run.reason) == ("skipped", "the source of the loop is not at hand")
