"""batchnorm-tiny-batch: statistics over a handful of rows."""

import numpy as np
import pytest

from cases import findings_of
from cases.runs import case, healthy_run, line, with_batches
from rung.inputs.history_model import Layer

RULE = "batchnorm-tiny-batch"


def normed(rows: int, share: float = 1.0, kind: str = "BatchNorm1d"):
    """The healthy net with a norm, on batches of so many rows."""
    run = healthy_run()
    norm = Layer(path="norm", type_name=kind, order=1, calls=1, where=line(7), trained_mode_share=share, n_parameters=128)
    return with_batches(healthy_run(layers=(run.layers[0], norm, run.layers[2])), sizes=np.full(256, float(rows)))


def broken():
    """The case on which the rule must fire."""
    return case(normed(2))


def healthy():
    """The case on which it must stay silent."""
    return case(normed(32))


def test_names_the_norm():
    """And how few rows it has."""
    found = findings_of(RULE, broken())

    assert found[0].subject.names == ("norm",)
    assert "batches of 2 rows" in found[0].message


@pytest.mark.parametrize(
    ("rows", "share", "kind"), [(2, 0.0, "BatchNorm1d"), (2, 1.0, "LayerNorm"), (2, 1.0, "GroupNorm"), (8, 1.0, "BatchNorm2d")]
)
def test_stays_silent(rows, share, kind):
    """Norms held still, norms of one row, and batches that are small but not tiny."""
    assert findings_of(RULE, case(normed(rows, share, kind))) == []
