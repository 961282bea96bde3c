"""Take steps of a recorded run again, on a copy with its first weights, with one thing changed."""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from rung.core.errors import Unavailable
from rung.inputs.history import History
from rung.inputs.rerun import Change, Rerun, Rerunning
from rung.record.torch.changes import apply_to_model, held_parameters
from rung.record.torch.copies import apart
from rung.record.torch.feed import first_tensor
from rung.record.torch.rehearsal import Rehearsal
from rung.record.torch.tensors import main_tensor

if TYPE_CHECKING:
    from rung.record.torch.recorder import Recorder

STEPS = 60
CLASSES = ("cross_entropy", "nll_loss")


def rerun_of(recorder: Recorder, history: History) -> Rerun | None:
    """None where the first batch, its loss or the first weights were not kept."""
    kept = recorder.rehearsal
    if kept is None or kept.state is None or kept.target is None or kept.steps is None or not kept.loss or kept.inside:
        return None
    data = _data(kept, history)

    def take(change: Change, steps: int, seed: int) -> Rerunning:
        with apart(recorder):
            torch.manual_seed(seed)
            return _take(kept, history, data, change, steps, seed)

    return Rerun(take=take, rows=len(data.y), steps=STEPS)


@dataclass(slots=True)
class Data:
    """Rows at hand: inputs in the model's own shape, targets in the loss's, and the size of a batch."""

    x: torch.Tensor
    y: torch.Tensor
    size: int


def _data(kept: Rehearsal, history: History) -> Data:
    """The sample of rows that were fed, where it holds whole rows; else the first batch alone."""
    given = first_tensor(kept.args, kept.kwargs)
    assert given is not None
    assert kept.target is not None
    sample, targets = history.batches.sample, history.batches.sample_targets
    whole = given.dim() > 1 and len(sample) == len(targets) > len(given) and sample.shape[1] == given[0].numel() and kept.axis == 0
    single = kept.target.numel() == len(given)
    if not whole or not single:
        return Data(given, kept.target, len(given))
    x = torch.as_tensor(sample).reshape(len(sample), *given.shape[1:]).to(given.dtype).to(given.device)
    y = torch.as_tensor(targets).reshape(len(targets), *kept.target.shape[1:]).to(kept.target.dtype).to(given.device)
    return Data(x, y, len(given))


def _take(kept: Rehearsal, history: History, data: Data, change: Change, steps: int, seed: int) -> Rerunning:
    model = kept.initial()
    assert model is not None
    apply_to_model(model, history, change)
    x = _standard(data.x) if change.normalise_inputs else data.x
    y = _standard(data.y) if change.normalise_targets else data.y
    loop = _Loop(kept, history, model, change)
    losses = []
    for place, rows in enumerate(_batches(len(y), data.size, steps, seed, shuffle=change.shuffle)):
        losses.append(loop.step(x[rows], y[rows], place))
        if not math.isfinite(losses[-1]):
            break
    learned, metric = _learned(loop, model, x, y)
    return Rerunning(losses=np.array(losses), learned=learned, metric=metric)


def _standard(values: torch.Tensor) -> torch.Tensor:
    if not values.is_floating_point():
        raise Unavailable("whole numbers are not standardised")
    axes = 0 if values.dim() < 3 else (0, *range(2, values.dim()))
    spread = values.std(dim=axes, keepdim=True)
    return (values - values.mean(dim=axes, keepdim=True)) / torch.where(spread > 0, spread, torch.ones_like(spread))


def _batches(n: int, size: int, steps: int, seed: int, *, shuffle: bool) -> Iterator[torch.Tensor]:
    generator, order, at = torch.Generator().manual_seed(seed), torch.arange(n), n
    for _ in range(steps):
        if at + size > n:
            order, at = (torch.randperm(n, generator=generator) if shuffle else torch.arange(n)), 0
        yield order[at : at + size]
        at += size


