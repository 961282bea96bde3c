"""mixed-precision-overflow: updates lost to a factor that is too large."""

import numpy as np

from cases import findings_of
from cases.runs import SEEN, case, healthy_run, with_optimizer, with_steps
from rung.inputs.history_probes import NonFinite

RULE = "mixed-precision-overflow"


def skipping(skipped: int, scale: float = 1024.0):
    """So many of 256 updates are left out."""
    return with_steps(with_optimizer(healthy_run(), steps=256 - skipped, skipped=skipped), loss_scale=np.full(len(SEEN), scale))


def broken():
    """The case on which the rule must fire."""
    return case(skipping(200))


def healthy():
    """The case on which it must stay silent."""
    return case(skipping(2))


def test_counts_lost_updates():
    """Most of them: critical."""
    found = findings_of(RULE, broken())

    assert "200 of 256 updates" in found[0].message
    assert found[0].severity == "critical"


def test_stays_silent_while_a_scaler_finds_its_factor():
    """It starts high and loses its first steps on purpose."""
    assert findings_of(RULE, case(skipping(8))) == []


def test_names_the_layer_that_overflows_in_half_precision():
    """Without a scaler."""
    run = healthy_run(non_finite=NonFinite(step=9, phase="forward", value="inf", module="2", op="mm", dtype="float16"))

    assert findings_of(RULE, case(run))[0].subject.names == ("2",)
