"""The order of events: what leads up to each step, and which passes are validation."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from rung.inputs.history_loop import Event, EventKind, Loop, Pattern
from rung.record.torch.places import Spot, spot, where

MAX_EVENTS = 2_000
MAX_TRACE = 64
MAX_PATTERNS = 200
EVENT_OF = {"forward-no-grad": "forward", "forward-eval": "forward"}
Kind = Literal["train", "valid", "other"]


@dataclass(slots=True)
class Counted:
    """One order of events that led to a step: how often, from and to which step, and the lines."""

    count: int
    first: int
    last: int
    kinds: tuple[str, ...]
    spots: tuple[Spot | None, ...] = ()


@dataclass(slots=True)
class LoopBook:
    """Keeps the trace since the last step and files it when the next one is taken."""

    trace: list[str] = field(default_factory=list)
    spots: list[Spot | None] = field(default_factory=list)
    locating: bool = True
    patterns: dict[tuple[int, tuple[str, ...]], Counted] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    forwards: int = 0
    backwards: int = 0
    zero_grads: int = 0
    steps: int = 0
    train_calls: int = 0
    train_in_eval: int = 0
    valid_calls: int = 0
    valid_in_train: int = 0
    valid_with_grad: int = 0
    valid_spot: Spot | None = None
    valid_looks: int = 0
    loose: int = 0
    loose_in_train: int = 0
    scales: list[float] = field(default_factory=list)
    leaves: int = 0
    leaf_spot: Spot | None = None
    retained: int = 0
    dropout_in_eval: int = 0
    dropout_spot: Spot | None = None
    validating: bool = False
    sign: bool = False
    pending: list[bool] = field(default_factory=list)
    pending_from: int = 0
    idle: int = 0
    n_epochs: int | None = None
    epoch_batches: list[int] = field(default_factory=list)
    loader_ref: weakref.ref[Any] | None = None
    train_loader: Any = None  # held until the run is over: probes ask its dataset
    begun: dict[int, list[int]] = field(default_factory=dict)
    since_step: int = 0
    filed_backwards: int = 0

    def event(self, kind: EventKind, step: int, place: Spot | None, detail: str = "") -> None:
        """Note something notable."""
        if len(self.events) < MAX_EVENTS:
            self.events.append(Event(kind=kind, step=step, where=where(place), detail=detail))

    def mark(self, kind: str, step: int) -> None:
        """One more event on the way to a step."""
        if len(self.trace) < MAX_TRACE:
            self.trace.append(kind)
            if self.locating:
                place = spot(3)
                self.spots.append(place)
                if step <= 3:
                    self.event(EVENT_OF.get(kind, kind), step, place, "" if kind not in EVENT_OF else kind[8:])  # type: ignore[arg-type]

    def forward(self, learning: bool, training: bool, step: int) -> Kind:
        """The outermost call of the model. Returns what it is taken for, as far as can be told before a backward pass."""
        if learning and not (self.validating and not training):
            self._validation_over(step)
            self.idle = 0
            if not self.pending:
                self.pending_from = len(self.trace)
            self.pending.append(training)
            self.mark("forward" if training else "forward-eval", step)
            self.forwards += 1
            return "train"
        self.idle += 1
        if self.sign or self.validating or self.idle > 1:
            self._validates(learning, training, step)
            return "valid"
        self.loose += 1
        self.loose_in_train += training
        self.mark("forward-no-grad", step)
        return "other"

    def _validates(self, learning: bool, training: bool, step: int) -> None:
        if not self.validating:
            self._pending_was_validation()
            self.validating = True
            place = spot(3)
            self.valid_spot = self.valid_spot or place
            self.event("valid-start", step, place, "" if not training else "training=True")
            if self.idle > 1 and self.trace and self.trace[-1] == "forward-no-grad":  # the pass before this one belongs to it
                self.trace.pop()
                self.loose -= 1
                self.loose_in_train -= training
                self.valid_calls += 1
                self.valid_in_train += training
        self.valid_calls += 1
        self.valid_in_train += training
        self.valid_with_grad += learning

    def _validation_over(self, step: int) -> None:
        self.sign = False
        if self.validating:
            self.validating = False
            self.event("valid-end", step, None)

    def _pending_was_validation(self) -> None:
        """Passes with gradients that no backward pass followed: validation without `no_grad`."""
        if self.pending:
            self.valid_calls += len(self.pending)
            self.valid_with_grad += len(self.pending)
            self.valid_in_train += sum(self.pending)
            self.forwards -= len(self.pending)
            del self.trace[self.pending_from :], self.spots[self.pending_from :]
            self.pending.clear()

    def loss(self, step: int, *, learning: bool) -> Kind:
        """A loss is called: in validation if it carries no gradient."""
        if learning and not self.validating:
            self.mark("loss", step)
            return "train"
        if not learning and not self.validating and self.trace and self.trace[-1] == "forward-no-grad":
            self.sign = True  # a loss without gradients on the pass just seen: validation in a single batch
            self.trace.pop()
            self.loose -= 1
            self._validates(learning=False, training=bool(self.loose_in_train), step=step)
            self.loose_in_train = 0 if not self.loose else self.loose_in_train
        return "valid"

    def backward(self, step: int, *, retained: bool) -> bool:
        """A backward pass begins. Returns whether it is the first since the last step."""
        self._validation_over(step)
        self.backwards += 1
        self.retained += retained
        self.train_calls += len(self.pending)
        self.train_in_eval += sum(not training for training in self.pending)
        self.pending.clear()
        if self.loader_ref is not None:
            self.train_loader, self.loader_ref = self.loader_ref() or self.train_loader, None
        first = self.since_step == 0
        self.since_step += 1
        self.mark("backward", step)
        return first

    def leaf_loss(self) -> None:
        """Backward on a tensor that no operation made."""
        self.leaves += 1
        self.leaf_spot = self.leaf_spot or spot(3)

    def step(self, step: int, number: int) -> None:
        """An optimizer stepped."""
        self.mark("step", step)
        self.steps += 1
        self._file(step, number)

    def skipped(self, step: int, number: int) -> None:
        """A gradient scaler left the step out."""
        self.mark("step-skipped", step)
        self.event("step-skipped", step, None, f"optimizer {number}")
        self._file(step, number)

    def _file(self, step: int, number: int) -> None:
        self.zero_grads += self.trace.count("zero_grad")
        kinds = tuple(self.trace) if "loss" not in self.trace else tuple(kind for kind in self.trace if kind != "loss")
        key = (number, kinds)  # losses are not reported by steps that are only counted
        known = self.patterns.get(key)
        if known is not None:
            known.count += 1
            known.last = step
        elif len(self.patterns) < MAX_PATTERNS:
            whole = len(self.spots) == len(self.trace)
            self.patterns[key] = Counted(1, step, step, tuple(self.trace), tuple(self.spots) if whole else ())
        if known is not None and not known.spots and len(self.spots) == len(self.trace):
            known.spots, known.kinds = tuple(self.spots), tuple(self.trace)
        self.filed_backwards = self.since_step
        self.trace.clear()
        self.spots.clear()
        self.since_step = self.idle = 0

    def mode(self, training: bool, step: int) -> None:
        """`train()` or `eval()` on the model."""
        self.event("train" if training else "eval", step, spot(3))
        if training:
            self._validation_over(step)
        else:
            self.sign = True

    def loader(self, loader: object, step: int) -> None:
        """A loader begins."""
        self._pending_was_validation()
        self.idle = 0
        self.loader_ref = weakref.ref(loader)
        self.begun.setdefault(id(loader), []).append(self.forwards)
        known = self.train_loader
        if known is loader:
            self._validation_over(step)
            self.event("epoch", step, None)
        elif known is not None:
            self.sign = True

    def close(self, step: int) -> None:
        """The run is over: what led to no step is filed too."""
        self._pending_was_validation()
        self._validation_over(step + 1)
        if "backward" in self.trace:
            self._file(step, -1)
        known = self.train_loader
        if known is not None:
            self.epoch_batches = self.begun.get(id(known), [])
            self.n_epochs = len(self.epoch_batches)
        if self.loose and self.loose <= self.steps / 2:  # rarer than steps: evaluations of a single pass
            self.valid_calls += self.loose
            self.valid_in_train += self.loose_in_train

    def record(self) -> Loop:
        """The book as part of a history."""
        filed = sorted(self.patterns.items(), key=lambda pair: -pair[1].count)
        patterns = tuple(
            Pattern(
                kinds=each.kinds, where=tuple(where(place) for place in each.spots), optimizer=number,
                count=each.count, first=each.first, last=each.last,
            )
            for (number, _), each in filed
        )  # fmt: skip
        return Loop(
            events=tuple(self.events), patterns=patterns, forwards=self.forwards, backwards=self.backwards, zero_grads=self.zero_grads,
            steps=self.steps, train_calls=self.train_calls, train_calls_in_eval_mode=self.train_in_eval, valid_calls=self.valid_calls,
            valid_calls_in_train_mode=self.valid_in_train, valid_with_grad=self.valid_with_grad, valid_where=where(self.valid_spot),
            dropout_in_eval=self.dropout_in_eval, dropout_where=where(self.dropout_spot), backward_scale=np.array(self.scales),
            leaf_losses=self.leaves, loss_leaf_where=where(self.leaf_spot), retained=self.retained,
        )  # fmt: skip
