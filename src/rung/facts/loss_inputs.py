"""What each loss function is given."""

from __future__ import annotations

from dataclasses import dataclass

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.inputs.history import History
from rung.inputs.history_loop import LossCall

MIN_CALLS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LossUse:
    """One training loss at one line.

    classes : size of the class axis (axis 1 of the input), 0 without one.   outputs : numbers a row.   share : of all training loss calls.
    producer : class of the module or name of the operation that made the input, in lower case.   settled : it was called often enough to trust ranges.
    axis_normalised : a softmax over another axis than the classes made the input (a rule of its own).
    """

    call: LossCall
    classes: int
    outputs: int
    share: float
    producer: str
    settled: bool
    axis_normalised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LossInputs:
    """Training losses, the busiest first."""

    train: tuple[LossUse, ...]


@fact(cost="instant")
def loss_inputs(history: History) -> LossInputs:
    """Unavailable where no loss call was seen."""
    calls = sorted((each for each in history.losses if each.phase == "train"), key=lambda each: -each.calls)
    if not calls:
        raise Unavailable("no call of a loss function was recorded")
    total = sum(each.calls for each in calls)
    return LossInputs(train=tuple(_use(each, total, history) for each in calls))


def _use(call: LossCall, total: int, history: History) -> LossUse:
    shape = call.input_shape
    size = 1
    for each in shape[1:]:
        size *= each
    return LossUse(
        call=call,
        classes=shape[1] if len(shape) > 1 else 0,
        outputs=size,
        share=call.calls / max(total, 1),
        producer=(call.producer_type or "").lower(),
        settled=call.calls >= MIN_CALLS,
        axis_normalised=any(each.feeds_loss and each.batch_axis is not None and each.axis == each.batch_axis for each in history.softmaxes),
    )
