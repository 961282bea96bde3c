"""The parts of a `History` that describe the loop: events in order, loss calls, clipping, and what was fed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rung.core.finding import Where

Floats = NDArray[np.float64]
Hashes = NDArray[np.uint64]

EventKind = Literal[
    "zero_grad", "forward", "loss", "backward", "unscale", "clip", "step", "step-skipped", "scheduler", "train", "eval",
    "valid-start", "valid-end", "epoch", "no-grad", "exception", "load", "finding",
]  # fmt: skip


FEW = 5  # readings that show one factor
SAME = 1e-3  # relative spread of one number in single precision


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened.

    kind : see EventKind.   step : number of the step that it leads up to (the next one to be taken; for 'step' its own).
    where : the user's line.   detail : short text: 'optimizer 1', 'training=False', 'grad off', the exception.
    """

    kind: EventKind
    step: int
    where: Where | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One way in which a step came about: the events since the step before, up to and with this one, and how often it occurred.

    kinds : in order, among 'zero_grad', 'forward' (outermost call of the model with gradients on), 'forward-no-grad', 'forward-eval'
    (with training=False), 'loss', 'backward', 'unscale', 'clip', 'step', 'step-skipped', 'scheduler'; a run of the same kind
    is kept as it is ('backward', 'backward', ...), of at most 64 events. Validation passes are left out.
    where : the user's line of each.   optimizer : that stepped, -1 for events after the last step.
    """

    kinds: tuple[str, ...]
    where: tuple[Where | None, ...] = ()
    optimizer: int = 0
    count: int = 1
    first: int = 1
    last: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loop:
    """The loop's course.

    events : notable ones in order: all of the first three steps, then changes of mode, validation, epochs, exceptions; at most 2000.
    patterns : by falling count.   forwards, backwards, zero_grads, steps : how often in all, in training.
    train_calls_in_eval_mode, train_calls : outermost forward passes that led to a backward pass, with training=False, and in all.
    valid_calls_in_train_mode, valid_calls : outermost passes without gradients or between `eval()` and `train()`, with training=True,
    and in all.   valid_with_grad : such passes that kept gradients.   dropout_in_eval : functional dropout calls that dropped
    although the module that called them was in evaluation mode.   dropout_where : their line.
    backward_scale : the value on which `backward()` was called divided by the last loss call's value, for the first 64 backward
    passes; 0.25 for loss / 4, NaN where no loss call was seen.   leaf_losses : backward calls on a tensor that no operation made
    (a re-wrapped loss).   loss_leaf_where : their line.   retained : backward calls with retain_graph.
    valid_where : line of the first validation pass.
    """

    events: tuple[Event, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    forwards: int = 0
    backwards: int = 0
    zero_grads: int = 0
    steps: int = 0
    train_calls: int = 0
    train_calls_in_eval_mode: int = 0
    valid_calls: int = 0
    valid_calls_in_train_mode: int = 0
    valid_with_grad: int = 0
    valid_where: Where | None = None
    dropout_in_eval: int = 0
    dropout_where: Where | None = None
    backward_scale: Floats = field(default_factory=_none)
    leaf_losses: int = 0
    loss_leaf_where: Where | None = None
    retained: int = 0

    @property
    def factor(self) -> float:
        """What the loop multiplies the loss by before `backward()`, as in `(loss / n).backward()`; 1 where it is not the same each time, as in a sum."""
        scale = self.backward_scale[np.isfinite(self.backward_scale)]
        middle = float(np.median(scale)) if len(scale) >= FEW else 0.0
        return middle if middle > 0 and np.ptp(scale) < SAME * middle else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clipping:
    """Gradient clipping at one line.

    kind : 'norm' or 'value'.   limit : max_norm or clip_value.   calls : how often.   clipped_share : share of the calls seen closely
    that shortened the gradient ('value': to less than its typical entry).   median_norm : median total norm before clipping, of 'value' the root mean
    square of the entries.   after_step : calls between
    `step()` and the next backward pass, where they do nothing.   covered : share of the model's parameter entries handed to it.
    """

    kind: Literal["norm", "value"]
    limit: float
    where: Where | None = None
    calls: int = 0
    clipped_share: float = float("nan")
    median_norm: float = float("nan")
    after_step: int = 0
    covered: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LossCall:
    """A loss function at one line of the user's, in one phase. Values are from the first calls unless said otherwise.

    name : functional name ('cross_entropy', 'mse_loss', 'binary_cross_entropy_with_logits', 'nll_loss' ...), or 'own' for a loss
    built by hand, seen at `backward()`.   module : path or class of the loss module, '' for a plain call.   phase : where it was called.
    calls : how often.   input_shape, target_shape, input_dtype, target_dtype : of the first call.   values : the first 20 results.
    input_low, input_high : range of the input over the calls seen closely.   input_rows_sum_to_one : share of rows (along the class
    axis) that are non-negative and sum to 1 within 1e-4 (0 where there is no class axis).   input_rows_log_normalised : share of rows
    all <= 0 whose exponentials sum to 1.   input_in_unit : share of inputs within [0, 1].   input_below_zero : share below 0.
    producer : path of the module whose output is this input, '' if none; producer_type : its class, or the name of the operation.
    producer_output : True where the input is the model's own output.
    target_low, target_high : range.   target_integral : all targets are whole numbers.   target_distinct : distinct targets seen,
    at most 1000.   target_rows_sum_to_one : targets are rows of probabilities.   class_counts : of whole-numbered targets 0..K-1.
    broadcast : input and target have different shapes and were stretched against each other; for 'own' losses found in the graph.
    broadcast_shape : the shape that came of it.   reduction : 'mean', 'sum', 'none'.   weighted : class or row weights were given.
    settings : plain arguments ('label_smoothing', 'ignore_index', 'beta', 'delta', 'margin').   ignored_share : rows at ignore_index.
    constant_loss : the loss of the best constant prediction for the targets seen, by this loss's own arithmetic (entropy of the class
    shares, variance, mean absolute deviation ...); NaN where it is not defined.   uniform_loss : ln K for K classes, ln 2 for
    binary, NaN otherwise.
    """

    name: str
    where: Where | None = None
    module: str = ""
    phase: Literal["train", "valid"] = "train"
    calls: int = 0
    input_shape: tuple[int, ...] = ()
    target_shape: tuple[int, ...] = ()
    input_dtype: str = ""
    target_dtype: str = ""
    values: Floats = field(default_factory=_none)
    input_low: float = float("nan")
    input_high: float = float("nan")
    input_rows_sum_to_one: float = 0.0
    input_rows_log_normalised: float = 0.0
    input_in_unit: float = float("nan")
    input_below_zero: float = float("nan")
    producer: str = ""
    producer_type: str = ""
    producer_output: bool = False
    target_low: float = float("nan")
    target_high: float = float("nan")
    target_integral: bool = False
    target_distinct: int = 0
    target_rows_sum_to_one: bool = False
    class_counts: Floats = field(default_factory=_none)
    broadcast: bool = False
    broadcast_shape: tuple[int, ...] = ()
    reduction: str = "mean"
    weighted: bool = False
    settings: Mapping[str, float | str | bool | None] = field(default_factory=dict)
    ignored_share: float = 0.0
    constant_loss: float = float("nan")
    uniform_loss: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftmaxCall:
    """A softmax or log-softmax at one line (or module).

    name : 'softmax' or 'log_softmax'.   module : path of the module that calls it.   axis : non-negative axis it runs over.
    shape : of its input.   batch_axis : the axis over which rows lie, where it can be told (the size of the batch stands there and
    nowhere else), else None.   inside : it is called within the model; feeds_loss : its result is the input of a loss.
    implicit : no axis was given.   row_sum_low, row_sum_high : range of the sums over the last axis (or axis 1 for 4-D) of its result.
    """

    name: str
    axis: int
    shape: tuple[int, ...]
    where: Where | None = None
    module: str = ""
    calls: int = 0
    batch_axis: int | None = 0
    inside: bool = True
    feeds_loss: bool = False
    implicit: bool = False
    row_sum_low: float = float("nan")
    row_sum_high: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Channels:
    """Statistics a channel of what was fed: axis 1 of images and (n, c, ...) inputs, else the last axis; at most 256 channels.

    rows : rows behind the numbers.   shape : of one row.   axis : the channel axis within a batch.   dtype : 'float32', 'int64' ...
    token_like : whole numbers that go into an embedding.   mean, std, low, high : shape (channels,), over finite entries.
    nan_share, infinite_share, zero_share : shape (channels,).
    """

    rows: int = 0
    shape: tuple[int, ...] = ()
    axis: int = 1
    dtype: str = ""
    token_like: bool = False
    mean: Floats = field(default_factory=_none)
    std: Floats = field(default_factory=_none)
    low: Floats = field(default_factory=_none)
    high: Floats = field(default_factory=_none)
    nan_share: Floats = field(default_factory=_none)
    infinite_share: Floats = field(default_factory=_none)
    zero_share: Floats = field(default_factory=_none)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batches:
    """What was fed to the model in training and validation passes.

    sizes : rows of the first 1000 training batches.   inputs : the model's first tensor input; targets : the loss's target.
    valid_inputs : the same for validation passes.   loader : class of the training sampler ('RandomSampler', 'SequentialSampler', ...)
    or ''.   loader_settings : 'batch_size', 'drop_last', 'num_workers', 'n_rows'.
    fingerprints : a hash of the first training batches (at most 512), in order; equal numbers are equal batches.
    fingerprint_batches : the number of each of those batches, counted from 0: 0, 1, 2 ... as long as every batch could be afforded.
    epoch_starts : positions in `fingerprints` at which an epoch began.
    row_hashes, row_repeats, valid_row_hashes : hashes of single training rows (at most 20,000 distinct), how often each came, and of
    validation rows; input values only.   valid_reach : how many times more distinct validation rows there may be than were looked at (1.0 where
    each was).   target_order : targets of the first training batches as they came (at most 10,000).
    sample, sample_targets : at most 1000 training rows, flattened to at most 1024 columns, with the target each was given.
    valid_sample, valid_targets : the same of at most 500 rows of validation passes, those with one target a row.
    from_dataset : the loader's dataset hands out single rows that can be compared with batches.
    """

    sizes: Floats = field(default_factory=_none)
    inputs: Channels = field(default_factory=Channels)
    targets: Channels = field(default_factory=Channels)
    valid_inputs: Channels = field(default_factory=Channels)
    loader: str = ""
    loader_settings: Mapping[str, float | str | bool | None] = field(default_factory=dict)
    fingerprints: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    fingerprint_batches: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    epoch_starts: tuple[int, ...] = ()
    row_hashes: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    row_repeats: Floats = field(default_factory=_none)
    valid_row_hashes: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    valid_reach: float = 1.0
    target_order: Floats = field(default_factory=_none)
    sample: Floats = field(default_factory=lambda: np.empty((0, 0)))
    sample_targets: Floats = field(default_factory=_none)
    valid_sample: Floats = field(default_factory=lambda: np.empty((0, 0)))
    valid_targets: Floats = field(default_factory=_none)
    from_dataset: bool = False
