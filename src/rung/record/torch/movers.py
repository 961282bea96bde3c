"""What moves the parameters: optimizers, schedules, clipping, the gradient scaler."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.optim.optimizer import Optimizer

from rung.inputs.history_loop import Clipping
from rung.inputs.history_model import OptimizerRecord, SchedulerRecord
from rung.record.torch.model import ModelBook
from rung.record.torch.places import Spot, spot, where
from rung.record.torch.series import Series

if TYPE_CHECKING:
    from rung.record.torch.recorder import Recorder

Plain = float | str | bool | None


def plain(value: object) -> Plain:
    """A setting as number, flag or short text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, torch.Tensor) and value.numel() == 1:
        return float(value.item())
    return str(value)[:60]


@dataclass(slots=True)
class OptimizerBook:
    """What is known of one optimizer. It is held weakly, its parameters are not."""

    ref: weakref.ref[Optimizer]
    type_name: str
    made: Spot | None
    settings: dict[str, Plain]
    members: list[nn.Parameter]
    groups: int
    steps: int = 0
    skipped: int = 0
    closure: bool = False
    rate: Any = None


@dataclass(slots=True)
class _SchedulerBook:
    type_name: str
    settings: dict[str, Plain]
    optimizer: int
    place: Spot | None = None
    calls: int = 0
    before_step: bool = False
    called_at: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _ClipBook:
    kind: str
    limit: float
    place: Spot | None
    calls: int = 0
    after_step: int = 0
    covered: float = 1.0
    norms: list[float] = field(default_factory=list)
    p: float = 2.0


