"""T311: an output that the loss cannot use, or that cannot reach the target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rung.core.evidence import Measure, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.head_reach import HeadReach, Reach
from rung.facts.loss_inputs import LossInputs, LossUse
from rung.facts.run_charts import at, source_lines

SQUARES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
LOGITS = ("cross_entropy", "binary_cross_entropy_with_logits")
SURE = Confidence.NEAR_CERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """What is wrong and how to write it."""

    told: str
    patch: str
    confidence: Confidence = SURE
    floor: float = float("nan")
    harmful: bool = True


@check(
    "T311",
    severity="error",
    explains=("plateaued-loss", "flat-loss", "vanishing-gradients", "underfitting", "learning-rate-too-low", "saturated-activations", "dead-units"),
)  # fmt: skip
def output_activation_mismatch(uses: LossInputs, reach: HeadReach, *, min_excess: float = 0.05) -> Iterator[Finding]:
    """The activation at the output does not belong to the loss, or its range does not hold the target.

    Why it matters:
        Softmax before a cross-entropy bounds the loss from below (1.46 for ten classes) and flattens its gradient; a sigmoid before a loss with logits
        keeps all probabilities between 0.5 and 0.73; a ReLU or tanh head cannot say what the target asks for.
    Likely cause:
        The loss contains the activation already, or the head was copied from another task.
    How it decides:
        From the numbers that reach the loss, not from names: rows that are non-negative and sum to one before cross_entropy; inputs that never leave
        [0, 1] or [-1, 1] and come from a sigmoid or tanh before a loss with logits; scores that are never negative because a ReLU made them;
        a bounded head whose range ends more than `min_excess` of the targets' range inside of it.
    When it is wrong:
        Log-softmax before cross_entropy changes nothing and is not named. Heads whose range holds the target are sound. A sigmoid before
        binary_cross_entropy is right and less exact than the loss on logits: a note.
    Fix:
        Hand raw outputs to the loss; apply softmax or sigmoid only to read probabilities.
    Verify:
        The loss falls below the floor that is named.
    Prevent:
        assert logits.min() < 0  # at the first step
    Sources:
        Documentation of the losses. Floor of softmax before cross-entropy: ln(1 + (K - 1) / e).

    min_excess : share of the targets' range beyond the head's reach from which it counts
    """
    for use, head in zip(uses.train, reach.heads, strict=True):
        if use.share < 0.05:
            continue
        found = None
        if use.call.name in LOGITS:
            found = _before_logits(use)
        elif use.call.name == "binary_cross_entropy":
            found = _before_probabilities(use)
        elif use.call.name in SQUARES:
            found = _reach(head, min_excess)
        if found is not None:
            yield _finding(use, found)


def _before_logits(use: LossUse) -> Mismatch | None:
    call = use.call
    if call.name == "cross_entropy" and use.classes > 1 and call.input_rows_sum_to_one > 0.95:
        floor = float(np.log(1 + (use.classes - 1) / np.e))
        return Mismatch(
            told=f"rows of probabilities go into cross_entropy, which applies its own softmax: the loss cannot fall below {floor:.4f}",
            patch="return logits  # no softmax in forward",
            floor=floor,
        )
    if call.name == "binary_cross_entropy_with_logits" and call.input_in_unit > 0.9999 and _from_sigmoid(use):
        return Mismatch(
            told="probabilities go into a loss that applies its own sigmoid: they can only become 0.5 to 0.73",
            patch="return logits  # no sigmoid in forward",
        )
    if "relu" in use.producer and "leaky" not in use.producer and not call.input_below_zero > 0:
        return Mismatch(
            told=f"a ReLU cuts the scores before {call.name}: no class can be ruled out",
            patch="return self.head(x)  # no activation after the last layer",
        )
    if use.producer in ("tanh", "hardtanh") and call.input_low >= -1 and call.input_high <= 1:
        return Mismatch(
            told=f"a tanh bounds the scores before {call.name} to -1..1",
            patch="return self.head(x)  # no activation after the last layer",
            confidence=Confidence.LIKELY,
        )
    return None


def _from_sigmoid(use: LossUse) -> bool:
    """A sigmoid made it, or something unknown did and the values fill the unit; small logits of a linear layer may lie there by chance."""
    plain = use.producer.startswith(("linear", "conv", "addmm", "lazylinear", "bilinear"))
    wide = use.call.input_high - use.call.input_low > 0.5 or use.call.input_low > 0.1
    return "sigmoid" in use.producer or (use.settled and use.call.calls >= 10 and wide and not plain)


def _before_probabilities(use: LossUse) -> Mismatch | None:
    call = use.call
    if use.settled and call.calls >= 10 and call.input_low >= 0.5 - 1e-6 and call.input_high <= 0.7311:
        return Mismatch(
            told="all probabilities lie between 0.5 and 0.731: a sigmoid was applied twice",
            patch="probability = torch.sigmoid(logit)  # once",
        )
    if use.producer.startswith("sigmoid"):
        return Mismatch(
            told="a sigmoid and binary_cross_entropy: right, but the logarithm of a rounded 0 or 1 is lost; on raw outputs the cut moves from 0.5 to 0",
            patch="loss = F.binary_cross_entropy_with_logits(logit, y)  # and predict with logit > 0",
            harmful=False,
        )
    return None


def _reach(head: Reach, min_excess: float) -> Mismatch | None:
    """A bounded head whose range the targets leave."""
    if not head.activation or head.beyond <= min_excess or not head.typical:
        return None
    within = f"{head.low:g} to {head.high:g}" if np.isfinite(head.high) else f"{head.low:g} upwards"
    return Mismatch(
        told=f"the output ends in {head.activation} ({within}), the targets go from {head.bottom:.3g} to {head.top:.3g}",
        patch="return self.head(x)  # no activation for free numbers",
    )


def _finding(use: LossUse, found: Mismatch) -> Finding:
    call = use.call
    named = tuple(each for each in (call.producer, call.producer_type, call.name) if each)
    limits = (Measure(title="Lowest loss that can be reached", value=found.floor),) if np.isfinite(found.floor) else ()
    return Finding(
        subject=Subject(kind="layer", names=named, where=call.where),
        message=f"{found.told[0].upper()}{found.told[1:]}{at(call.where)}.",
        severity=Severity.NOTE if not found.harmful else Severity.CRITICAL if found.confidence is SURE else Severity.ERROR,
        confidence=found.confidence,
        evidence=(
            *limits,
            Ranking(
                title=f"What {call.name} is given",
                columns=("what", "lowest", "highest", "rows that sum to one"),
                rows=(
                    ("input", call.input_low, call.input_high, call.input_rows_sum_to_one),
                    ("target", call.target_low, call.target_high, None),
                ),
            ),
            *source_lines(call.where),
        ),
        remedy=Remedy(cause=found.told + ".", fix="Hand raw outputs to the loss.", patch=found.patch, experiment="strip-activation"),
    )
