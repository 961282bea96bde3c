"""The flight recorder: a ring of the last steps from which a step that went wrong can be taken again, in another process, bit for bit.

Weights are copied now and then (never for more than a share of the time); the batches since are held by reference within a memory limit.
A step is taken again from the last copy: the same batches, the same random state, the same order of events.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.optim.optimizer import Optimizer

from rung.record.torch import taps
from rung.record.torch.copies import apart
from rung.record.torch.feed import first_tensor
from rung.record.torch.tensors import listed

if TYPE_CHECKING:
    from rung.record.torch.recorder import Recorder

LIMIT = 64 << 20  # bytes of batches held in the ring
MAX_STEPS = 256  # steps between two copies of the weights
MIN_STEPS = 16
SHARE = 0.01  # of the elapsed time that copying may cost
MAX_WEIGHTS = 256 << 20  # bytes of weights and optimizer state beyond which no copy is made


@dataclass(slots=True)
class Micro:
    """One forward pass: its arguments, the loss's target, the random state before it (None where the model draws none), the loss's value."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    target: torch.Tensor | None = None
    random: torch.Tensor | None = None
    loss: float | None = None


@dataclass(slots=True)
class Taken:
    """One step: its forward passes, its events in order, the learning rates it was taken with."""

    step: int
    kinds: tuple[str, ...] = ()
    rates: tuple[float, ...] = ()
    passes: list[Micro] = field(default_factory=list)


@dataclass(slots=True)
class Snapshot:
    """Weights, buffers, gradients, optimizer and random state after `step` steps."""

    step: int
    model: dict[str, Any]
    gradients: dict[str, torch.Tensor]
    optimizer: dict[str, Any] | None
    random: torch.Tensor


class Flight:
    """Keeps the ring while a recorder watches. One model and one optimizer; for several it rests."""

    def __init__(self, recorder: Recorder, folder: Path, limit: int = LIMIT) -> None:
        self.recorder, self.folder, self.limit = recorder, folder, limit
        self.snapshot: Snapshot | None = None
        self.steps: list[Taken] = []
        self.current = Taken(1)
        self.bytes = 0
        self.spent, self.started = 0.0, perf_counter()
        self.draws: bool | None = None  # whether the model draws random numbers; None until it was seen
        self.resting = ""
        self.written: Path | None = None

    def before_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """A training pass begins."""
        if self.resting:
            return
        if self.snapshot is None:
            self._copy(module, self.recorder.n_steps)
        state = torch.get_rng_state() if self.draws is not False else None
        self.current.passes.append(Micro(args, kwargs, random=state))
        if self.draws is None and self.recorder.n_steps > 2:
            self.draws = _draws(module)
        if len(self.current.passes) > MAX_STEPS:
            self.resting = "more than 256 forward passes without a step"

    def loss(self, value: float | None) -> None:
        """A backward pass begins on this loss."""
        if self.current.passes:
            last = self.current.passes[-1]
            last.loss = value
            last.target = taps.TAP.target() if taps.TAP.target is not None else None

    def step_done(self, step: int, kinds: tuple[str, ...], rates: tuple[float, ...]) -> None:
        """A step is taken: file it, and copy the weights if that is due and can be afforded."""
        if self.resting:
            return
        current, self.current = self.current, Taken(step + 1)
        current.kinds, current.rates = kinds, rates
        self.steps.append(current)
        self.bytes += sum(_size(each.args, each.kwargs) for each in current.passes)
        due = len(self.steps) >= MIN_STEPS and self.spent < SHARE * (perf_counter() - self.started)
        module = self.recorder.model.main
        if module is None:
            self.resting = "several models are trained"
        elif due or len(self.steps) >= MAX_STEPS or self.bytes > self.limit:
            self._copy(module, step)

    def _copy(self, module: nn.Module, step: int) -> None:
        begun = perf_counter()
        if sum(each.numel() * each.element_size() for _, each in listed(module)) > MAX_WEIGHTS:
            self.resting = "the model is larger than 256 MB"
            return
        self.snapshot = snapshot(module, self.optimizer, step)
        self.steps, self.bytes = [], 0
        self.spent += perf_counter() - begun

    @property
    def optimizer(self) -> Optimizer | None:
        """The optimizer, where there is but one."""
        books = self.recorder.movers.optimizers
        return books[0].ref() if len(books) == 1 else None

    def write(self, why: str) -> Path | None:
        """Write a capsule, once a run. Returns its path, None where nothing can be written; the reason is noted."""
        if (
            self.written is not None
            or self.resting
            or self.snapshot is None
            or not self.current.passes + [p for s in self.steps for p in s.passes]
        ):
            if self.resting:
                self.recorder.notes.append(f"no capsule was written: {self.resting}")
            return self.written
        from rung.record.torch.capsule import save_capsule

        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"step-{self.recorder.n_steps + 1}-{os.getpid()}.capsule"
        try:
            kinds = tuple(self.recorder.loop.trace)
            with apart(self.recorder):
                save_capsule(self, path, why, kinds)
        except Exception as error:
            path.unlink(missing_ok=True)
            self.recorder.notes.append(f"no capsule was written: {type(error).__name__}: {error}"[:300])
            return None
        self.written = path
        sys.stderr.write(f"rung: {why}; the step can be taken again with: rung replay {path}\n")
        return path


def snapshot(module: nn.Module, optimizer: Optimizer | None, step: int) -> Snapshot:
    """A copy of all that a step depends on."""
    model = {name: value.detach().clone() if isinstance(value, torch.Tensor) else value for name, value in module.state_dict().items()}
    gradients = {name: each.grad.detach().clone() for name, each in listed(module) if each.grad is not None}
    state = _cloned(optimizer.state_dict()) if optimizer is not None else None
    return Snapshot(step, model, gradients, state, torch.get_rng_state())


def _cloned(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, dict):
        return {key: _cloned(each) for key, each in value.items()}
    return [_cloned(each) for each in value] if isinstance(value, list) else value


def _size(args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    tensor = first_tensor(args, kwargs)
    return tensor.numel() * tensor.element_size() if tensor is not None and tensor._base is None else 0


def _draws(module: nn.Module) -> bool:
    """Whether a model may draw random numbers: by its modules, and unless all are torch's own, by assumption."""
    own = all(type(each).__module__.startswith("torch.nn") for each in module.modules())
    random = ("Dropout", "RReLU", "Fractional", "Transformer", "Multihead", "RNN", "LSTM", "GRU")
    return not own or any(word in type(each).__name__ for each in module.modules() for word in random)


__all__ = ["Flight", "Micro", "Snapshot", "Taken", "snapshot"]