class _Loop:
    """The user's loop in its plain form: what it clears, clips and moves, with a change."""

    def __init__(self, kept: Rehearsal, history: History, model: nn.Module, change: Change) -> None:
        self.kept, self.model, self.change = kept, model, change
        self.sound = change.sound_loop
        self.parameters = held_parameters(model, history, change)
        self.optimizer = _optimizer(self.parameters, history, change) if self.parameters else None
        kinds = (
            max(history.loop.patterns, key=lambda each: each.count).kinds if history.loop.patterns else ("zero_grad", "backward", "step")
        )
        last = len(kinds) - 1 - kinds[::-1].index("backward") if "backward" in kinds else len(kinds)
        self.steps = self.sound or (history.counted != "backward" and "step" in kinds)
        self.clears = self.sound or "zero_grad" in kinds[:last]
        self.clears_late = not self.sound and self.steps and "zero_grad" in kinds[last:]
        self.cut = not self.sound and history.loop.leaf_losses > 0.5 * max(1, history.loop.backwards)
        share = history.loop.train_calls_in_eval_mode / max(1, history.loop.train_calls)
        model.train(self.sound or share < 0.5)
        self.clip, self.limit = _clipping(history)
        self.limit = change.clip if change.clip is not None else self.limit
        self.factor = 1.0 if change.mean_loss else history.loop.factor * _added(history)
        self.rates = _rates(history)

    def step(self, x: torch.Tensor, y: torch.Tensor, place: int) -> float:
        """One update; returns the loss."""
        optimizer = self.optimizer
        if self.clears:
            self.model.zero_grad()
        if optimizer is not None and len(self.rates) and not self.change.hold_rate:
            for group in optimizer.param_groups:
                group["lr"] = float(self.rates[min(place, len(self.rates) - 1)]) * self.change.rate
        loss = self.loss(self.output(x), y)
        if loss.requires_grad and not self.cut and optimizer is not None:
            (loss * self.factor if self.factor != 1 else loss).backward()
            if self.clears_late:
                self.model.zero_grad()
            if self.limit > 0:
                self.clip(self.parameters, self.limit)
            if self.steps:
                optimizer.step()
        return float(loss.detach())

    def output(self, x: torch.Tensor) -> Any:
        """The model's answer to these rows."""
        args, kwargs = self.kept.args, self.kept.kwargs
        given = first_tensor(args, kwargs)
        swapped = [x if each is given else each for each in args]
        return self.model(*swapped, **{name: x if each is given else each for name, each in kwargs.items()})

    def loss(self, result: Any, y: torch.Tensor) -> torch.Tensor:
        """The run's loss, or the changed one."""
        if not self.change.loss and not self.change.match_shapes:
            made = self.kept.loss_of(result, y)
            if made is None:
                raise Unavailable("how the loop gets its loss cannot be told")
            return made.mean()
        output = main_tensor(result)
        assert output is not None
        if self.change.match_shapes:
            output, y = output.reshape(len(output), -1), y.reshape(len(y), -1).to(output.dtype)
        own = {} if self.change.loss else self.kept.settings
        return getattr(functional, self.change.loss or self.kept.loss)(output, y, **own).mean()


def _optimizer(parameters: list[nn.Parameter], history: History, change: Change) -> torch.optim.Optimizer:
    record = history.optimizers[0] if history.optimizers else None
    kind = getattr(torch.optim, record.type_name, None) if record is not None else torch.optim.SGD
    if kind is None or (record is not None and record.closure):
        raise Unavailable(f"steps of {record.type_name if record else 'this optimizer'} are not taken again")
    known = inspect.signature(kind).parameters
    settings = {
        name: _value(value) for name, value in (record.settings if record else {"lr": 0.01}).items() if name in known and value is not None
    }
    settings["lr"] = float(settings.get("lr", 1e-3)) * change.rate
    if change.weight_decay is not None:
        settings["weight_decay"] = change.weight_decay
    return kind(parameters, **settings)


def _value(value: object) -> Any:
    """Settings that were kept as text, such as betas."""
    try:
        return ast.literal_eval(value) if isinstance(value, str) else value
    except (ValueError, SyntaxError):
        return value


def _added(history: History) -> int:
    """Backward passes of one line whose gradients are added up to an update."""
    ended = [each for each in history.loop.patterns if each.kinds and each.kinds[-1] == "step"]
    if not ended or len(history.optimizers) > 1:
        return 1
    main = max(ended, key=lambda each: each.count)
    lines = {where for kind, where in zip(main.kinds, main.where, strict=False) if kind == "backward"}
    return max(1, main.kinds.count("backward")) if len(lines) <= 1 else 1


def _clipping(history: History) -> tuple[Callable[..., object], float]:
    """What clips before the update, and at which limit; 0 where nothing does."""
    clip = next((each for each in history.clipping if not each.after_step), None)
    function = nn.utils.clip_grad_value_ if clip is not None and clip.kind == "value" else nn.utils.clip_grad_norm_
    return function, clip.limit if clip is not None else 0.0


def _rates(history: History) -> np.ndarray:
    """The rate of each of the first steps, empty where it never changed."""
    rates = history.steps.rate
    if not rates.size or not history.schedulers:
        return np.empty(0)
    first = rates[:, 0]
    known = np.isfinite(first)
    steps = np.arange(1, STEPS + 1) * max(1, history.n_steps // STEPS)  # the whole schedule within these steps
    return np.interp(steps, history.steps.step[: len(first)][known], first[known]) if known.any() else np.empty(0)


def _learned(loop: _Loop, model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> tuple[float, str]:
    """A score that does not hang on the loss function."""
    model.eval()
    with torch.no_grad():
        output = main_tensor(loop.output(x[: max(1, 2000)]))
    assert output is not None
    if loop.kept.loss in CLASSES and output.dim() == 2 and output.shape[1] > 1 and y.dim() == 1 and not y.is_floating_point():
        return float((output.argmax(dim=1) == y[: len(output)]).float().mean()), "share of rows named right"
    a, b = output.reshape(-1).double(), y[: len(output)].reshape(-1).double()
    if len(a) == len(b) and torch.isfinite(a).all() and a.std() > 0 and b.std() > 0:
        return float(torch.corrcoef(torch.stack([a, b]))[0, 1] ** 2), "share of the target's variance explained"
    return 0.0, "share of the target's variance explained"
