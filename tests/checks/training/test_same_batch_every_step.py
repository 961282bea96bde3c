"""same-batch-every-step: by content."""

import numpy as np

from cases import findings_of
from cases.runs import case, healthy_run, with_batches

RULE = "same-batch-every-step"


def fed(prints, n_rows: int = 512):
    """Batches with these fingerprints, of a set of so many rows."""
    return case(
        with_batches(healthy_run(), fingerprints=np.asarray(prints, dtype=np.uint64), loader_settings={"n_rows": n_rows, "batch_size": 32})
    )


def broken():
    """The case on which the rule must fire."""
    return fed(np.full(200, 7))


def healthy():
    """The case on which it must stay silent."""
    return fed(np.tile(np.arange(16), 12))


def test_says_how_many_rows_there_are():
    """That were never seen."""
    assert "of 512 that the loader has" in findings_of(RULE, broken())[0].message


def test_stays_silent_on_full_batches():
    """The whole table is one batch."""
    assert findings_of(RULE, fed(np.full(200, 7), 32)) == []


def test_stays_silent_where_no_loader_tells():
    """Whether there is more is not known."""
    assert findings_of(RULE, fed(np.full(200, 7), 0)) == []