class Movers:
    """Books of all that changes parameters."""

    def __init__(self) -> None:
        self.optimizers: list[OptimizerBook] = []
        self.numbers: dict[int, int] = {}
        self._made: dict[int, tuple[weakref.ref[Optimizer], Spot | None]] = {}
        self.schedulers: dict[int, tuple[weakref.ref[Any], _SchedulerBook]] = {}
        self.all_schedulers: list[_SchedulerBook] = []
        self.clips: dict[tuple[str, int], _ClipBook] = {}
        self._clip: _ClipBook | None = None
        self.rates = Series("lr", "train", "rate")
        self.scaler: weakref.ref[Any] | None = None
        self.before_scaler = -1
        self.backward_counts = False

    def made(self, optimizer: Optimizer) -> None:
        """Note the line that makes an optimizer."""
        self._made[id(optimizer)] = (weakref.ref(optimizer), spot(4))

    def number(self, optimizer: Optimizer, model: ModelBook) -> int:
        """The index of an optimizer, known from its first use on."""
        known = self.numbers.get(id(optimizer))
        if known is not None and self.optimizers[known].ref() is optimizer:
            return known
        made = self._made.get(id(optimizer))
        number = self.numbers[id(optimizer)] = len(self.optimizers)
        members = [each for group in optimizer.param_groups for each in group["params"]]
        settings = {name: plain(value) for name, value in optimizer.param_groups[0].items() if name != "params"}
        book = OptimizerBook(
            weakref.ref(optimizer),
            type(optimizer).__name__,
            made[1] if made is not None and made[0]() is optimizer else None,
            settings,
            members,
            len(optimizer.param_groups),
        )
        self.optimizers.append(book)
        model.adopt(optimizer, number)
        return number

    def stepped(self, number: int, optimizer: Optimizer, step: int) -> None:
        """An optimizer stepped. The rate's curve has a point where it changes."""
        book = self.optimizers[number]
        book.steps += 1
        rate = optimizer.param_groups[0]["lr"]
        if rate != book.rate:
            self.rate_changed(number, optimizer, step)

    def rate_changed(self, number: int, optimizer: Optimizer, step: int) -> None:
        """A point of the rate's curve."""
        self.optimizers[number].rate = rate = optimizer.param_groups[0]["lr"]
        if not number:
            self.rates.append(step, float(rate))

    def scale_of(self, scaler: Any) -> float:
        """The present factor of a gradient scaler."""
        return float(scaler.get_scale()) if scaler.is_enabled() else 1.0

    def scale(self) -> float:
        """The factor of the scaler in use, 1 without one."""
        scaler = self.scaler() if self.scaler is not None else None
        return 1.0 if scaler is None else self.scale_of(scaler)

    def rates_of(self, number: int) -> list[float]:
        """The present learning rates of an optimizer's groups."""
        optimizer = self.optimizers[number].ref() if number < len(self.optimizers) else None
        return [] if optimizer is None else [float(group["lr"]) for group in optimizer.param_groups if "lr" in group]

    def clip(self, kind: str, args: tuple[Any, ...], kwargs: dict[str, Any], recorder: Recorder) -> None:
        """A clipping call begins."""
        name = "max_norm" if kind == "norm" else "clip_value"
        limit = float(args[1] if len(args) > 1 else kwargs.get(name, float("nan")))
        place = spot(4) if recorder.loop.locating else None
        key = (kind, 0) if place is None else (kind, place[1])
        book = self.clips.get(key) or next((each for each in self.clips.values() if each.kind == kind and place is None), None)
        if book is None:
            book = self.clips[key] = _ClipBook(kind, limit, place or spot(4))
        book.calls += 1
        book.after_step += recorder.loop.since_step == 0
        self._clip = book
        if recorder.look is not None:
            typical = recorder.look.before_clip()
            if kind == "value" and len(book.norms) < 1000:
                book.norms.append(typical)
            given = args[0] if args else kwargs.get("parameters", ())
            members = [given] if isinstance(given, torch.Tensor) else list(given) if isinstance(given, list | tuple) else None
            if members is not None and recorder.model.size:
                book.covered = min(1.0, sum(each.numel() for each in members) / max(1, recorder.model.trainable_entries))

    def clipped(self, norm: float) -> None:
        """The norm before clipping, as the call returned it."""
        if self._clip is not None and len(self._clip.norms) < 1000:
            self._clip.norms.append(norm)

    def scheduled(self, scheduler: Any, recorder: Recorder) -> bool:
        """A schedule is called. Returns False for the step that its own constructor takes."""
        known = self.schedulers.get(id(scheduler))
        book = known[1] if known is not None and known[0]() is scheduler else None
        if book is None:
            book = self._new_schedule(scheduler, recorder)
            if getattr(scheduler, "_step_count", 1) == 0:
                return False
        book.calls += 1
        book.before_step = book.before_step or (book.calls == 1 and recorder.n_steps == 0)
        book.place = book.place or spot(4)
        if len(book.called_at) < 64:
            book.called_at.append(recorder.n_steps)
        return True

    def _new_schedule(self, scheduler: Any, recorder: Recorder) -> _SchedulerBook:
        optimizer = getattr(scheduler, "optimizer", None)
        number = self.number(optimizer, recorder.model) if isinstance(optimizer, Optimizer) else 0
        wanted = ("T_max", "T_0", "T_mult", "step_size", "gamma", "milestones", "total_steps", "total_iters", "eta_min", "patience", "factor",
                  "start_factor", "end_factor", "max_lr", "power", "mode", "last_epoch")  # fmt: skip
        settings = {name: plain(getattr(scheduler, name)) for name in wanted if hasattr(scheduler, name)}
        book = _SchedulerBook(type(scheduler).__name__, settings, number)
        self.schedulers[id(scheduler)] = (weakref.ref(scheduler), book)
        self.all_schedulers.append(book)
        return book

    def optimizer_records(self, model: ModelBook) -> tuple[OptimizerRecord, ...]:
        """As parts of a history."""
        held = {id(each) for book in self.optimizers for each in book.members}
        missing = tuple(path for path, each in model.trainable() if id(each) not in held)
        records = []
        for number, book in enumerate(self.optimizers):
            paths = tuple(model.path_of(each) for each in book.members)
            records.append(OptimizerRecord(
                type_name=book.type_name, where=where(book.made), steps=book.steps, settings=book.settings, groups=book.groups,
                parameters=paths, strangers=sum(not model.owns(each) for each in book.members), missing=missing if not number else (),
                skipped=book.skipped, closure=book.closure,
            ))  # fmt: skip
        return tuple(records)

    def scheduler_records(self, n_steps: int, epochs: int | None) -> tuple[SchedulerRecord, ...]:
        """As parts of a history."""
        return tuple(
            SchedulerRecord(
                type_name=book.type_name, where=where(book.place), optimizer=book.optimizer, calls=book.calls,
                cadence=_cadence(book, n_steps, epochs), before_step=book.before_step, settings=book.settings,
            )
            for book in self.all_schedulers
        )  # fmt: skip

    def clip_records(self) -> tuple[Clipping, ...]:
        """As parts of a history."""
        return tuple(
            Clipping(
                kind=book.kind, limit=book.limit, where=where(book.place), calls=book.calls, after_step=book.after_step, covered=book.covered,  # type: ignore[arg-type]
                clipped_share=float(np.mean(np.array(book.norms) > book.limit)) if book.norms else float("nan"),
                median_norm=float(np.median(book.norms)) if book.norms else float("nan"),
            )
            for book in self.clips.values()
        )  # fmt: skip


def _cadence(book: _SchedulerBook, n_steps: int, epochs: int | None) -> str:
    """How often a schedule was called, in the loop's own terms."""
    if not book.calls:
        return "never"
    if book.calls >= 0.9 * n_steps:
        return "step"
    if epochs and abs(book.calls - epochs) <= 1:
        return "epoch"
    return "other"
