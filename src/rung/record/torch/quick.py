"""The steps of a settled loop, which are only counted: every microsecond here is paid at each step."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch.optim.optimizer import Optimizer

from rung.record.torch.listeners import Listeners

if TYPE_CHECKING:
    from rung.record.torch.flight import Flight
    from rung.record.torch.schedule import Schedule


class Quick(Listeners):
    """The part of a recorder that counts."""

    flight: Flight | None
    schedule: Schedule
    scaled_loss: tuple[weakref.ref[torch.Tensor], float] | None
    wake: int
    on_step: list[Callable[[int], None]]

    def _decide(self) -> None:
        """Look at the next step, or not."""
        raise NotImplementedError

    def quick_backward(self, args: tuple[Any, ...]) -> bool:
        """`loss.backward()` in a settled loop. Returns False where more must be told of it."""
        loss = args[0] if args else None
        if type(loss) is not torch.Tensor or loss.grad_fn is None or not loss.is_cpu or self.scaled_loss is not None or loss.numel() != 1:
            return False
        value = loss.item()
        if not -math.inf < value < math.inf or not self.loop.quick_backward():
            return False
        self.values.cycle.append(value)
        if self.flight is not None:
            self.flight.loss(value)
        return True

    def quick_step(self, optimizer: Optimizer) -> bool:
        """A step of a settled loop. Returns False where it must be told in full."""
        number = self.movers.numbers.get(id(optimizer))
        loop, cycle, step = self.loop, self.values.cycle, self.n_steps + 1
        if number is None or len(cycle) != 1 or self.flight is not None:
            return False
        book, trace = self.movers.optimizers[number], loop.trace
        known = loop.patterns.get((number, (*trace, "step")))
        if known is None or book.ref() is not optimizer or number not in self.values.train:
            return False
        self.n_steps = loop.steps = step
        book.steps += 1
        if optimizer.param_groups[0]["lr"] != book.rate:
            self.movers.rate_changed(number, optimizer, step)
        known.count += 1
        known.last = step
        loop.zero_grads += trace.count("zero_grad")
        loop.since_step = loop.idle = 0
        trace.clear()
        self.values.train[number].append(step, cycle[0])  # type: ignore[arg-type]
        cycle.clear()
        if step >= self.wake:
            for each in self.on_step:
                each(step)
        if step + 1 >= self.schedule.next or self.schedule.urgent or not step % 16:
            self._decide()
        return True
