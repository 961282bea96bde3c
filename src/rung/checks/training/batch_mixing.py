"""T314: rows of a batch that get mixed."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_charts import at, source_lines
from rung.inputs.history import History
from rung.inputs.history_probes import RowMixing

RECURRENT = ("LSTM", "GRU", "RNN", "TransformerEncoderLayer", "TransformerEncoder", "TransformerDecoderLayer", "MultiheadAttention")


@check(
    "T314",
    severity="error",
    explains=("plateaued-loss", "flat-loss", "underfitting", "overfitting-curve", "unstable-scores", "future-leak", "label-misalignment"),
)
def batch_mixing(history: History, *, min_share: float = 0.2, min_strength: float = 1e-3) -> Iterator[Finding]:
    """The output of a row depends on the other rows of its batch, or stands in another row's place.

    Why it matters:
        A model that sees its neighbours is another one with every batch: it cannot learn what belongs to a row, and its answers change with the company.
    Likely cause:
        `view` or `reshape` where axes should be swapped, a recurrent or attention layer without `batch_first=True`, statistics over the wrong axis.
    How it decides:
        Exact, by intervention in evaluation mode (so that batch norm does not count): other rows are replaced and the row's output is compared. Found where
        `min_share` of the rows change by more than `min_strength` of what their own input changes, or come out in other places.
    When it is wrong:
        Models that draw random numbers in forward cannot be asked: silent. Models that compare the rows of a set on purpose mix them: mute the rule. Losses that do (contrastive) leave the outputs apart: silent.
    Fix:
        `batch_first=True`; `permute` or `transpose` in place of `view`.
    Verify:
        The output of one row alone equals its output within a batch.
    Prevent:
        assert torch.allclose(model(x)[:1], model(x[:1]), atol=1e-5)
    Sources:
        Braiek and Khomh (2023) on independence of rows. Limits chosen by hand; rounding stays below 1e-5.

    min_share : share of the rows that depend on others
    min_strength : change by other rows over the change by the row itself
    """
    probe = history.probes.row_mixing
    two = history.probes.two_passes
    random = two is not None and two.difference > min_strength  # then a row changes by itself, and nothing can be said of the others
    if probe is None or probe.rows < 2 or random:
        return
    if probe.coupled_share >= min_share and probe.strength >= min_strength:
        yield _finding(probe, history, f"{probe.coupled_share:.0%} of the rows change when other rows of the batch are replaced")
    elif probe.permuted_share >= min_share:
        yield _finding(probe, history, f"{probe.permuted_share:.0%} of the rows come out in another row's place")


def _finding(probe: RowMixing, history: History, told: str) -> Finding:
    layer = history.layer(probe.first_layer)
    where = probe.where or (layer.where if layer else history.model_where)
    recurrent = probe.first_type in RECURRENT
    first = f", first behind '{probe.first_layer}' ({probe.first_type})" if probe.first_layer else ""
    return Finding(
        subject=Subject(kind="layer", names=tuple(each for each in (probe.first_layer, history.model_name) if each), where=where),
        message=f"{told[0].upper()}{told[1:]}{first}{at(where)}.",
        severity=Severity.CRITICAL,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Change by other rows over change by the row itself", value=probe.strength, limit=1e-3),
            Measure(title="Share of rows that depend on others", value=probe.coupled_share, limit=0.2),
            *source_lines(where),
        ),
        remedy=Remedy(
            cause="The layer takes the first axis for time, not for rows."
            if recurrent
            else "An operation over the first axis, or a view that re-cuts the rows.",
            fix="Give batch_first=True." if recurrent else "Swap axes with permute or transpose; view and reshape only re-cut.",
            patch=f"nn.{probe.first_type}(..., batch_first=True)" if recurrent else "x = x.transpose(1, 2)  # not x.view(...)",
            verify="The output of one row alone equals its output within the batch.",
            prevent="assert torch.allclose(model(x)[:1], model(x[:1]), atol=1e-5)",
        ),
    )
