"""The steps of a settled loop, which are only counted: every microsecond here is paid at each step."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from threading import get_ident
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import nn
from torch.optim.optimizer import Optimizer

from rung.record.torch.listeners import Listeners
from rung.record.torch.loop import MAX_TRACE

if TYPE_CHECKING:
    from rung.record.torch.flight import Flight
    from rung.record.torch.loop import Counted
    from rung.record.torch.movers import OptimizerBook
    from rung.record.torch.schedule import Schedule
    from rung.record.torch.series import Series


class Rut(NamedTuple):
    """What an optimizer's steps have been like: the events before each, and the books in which such a step is counted."""

    optimizer: weakref.ref[Optimizer]
    trace: list[str]
    clears: int
    counted: Counted
    book: OptimizerBook
    series: Series


class Quick(Listeners):
    """The part of a recorder that counts."""

    flight: Flight | None
    schedule: Schedule
    scaled_loss: tuple[weakref.ref[torch.Tensor], float] | None
    wake: int
    on_step: list[Callable[[int], None]]
    thread: int
    busy: bool
    call_args: tuple[nn.Module, tuple[Any, ...], dict[str, Any]] | None
    ruts: dict[int, Rut]

    def _decide(self) -> None:
        """Look at the next step, or not."""
        raise NotImplementedError

    def quick_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """The model is called in a settled loop. Returns False where more must be told of it."""
        if self.busy or get_ident() != self.thread:
            return True
        loop = self.loop
        if loop.validating or loop.sign or loop.pending or len(loop.trace) >= MAX_TRACE or not torch.is_grad_enabled():
            return False
        loop.idle = 0
        loop.pending_from = len(loop.trace)
        loop.pending.append(module.training)
        loop.trace.append("forward" if module.training else "forward-eval")
        loop.forwards += 1
        self.call_args = (module, args, kwargs)
        if self.flight is not None:
            self.flight.before_forward(module, args, kwargs)
        return True

    def quick_backward(self, args: tuple[Any, ...]) -> bool:
        """`loss.backward()` in a settled loop. Returns False where more must be told of it."""
        loss = args[0] if args else None
        if type(loss) is not torch.Tensor or not loss.requires_grad or not loss.is_cpu or self.scaled_loss is not None or loss.numel() != 1:
            return False
        value = loss.item()
        loop = self.loop
        if value - value != 0.0 or loop.validating or len(loop.trace) >= MAX_TRACE or get_ident() != self.thread or loss.is_leaf:
            return False
        loop.backwards += 1
        for training in loop.pending:
            loop.train_calls += 1
            loop.train_in_eval += not training
        loop.pending.clear()
        if loop.loader_ref is not None:
            loop.train_loader, loop.loader_ref = loop.loader_ref() or loop.train_loader, None
        loop.since_step += 1
        loop.trace.append("backward")
        self.values.cycle.append(value)
        if self.flight is not None:
            self.flight.loss(value)
        return True

    def quick_step(self, optimizer: Optimizer) -> bool:
        """A step of a settled loop. Returns False where it must be told in full."""
        loop, cycle, rut = self.loop, self.values.cycle, self.ruts.get(id(optimizer))
        if len(cycle) != 1 or self.flight is not None:
            return False
        if rut is None or rut.trace != loop.trace or rut.optimizer() is not optimizer:
            rut = self._rut(optimizer)
            if rut is None:
                return False
        self.n_steps = loop.steps = step = self.n_steps + 1
        rut.book.steps += 1
        if optimizer.param_groups[0]["lr"] != rut.book.rate:
            self.movers.rate_changed(self.movers.numbers[id(optimizer)], optimizer, step)
        rut.counted.count += 1
        rut.counted.last = step
        loop.zero_grads += rut.clears
        loop.since_step = loop.idle = 0
        loop.trace.clear()
        rut.series.append(step, cycle.pop())  # type: ignore[arg-type]
        if step >= self.wake:
            for each in self.on_step:
                each(step)
        if step + 1 >= self.schedule.next or self.schedule.urgent:
            self._decide()
        return True

    def _rut(self, optimizer: Optimizer) -> Rut | None:
        """What this step is like, None where no step was like it so far."""
        number, trace = self.movers.numbers.get(id(optimizer)), self.loop.trace
        counted = self.loop.patterns.get((number, (*trace, "step"))) if number is not None else None
        if counted is None or number is None or number not in self.values.train:
            return None
        book = self.movers.optimizers[number]
        if book.ref() is not optimizer:
            return None
        found = Rut(book.ref, list(trace), trace.count("zero_grad"), counted, book, self.values.train[number])
        self.ruts[id(optimizer)] = found
        return found
