"""T308: evaluation with dropout or batch statistics on."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject, Where
from rung.core.marks import check
from rung.facts.mode_layers import ModeLayers
from rung.facts.run_charts import at, listed, source_lines
from rung.inputs.history import History

MIN_DIFFERENCE = 1e-3  # two equal passes differ by rounding of 1e-6 at most


@check("T308", severity="warning", explains=("unstable-scores",))
def train_mode_in_evaluation(history: History, layers: ModeLayers, *, min_share: float = 0.5) -> Iterator[Finding]:
    """Validation runs with dropout on, or with batch norm reading (and learning from) the validation rows.

    Why it matters:
        The score is of another model than the one that will be used: too low and random with dropout, and with batch norm the validation data
        leak into the running averages.
    Likely cause:
        `model.eval()` forgotten, or written without parentheses; a functional dropout that ignores the mode.
    How it decides:
        Exact: outermost passes of validation with training=True, in a model that has layers for which it matters; or a dropout that drops while its module is in
        evaluation mode; two passes of one batch in evaluation mode that differ are a note.
    When it is wrong:
        Dropout that is left on to sample (Monte Carlo), or a pass without gradients that only refreshes the statistics of batch norm: mute the rule.
    Fix:
        `model.eval()` before validation, `model.train()` after it; `F.dropout(x, p, training=self.training)`.
    Verify:
        The same batch gives the same loss twice.
    Prevent:
        assert not model.training  # in the function that evaluates
    Sources:
        The rule is exact.

    min_share : share of the validation passes with training=True
    """
    loop = history.loop
    share = loop.valid_calls_in_train_mode / loop.valid_calls if loop.valid_calls else 0.0
    two = history.probes.two_passes
    if share >= min_share and loop.valid_calls_in_train_mode >= 1 and layers.in_evaluation:
        yield _wrong_mode(history, layers, share)
    elif loop.dropout_in_eval or (two is not None and two.difference > MIN_DIFFERENCE):
        yield _always_on(history)


def _always_on(history: History) -> Finding:
    loop, two = history.loop, history.probes.two_passes
    where = loop.dropout_where or (two.where if two else None)
    name = two.first_layer if two is not None and two.first_layer else "dropout"
    times = f"{loop.dropout_in_eval:,} times" if loop.dropout_in_eval else "in two passes of one batch"
    return Finding(
        subject=Subject(kind="layer", names=(name,), where=where),
        message=f"A functional dropout acts in evaluation mode {times}{at(where)}: it ignores the mode."
        if loop.dropout_in_eval
        else f"The model's answer is random in evaluation mode: two passes of one batch differ{at(where)}.",
        # Drawing samples in forward (a variational model) is a choice; dropout that does not know its mode is none.
        severity=Severity.ERROR if loop.dropout_in_eval else Severity.NOTE,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=_evidence(history, where),
        remedy=Remedy(
            cause="F.dropout is on by default, whatever the module's mode.",
            fix="Pass the mode to it, or use nn.Dropout.",
            patch="x = F.dropout(x, p=0.3, training=self.training)",
            verify="The same batch gives the same output twice in evaluation mode.",
        ),
    )


def _wrong_mode(history: History, layers: ModeLayers, share: float) -> Finding:
    loop = history.loop
    return Finding(
        subject=Subject(kind="layer", names=layers.in_evaluation, where=loop.valid_where),
        message=f"{share:.0%} of {loop.valid_calls:,} validation passes run in training mode{at(loop.valid_where)}: {listed(layers.in_evaluation)} act as in training.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(Measure(title="Share of validation passes in training mode", value=share), *_evidence(history, loop.valid_where)),
        remedy=Remedy(
            cause="model.eval() is missing, or named without parentheses.",
            fix="Call model.eval() before and model.train() after validation.",
            patch="model.eval()\nwith torch.no_grad():\n    ...\nmodel.train()",
        ),
    )


def _evidence(history: History, where: Where | None) -> tuple:
    rows = tuple((each.path, each.type_name, each.evaluated_mode_share) for each in history.layers if each.evaluated_mode_share > 0)[:20]
    table = (Ranking(title="Layers that ran in training mode", columns=("layer", "type", "share"), rows=rows),) if rows else ()
    return (*table, *source_lines(where))
