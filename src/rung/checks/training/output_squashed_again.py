"""T311 seen in the source: probabilities are put through a sigmoid or softmax once more when they are read."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.loss_inputs import LossInputs, LossUse
from rung.facts.run_charts import at, source_lines
from rung.facts.squashed_outputs import Squash, SquashedOutputs


@witness("T311")
def output_squashed_again(uses: LossInputs, squashed: SquashedOutputs) -> Iterator[Finding]:
    """The model ends in a sigmoid or softmax already, or has one column; the line that reads its output applies another. Exact where both are seen.

    Where there are several losses it must be true of all, for the source does not say whose outputs they are. Softmax after log-softmax
    gives the probabilities back and is silent.
    """
    said: set[str] = set()
    for each in squashed.places:
        told = {_told(use, each) for use in uses.train}
        if len(told) == 1 and "" not in told and not told & said:
            said |= told
            yield _finding(each, *told)


def _told(use: LossUse, each: Squash) -> str:
    if each.function == "softmax" and use.outputs == 1:
        return "a softmax over the model's one column is 1 for every row"
    ends = use.producer.rstrip("0123456789")
    if ends == "sigmoid" and use.call.name == "binary_cross_entropy":
        limits = "lie between 0.5 and 0.731" if each.function == "sigmoid" else "are those of a softmax over probabilities"
        return f"the model ends in a sigmoid and its output goes through a {each.function}: what is read as probabilities can only {limits}"
    if ends == "softmax" and each.function == "softmax":
        return (
            "the model ends in a softmax and its output goes through another: what is read as probabilities is drawn towards equal shares"
        )
    return ""


def _finding(each: Squash, told: str) -> Finding:
    return Finding(
        subject=Subject(kind="line", names=(each.model, each.function), where=each.where),
        message=f"{told[0].upper()}{told[1:]}{at(each.where)}.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=source_lines(each.where),
        remedy=Remedy(
            cause="The line was copied from a script whose model ends in a linear layer with several columns.",
            fix="Apply one link, once: in the model, or where its output is read.",
            patch=f"probability = torch.sigmoid({each.model}(x))  # of a model that ends in a linear layer",
            prevent="Name outputs for what they are: logits before the link, probabilities behind it.",
            verify="Probabilities reach below 0.1 and above 0.9 on rows that the model is sure of.",
        ),
    )
