"""The short reports: mode, loader, clipping, scaler, schedule. Each goes into one book."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import torch
from torch.optim.optimizer import Optimizer

if TYPE_CHECKING:
    from rung.record.torch.look import Look
    from rung.record.torch.loop import LoopBook
    from rung.record.torch.model import ModelBook
    from rung.record.torch.movers import Movers
    from rung.record.torch.values import Values


class Listeners:
    """The part of a recorder that receives them; `self` is always a whole recorder."""

    loop: LoopBook
    movers: Movers
    model: ModelBook
    values: Values
    look: Look | None
    n_steps: int
    pretrained: bool

    def lost(self, why: str) -> None:
        """Something could not be seen."""
        raise NotImplementedError

    def zero_grad_called(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
        """`zero_grad()`, of an optimizer or a module."""
        self.loop.mark("zero_grad", self.n_steps + 1)

    def clip_norm_called(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`clip_grad_norm_` begins."""
        self.loop.mark("clip", self.n_steps + 1)
        self.movers.clip("norm", args, kwargs, self)  # type: ignore[arg-type]

    def clip_norm_done(self, _args: tuple[Any, ...], _kwargs: dict[str, Any], result: object) -> None:
        """`clip_grad_norm_` returned the norm before it."""
        if self.look is not None and isinstance(result, torch.Tensor):
            self.movers.clipped(result.item())

    def clip_value_called(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """`clip_grad_value_` begins."""
        self.loop.mark("clip", self.n_steps + 1)
        self.movers.clip("value", args, kwargs, self)  # type: ignore[arg-type]

    def scaler_steps(self, args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
        """`scaler.step(optimizer)` begins: it may leave the step out."""
        self.movers.scaler = weakref.ref(args[0])
        self.movers.before_scaler = self.n_steps

    def scaler_stepped(self, args: tuple[Any, ...], _kwargs: dict[str, Any], _result: object) -> None:
        """`scaler.step(optimizer)` ended."""
        if self.movers.before_scaler == self.n_steps and len(args) > 1:
            number = self.movers.number(args[1], self.model)
            self.movers.optimizers[number].skipped += 1
            self.loop.skipped(self.n_steps + 1, number)
            self.values.drop()

    def unscaled(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
        """`scaler.unscale_(optimizer)`."""
        self.loop.mark("unscale", self.n_steps + 1)

    def scheduler_called(self, args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
        """`scheduler.step()`, or the first step that its constructor takes."""
        if self.movers.scheduled(args[0], self):  # type: ignore[arg-type]
            self.loop.mark("scheduler", self.n_steps + 1)

    def mode_set(self, args: tuple[Any, ...], _kwargs: dict[str, Any], _result: object) -> None:
        """`model.train()` or `model.eval()`."""
        if self.model.is_known_root(args[0]):
            self.loop.mode(args[0].training, self.n_steps + 1)
            self.values.valid_over(self.n_steps) if args[0].training else None

    def loader_started(self, args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
        """A loader is iterated over from its beginning."""
        self.loop.loader(args[0], self.n_steps + 1)

    def state_loaded(self, args: tuple[Any, ...], _kwargs: dict[str, Any], _result: object) -> None:
        """`load_state_dict`."""
        self.pretrained = True
        if self.model.is_known_root(args[0]):
            self.loop.event("load", self.n_steps + 1, None)

    def optimizer_made(self, optimizer: Optimizer) -> None:
        """An optimizer was made."""
        self.movers.made(optimizer)
