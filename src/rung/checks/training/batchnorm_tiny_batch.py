"""T215: batch norm over a handful of rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_charts import at, listed
from rung.inputs.history import History
from rung.inputs.history_model import Layer


@check("T215", severity="warning", explains=("oscillating-loss", "plateaued-loss", "overfitting-curve"))
def batchnorm_tiny_batch(history: History, *, max_rows: int = 4) -> Iterator[Finding]:
    """Batch norm takes its mean and spread from so few rows that they are mostly noise.

    Why it matters:
        Each row's output depends on its chance companions in training and on running averages in evaluation: the two models differ.
    Likely cause:
        A batch cut down to fit into memory, or accumulation in place of larger batches (which does not help batch norm).
    How it decides:
        Batch norm layers that normalise by the batch in training, with a typical batch of at most `max_rows` rows.
    When it is wrong:
        Norms held in evaluation mode on purpose (fine-tuning) do not use the batch: silent.
    Fix:
        Larger batches, or GroupNorm or LayerNorm, which do not look at other rows.
    Verify:
        The losses of one batch in training and in evaluation mode agree.
    Prevent:
        assert batch_size >= 16  # with batch norm
    Sources:
        Wu and He (2018), Group Normalization. Limit chosen by hand.

    max_rows : rows of a typical batch up to which it is too small
    """
    norms = [each for each in history.layers if "BatchNorm" in each.type_name and each.order >= 0 and _uses_batch(each)]
    sizes = history.batches.sizes
    if not norms or len(sizes) < 3:
        return
    rows = float(np.median(sizes))
    if rows <= max_rows:
        yield _finding(norms, rows)


def _uses_batch(layer: Layer) -> bool:
    return not layer.trained_mode_share < 0.5


def _finding(norms: list[Layer], rows: float) -> Finding:
    paths = tuple(each.path for each in norms)
    return Finding(
        subject=Subject(kind="layer", names=paths, where=norms[0].where),
        message=f"{listed(paths)} normalise{'s' if len(paths) == 1 else ''} by batches of {rows:.0f} rows{at(norms[0].where)}.",
        severity=Severity.ERROR if rows <= 2 else Severity.WARNING,
        confidence=Confidence.LIKELY,
        evidence=(Measure(title="Rows of a typical batch", value=rows, limit=4.0),),
        remedy=Remedy(
            cause="The mean and spread of so few rows are mostly noise.",
            fix="Use larger batches, or a norm that looks at one row only.",
            patch="nn.GroupNorm(num_groups=8, num_channels=channels)  # in place of nn.BatchNorm2d(channels)",
        ),
    )
