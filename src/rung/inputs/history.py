"""`History`: one training run as plain arrays, whatever recorded it.

A loop watched by `rung.watch` fills every part. A log file fills the curves alone; all other parts are then empty, and
`history.depth` is 'curves'. Nothing here knows a training library: rules are pure functions of these arrays, the same live,
after the fact and in tests with numbers written by hand.

A *step* is one call of an optimizer's `step()`, counted from 1 over all optimizers in order of time; what happens before the
first update bears step 0 or 1: an event carries the number of the step that it leads up to. Where nothing ever steps, backward
passes are counted instead (`history.counted` says which).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rung.core.finding import Where
from rung.inputs.history_loop import Batches, Clipping, Event, Loop, LossCall, SoftmaxCall
from rung.inputs.history_model import Layer, OptimizerRecord, Parameter, SchedulerRecord, Unregistered
from rung.inputs.history_probes import NonFinite, Probes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Phase = Literal["train", "valid", "test"]
Quantity = Literal["loss", "metric", "rate", "other"]


def no_floats() -> Floats:
    """An array of nothing: what was not recorded."""
    return np.empty(0)


def no_ints() -> Ints:
    """An array of no whole numbers."""
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """One number followed over the run, bounded in length whatever the run's.

    name : as the source calls it ('train/loss', 'val_acc').   phase, quantity : what it is.
    step : shape (n,), rising: the last step of each point, by the source's own count (steps, epochs or rounds: `unit`).
    value : shape (n,), mean over the point's window.   low, high, spread : smallest, largest and standard deviation within the
    window; equal to value, value and 0 where a point is one reading.   count : readings a point. Points of long runs are windows
    of equal count, so that memory stays bounded; a non-finite reading makes its window's value non-finite.
    larger_is_better : for metrics, None where the name does not tell.
    """

    name: str
    phase: Phase
    quantity: Quantity
    step: Ints
    value: Floats
    low: Floats = field(default_factory=no_floats)
    high: Floats = field(default_factory=no_floats)
    spread: Floats = field(default_factory=no_floats)
    count: Ints = field(default_factory=no_ints)
    unit: Literal["step", "epoch", "round"] = "step"
    larger_is_better: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Steps:
    """Numbers of the steps that were looked at closely: the first ones all, later ones ever more sparsely. Rows are `step`.

    step : shape (n,), rising step numbers.   gradient_norm : total L2 norm over all gradients when `step()` began, that is after
    clipping.   gradient_norm_before : the same before clipping, equal where nothing clips.
    rate : shape (n, groups), learning rate of each parameter group of the optimizer that stepped, NaN beyond its groups.
    update_ratio : norm of the change of all parameters by this step, divided by their norm.
    carried_norm : norm of the gradients that were already there when the first backward pass since the last `step()` began: 0 where
    they had been cleared, NaN where that was not seen. The exact test for a forgotten `zero_grad`, however gradients are cleared.
    optimizer : which optimizer stepped.   loss_scale : the factor of a gradient scaler, 1 without one.
    backwards : backward passes since the step before.   seconds : wall time since the step before.
    """

    step: Ints = field(default_factory=no_ints)
    gradient_norm: Floats = field(default_factory=no_floats)
    gradient_norm_before: Floats = field(default_factory=no_floats)
    rate: Floats = field(default_factory=lambda: np.empty((0, 0)))
    update_ratio: Floats = field(default_factory=no_floats)
    carried_norm: Floats = field(default_factory=no_floats)
    optimizer: Ints = field(default_factory=no_ints)
    loss_scale: Floats = field(default_factory=no_floats)
    backwards: Ints = field(default_factory=no_ints)
    seconds: Floats = field(default_factory=no_floats)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """One training run.

    source : what recorded it, for messages ('rung.watch', 'losses.csv').   framework : 'torch', 'lightning', 'xgboost' ..., ''.
    depth : 'full' for a watched loop, 'curves' for a log.   counted : what a step is.
    n_steps : steps taken in all.   n_epochs : passes over the training loader that ended, None where unknown.
    curves : losses, metrics and rates over the run.   steps : the closely seen steps.
    layers : modules without children (and those with parameters of their own), in the order of the first forward pass; modules
    that were never called come last with `order` -1.   parameters : every parameter of the watched model, and those of the
    optimizers that no module lists.   optimizers, schedulers, clipping : what moves the parameters.
    losses : each loss function at each line that calls it.   softmaxes : each softmax likewise.   loop : the order of events.
    batches : what was fed.   unregistered : tensors and modules that the model holds without `parameters()` knowing.
    probes : what active tests on a copy said.   non_finite : where NaN or infinity began, None if it never did.
    model_name : class of the outermost module.   model_where : line that made it.
    pretrained : a state dict was loaded into the model before or during the run.
    ended : 'finished', 'running' (a live look), 'exception' or 'interrupted'.   exception : 'Type: text' where one ended it.
    notes : what could not be seen and why, one sentence each.   environment : library -> version, 'device', 'threads'.
    """

    source: str = "history"
    framework: str = ""
    depth: Literal["full", "curves"] = "curves"
    counted: Literal["optimizer.step", "backward", "epoch", "round", "row"] = "optimizer.step"
    n_steps: int = 0
    n_epochs: int | None = None
    curves: tuple[Curve, ...] = ()
    steps: Steps = field(default_factory=Steps)
    layers: tuple[Layer, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    optimizers: tuple[OptimizerRecord, ...] = ()
    schedulers: tuple[SchedulerRecord, ...] = ()
    clipping: tuple[Clipping, ...] = ()
    losses: tuple[LossCall, ...] = ()
    softmaxes: tuple[SoftmaxCall, ...] = ()
    loop: Loop = field(default_factory=Loop)
    batches: Batches = field(default_factory=Batches)
    unregistered: tuple[Unregistered, ...] = ()
    probes: Probes = field(default_factory=Probes)
    non_finite: NonFinite | None = None
    model_name: str = ""
    model_where: Where | None = None
    pretrained: bool = False
    ended: Literal["finished", "running", "exception", "interrupted"] = "finished"
    exception: str = ""
    notes: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def curve(self, phase: Phase, quantity: Quantity = "loss") -> Curve | None:
        """The first curve of this phase and quantity, None where there is none."""
        return next((each for each in self.curves if each.phase == phase and each.quantity == quantity and each.step.size), None)

    def layer(self, path: str) -> Layer | None:
        """The layer at this module path, None where there is none."""
        return next((each for each in self.layers if each.path == path), None)

    @property
    def events(self) -> tuple[Event, ...]:
        """The notable events, in order of time."""
        return self.loop.events
