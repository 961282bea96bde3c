"""Receives what the taps report, in order, and hands it to the books. Its errors never reach the user's loop."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from threading import get_ident
from time import thread_time
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.optim.optimizer import Optimizer

from rung.record.torch import taps
from rung.record.torch.feed import Feed, first_tensor
from rung.record.torch.look import Look
from rung.record.torch.loop import LoopBook
from rung.record.torch.losses import LossBook
from rung.record.torch.model import ModelBook, lists_late
from rung.record.torch.movers import Movers
from rung.record.torch.quick import Quick, Rut
from rung.record.torch.rehearsal import Rehearsal, own_loss, rehearsal_of
from rung.record.torch.schedule import SHARE, Schedule
from rung.record.torch.tensors import main_tensor
from rung.record.torch.values import Values

if TYPE_CHECKING:
    from rung.record.torch.flight import Flight

NEVER_STEPS = 50  # backward passes without any step, after which each backward pass is taken for a step of its own


class Recorder(Quick):
    """Watches one training run in this thread, from `start` to `stop`.

    share : part of the elapsed time that close looks may cost.   models, optimizers : what to watch; found by themselves if empty.
    """

    def __init__(self, *, share: float = SHARE, models: tuple[nn.Module, ...] = (), flight: Flight | None = None) -> None:
        self.schedule = Schedule(share)
        self.model = ModelBook(models)
        self.loop, self.losses, self.feed, self.movers = LoopBook(), LossBook(), Feed(), Movers()
        self.values = Values()
        self.flight = flight
        self.look: Look | None = None
        self.frames: list[Look] = []
        self.n_steps = 0
        self.thread = get_ident()
        self.notes: list[str] = []
        self.failures = 0
        self.bad_step = 0
        self.on_bad: list[Callable[[str, torch.Tensor | None], None]] = []
        self.wake = 0  # the step from which on `on_step` is called
        self.on_step: list[Callable[[int], None]] = []
        self.busy = self.inside = self.in_loss = False
        self.within: set[str] = set()  # which of torch's functions are running, so that only their outermost calls are heard
        self.ruts: dict[int, Rut] = {}
        self.recursive = False  # the model calls itself, which only careful steps can tell from a new pass
        self.quick = False  # this step is neither looked at nor located nor gathered from: counting is enough
        self.pretrained = False
        self.call_args: tuple[nn.Module, tuple[Any, ...], dict[str, Any]] | None = None
        self.output: weakref.ref[torch.Tensor] | None = None
        self.holding: torch.Tensor | None = None  # an output looked at: `loss(model(x).flatten(), y)` drops it before the loss is called
        self.own_loss: weakref.ref[torch.Tensor] | None = None
        self.loss_module: nn.Module | None = None
        self.listening = False
        self.rehearsal: Rehearsal | None = None
        self.wants_rehearsal = True
        self.random: torch.Tensor | None = None  # torch's state before the last training pass
        self.scaled_loss: tuple[weakref.ref[torch.Tensor], float] | None = None
        self.ended = "running"
        self.exception = ""

    # start and stop

    def start(self) -> Recorder:
        """Listen."""
        self._decide()
        self.listening = True
        taps.attach(self)
        return self

    def stop(self, error: BaseException | None = None) -> None:
        """Let go; the books stay readable."""
        taps.detach(self)
        if self.ended == "running":
            interrupted = isinstance(error, KeyboardInterrupt)
            self.ended = "finished" if error is None else "interrupted" if interrupted else "exception"
            self.exception = "" if error is None else f"{type(error).__name__}: {error}"
            if error is not None:
                self.loop.event("exception", self.n_steps + 1, None, self.exception)
            self.loop.close(self.n_steps)
            self.values.flush()
        self.call_args = self.holding = None

    def pause(self) -> None:
        """Hear nothing for a while."""
        taps.TAP.recorder, taps.TAP.open, taps.TAP.quick = None, False, False

    def resume(self) -> None:
        """Hear again."""
        taps.TAP.recorder, taps.TAP.passes, taps.TAP.open, taps.TAP.quick = self, self.quick_forward, True, self.quick

    def restore_random(self) -> None:
        """Set the random state to what it was before the last training pass, where that was kept."""
        if self.random is not None:
            torch.set_rng_state(self.random)

    def release(self) -> None:
        """Forget the model: nothing more will be asked of it."""
        self.rehearsal = self.call_args = self.loop.train_loader = None
        self.model.held.clear()

    def lost(self, why: str) -> None:
        """Something could not be seen."""
        self.failures += 1
        if len(self.notes) < 20:
            self.notes.append(f"step {self.n_steps + 1} could not be seen in full: {why}")
        if self.failures == 10:
            self.notes.append("rung stopped watching after ten failures of its own.")
            taps.detach(self)

    # modules

    def call(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        """A module is called while the tap is open: the outermost one, or any one during a close look."""
        if self.busy or get_ident() != self.thread:
            return run(module, args, kwargs)
        if self.inside:
            self.recursive = self.recursive or module is self.model.main
            return self.look.inner(module, args, kwargs) if self.look is not None else run(module, args, kwargs)
        if module is self.loss_module and not self.in_loss:
            return self._own_loss(module, args, kwargs)
        if self.model.is_root(module):
            return self._outermost(module, args, kwargs)
        if self.look is not None and self.model.is_cold(module):
            return self._looked_at(self.look, module, args, kwargs)
        return self._looked_at(None, module, args, kwargs) if lists_late(module) else run(module, args, kwargs)

    def _looked_at(self, look: Look | None, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        self.inside, taps.TAP.open = True, look is not None
        try:
            return run(module, args, kwargs) if look is None else look.outermost(module, args, kwargs)
        finally:
            self.inside, taps.TAP.open = False, taps.TAP.recorder is not None

    def _outermost(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        self.inside = True
        look = self._before_forward(module, args, kwargs)
        result = self._looked_at(look, module, args, kwargs)
        tensor = main_tensor(result)
        self.output = weakref.ref(tensor) if tensor is not None else None
        self.holding = tensor if look is not None else None
        self.own_loss = weakref.ref(inner) if (inner := own_loss(result)) is not None else None
        return result

    def _own_loss(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        """A loss module of the user's, named in `watch(loss=...)`; torch's own report by their functions."""
        if type(module).__module__ == "torch.nn.modules.loss":
            return run(module, args, kwargs)
        self.in_loss = True
        try:
            result = run(module, args, kwargs)
        finally:
            self.in_loss = False
        self.loss_called(type(module).__name__, args, kwargs, result)
        return result

    def _before_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Look | None:
        try:
            learning = torch.is_grad_enabled()
            phase = self.loop.forward(learning, module.training, self.n_steps + 1)
            if phase == "train":
                self.values.valid_over(self.n_steps)  # training goes on: a validation pass before it has ended
                self.call_args = (module, args, kwargs)
                if self.rehearsal is None and self.wants_rehearsal:
                    self.wants_rehearsal = False
                    self.rehearsal = rehearsal_of(module, args, kwargs)
                if self.flight is not None:
                    self.flight.before_forward(module, args, kwargs)
            if self.feed.wants(phase):
                self._timed(self.feed.batch, phase, args, kwargs)
            if phase == "train":
                return self.look
            return self._valid_look() if phase == "valid" else None
        except Exception as error:
            self.lost(f"forward: {type(error).__name__}: {error}")
            return None

    def _valid_look(self) -> Look | None:
        """The first two validation passes are looked at for modes and functional dropout, not for statistics."""
        if self.loop.valid_looks >= 2:
            return None
        self.loop.valid_looks += 1
        return Look(self, self.n_steps, phase="valid")

    # losses and gradients

    def loss_called(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: object) -> None:
        """A functional loss returned."""
        if type(result) is not torch.Tensor:
            return
        phase = self.loop.loss(self.n_steps + 1, learning=result.requires_grad)
        begun = thread_time()
        studied = self.losses.called(name, args, kwargs, result, phase, self)
        if phase == "valid":
            rows = self.losses.rows
            self.values.read_valid(result, rows)
        if studied:
            self.schedule.spent += thread_time() - begun

    def loss_scaled(self, args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
        """`scaler.scale(loss)`: remember the loss itself."""
        if len(args) > 1 and isinstance(args[1], torch.Tensor):
            self.scaled_loss = (weakref.ref(args[1]), self.movers.scale_of(args[0]))

    def backward_called(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`loss.backward()` begins."""
        loss = args[0] if args and isinstance(args[0], torch.Tensor) else first_tensor(args, kwargs)
        first = self.loop.backward(self.n_steps + 1, retained=bool(kwargs.get("retain_graph")) or (len(args) > 2 and bool(args[2])))
        self.losses.ordinal = 0
        self.losses.n_silent += 1
        if loss is None:
            return
        self._read_loss(loss)
        if self.losses.wants_graph:
            self._timed(self.losses.graph_of, loss, self)
        if loss.grad_fn is None and loss.is_leaf:
            self.loop.leaf_loss()
        self.holding = None
        if self.look is not None:
            self._timed(self.look.slopes, loss)
        if first and self.look is not None:
            self._timed(self.look.carried)
        if not self.n_steps and self.loop.backwards > NEVER_STEPS:
            self.movers.backward_counts = True

    def _read_loss(self, loss: torch.Tensor) -> None:
        if loss.numel() != 1:
            return
        inner = self.scaled_loss[0]() if self.scaled_loss is not None else None
        self.scaled_loss = None
        value = self.values.read(inner if inner is not None else loss)
        if value is not None and len(self.loop.scales) < 64:
            last = self.losses.last_value()
            self.loop.scales.append(value / last if last else math.nan)
        if self.flight is not None:
            self.flight.loss(value)
        if self.n_steps == 0 and self.rehearsal is not None and math.isnan(self.rehearsal.first_loss) and value is not None:
            self.rehearsal.first_loss = value
            self.rehearsal.inside = self.own_loss is not None and self.own_loss() is loss
        if value is not None and not math.isfinite(value):
            self.non_finite("loss", loss)

    def backward_done(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], _result: object) -> None:
        """`loss.backward()` ended."""
        if self.movers.backward_counts:
            self._step_over(0)

    def non_finite(self, phase: str, tensor: torch.Tensor | None) -> None:
        """A loss, a gradient or a parameter is not finite: the first time, look where it began."""
        self.schedule.alarm()
        if not self.bad_step:
            self.bad_step = self.n_steps + 1
            for each in self.on_bad:
                each(phase, tensor)

    # steps

    def step_begins(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`optimizer.step()` begins."""
        number = self.movers.number(optimizer, self.model)
        book = self.movers.optimizers[number]
        book.closure = book.closure or (len(args) > 1 and args[1] is not None) or kwargs.get("closure") is not None
        if self.look is not None:
            self._timed(self.look.step_begins, number, closure=book.closure)

    def step_done(self, optimizer: Optimizer) -> None:
        """`optimizer.step()` ended."""
        number = self.movers.number(optimizer, self.model)
        self.movers.stepped(number, optimizer, self.n_steps + 1)
        self._step_over(number)

    def _step_over(self, number: int) -> None:
        """A step is taken: close its books and decide about the next."""
        self.n_steps += 1
        self.holding = None
        step = self.n_steps
        kinds = (*self.loop.trace, "step") if self.flight is not None else ()
        self.loop.step(step, number)
        self.values.step(step, number)
        if self.look is not None:
            self._timed(self.look.step_done, number)
            self._keep(self.look)
            self.schedule.looked(step, 0.0)
            self.look = None
        if self.flight is not None:
            self.flight.step_done(step, kinds, tuple(self.movers.rates_of(number)))
        if step >= self.wake:
            for each in self.on_step:
                each(step)
        self._decide()

    def _decide(self) -> None:
        """Look at the next step, or not."""
        step = self.n_steps + 1
        if (step >= self.schedule.next or self.schedule.urgent) and self.schedule.wants(step):
            self.look = Look(self, step)
        self.loop.locating = self.look is not None or step <= 3
        self.quick = taps.TAP.quick = (
            self.model.main is not None and not self.loop.locating and not self.feed.gathering and self.losses.settled
            and not self.movers.backward_counts and not self.recursive
        )  # fmt: skip
        taps.TAP.main = self.model.main

    def _keep(self, look: Look) -> None:
        """File a look. Frames are thinned so that memory stays bounded."""
        self.frames.append(look)
        if len(self.frames) > max(64, min(512, 400_000 // (1 + self.model.size))):
            self.frames = self.frames[:32] + self.frames[32::2]

    def _timed(self, work: Callable[..., object], *args: object, **kwargs: object) -> None:
        begun = thread_time()
        work(*args, **kwargs)
        self.schedule.spent += thread_time() - begun


def run(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a module as torch does."""
    if module._compiled_call_impl is not None:
        return module._compiled_call_impl(*args, **kwargs)
    return module._call_impl(*args, **kwargs)
