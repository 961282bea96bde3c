"""The parts of a `History` that active tests fill: each ran on a copy of the model with the random state put back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rung.core.finding import Where

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMixing:
    """Does the output of one row depend on the other rows of the batch? Asked in evaluation mode, so batch norm does not mix.

    rows : rows of the batch.   coupled_share : share of rows whose output (loss input) changes when other rows are replaced.
    strength : largest change of a row's output by the other rows, over its change by the row itself being replaced (0: none).
    permuted_share : share of rows whose output moved to another row's place: the batch comes out in another order or shape.
    first_layer : path of the first module (in forward order) whose output couples rows, '' if none; first_type : its class.
    where : its line where known.
    """

    rows: int
    coupled_share: float
    strength: float
    permuted_share: float = 0.0
    first_layer: str = ""
    first_type: str = ""
    where: Where | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FutureTokens:
    """Does the output at a position depend on later positions of the input? Only for outputs with the input's sequence axis.

    positions : positions looked at.   future_share : share of them that change when later tokens are replaced.
    strength : largest such change, over the change when earlier or equal tokens are replaced.
    past_share : share that change when earlier tokens are replaced (a sequence model that reads its past).
    target_is_next : share of target tokens equal to the input's next token.   target_is_same : equal to the token at the position.
    first_layer, first_type : the first module whose output looks ahead.
    """

    positions: int
    future_share: float
    strength: float
    past_share: float = float("nan")
    target_is_next: float = float("nan")
    target_is_same: float = float("nan")
    first_layer: str = ""
    first_type: str = ""
    where: Where | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPasses:
    """The same batch twice in evaluation mode: they must be equal.

    difference : largest absolute difference of the outputs over their standard deviation.   loss_difference : of the losses, relative.
    first_layer : path of the first module whose outputs differ, '' if none; first_type : its class.   where : its line.
    """

    difference: float
    loss_difference: float = float("nan")
    first_layer: str = ""
    first_type: str = ""
    where: Where | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroedInput:
    """The loss with the real inputs and with inputs replaced by zeros and by another row's, on the model as it is at the end.

    loss, loss_zeroed, loss_shuffled : mean loss on the rows; loss_shuffled gives each row another row's input.
    output_change : mean absolute change of the outputs when zeroed, over their standard deviation.   rows : rows used.
    """

    loss: float
    loss_zeroed: float
    loss_shuffled: float
    output_change: float
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialLoss:
    """The loss before the first update, against what chance gives.

    loss : of the first training batch as the loop saw it.   evaluated : the same batch in evaluation mode with the initial weights.
    expected : ln K, ln 2, or the constant predictor's loss on the targets seen (see LossCall.constant_loss).   name : loss function.
    output_std : standard deviation of the model's outputs over the batch at the start.
    """

    loss: float
    expected: float
    name: str
    evaluated: float = float("nan")
    output_std: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OverfitBatch:
    """Can the model learn one small batch by heart, from its initial weights, with a sound optimizer of rung's own?

    rows : of the batch.   steps : taken.   start, end, best : loss at the beginning, at the end, smallest.   constant : loss of the
    best constant prediction for these targets.   floor : loss that contradictory targets (equal rows, other targets) imply, 0 if none.
    losses : the curve.   share_right : rows predicted right at the end, NaN for numbers.   rate : learning rate that did best.
    own_optimizer_end : loss at the end with the user's own optimizer and settings over as many steps, NaN if not tried.
    """

    rows: int
    steps: int
    start: float
    end: float
    best: float
    constant: float
    floor: float = 0.0
    losses: Floats = field(default_factory=lambda: np.empty(0))
    share_right: float = float("nan")
    rate: float = float("nan")
    own_optimizer_end: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Do the pairs (input, target) of batches equal the pairs that the dataset hands out one by one?

    compared : rows of batches whose input was found among the dataset's.   changed : those with another target than the dataset's.
    where : line of the collate function where it is the user's.   augmented : the dataset hands out other inputs each time it is asked.
    """

    compared: int
    changed: int
    where: Where | None = None
    augmented: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Probes:
    """Every probe that ran; None for those that did not, with the reason in `skipped` (probe name -> sentence)."""

    row_mixing: RowMixing | None = None
    future_tokens: FutureTokens | None = None
    two_passes: TwoPasses | None = None
    zeroed_input: ZeroedInput | None = None
    initial_loss: InitialLoss | None = None
    overfit_batch: OverfitBatch | None = None
    pairing: Pairing | None = None
    skipped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NonFinite:
    """Where NaN or infinity first arose, found by replaying the bad step in forward order.

    step : the step that it led up to.   phase : where the first bad value stands: in the batch's input or target, in a parameter before
    the pass, in a module's output, in the loss, in a gradient, or in a parameter after the update.   value : 'nan' or 'inf'.
    module, op : path of the module and name of the operation that made it ('log', 'div', 'exp', 'sqrt' ...), '' where unknown.
    rows : positions within the batch of rows that are bad there (at most 50).   channels : input columns likewise.
    parameter : path, for a parameter or a gradient.   input_low, input_high : range of the finite values that went into the operation.
    where : the user's line.   dtype : of the tensor that went bad.   replayed : whether the step was replayed; otherwise the phase is
    what could be seen at the time.   recovered : later steps were finite again (a scaler that skipped the step).
    """

    step: int
    phase: Literal["input", "target", "parameter", "forward", "loss", "backward", "update"]
    value: Literal["nan", "inf"] = "nan"
    module: str = ""
    op: str = ""
    rows: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    parameter: str = ""
    input_low: float = float("nan")
    input_high: float = float("nan")
    where: Where | None = None
    dtype: str = ""
    replayed: bool = False
    recovered: bool = False
