"""Takes a capsule's steps again, in this process, and shows the first tensor that goes wrong."""

from __future__ import annotations

import math
import os
import pickle
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from rung.core.errors import BadInput
from rung.inputs.history_probes import NonFinite
from rung.record.torch.capsule import Capsule, digest
from rung.record.torch.feed import first_tensor
from rung.record.torch.flight import Micro, Taken
from rung.record.torch.graph import bad_operation
from rung.record.torch.origin import Finder, bad_rows, kind_of
from rung.record.torch.rehearsal import own_loss
from rung.record.torch.relation import follow
from rung.record.torch.tensors import main_tensor


@dataclass(slots=True)
class Replayed:
    """What came of it.

    step : the step taken again.   steps : steps taken on the way, with it.   losses : (recorded, again) of every backward pass.
    same : all losses, and the weights after the last whole step, are equal bit for bit; None where there was nothing to compare.
    first_bad : the first tensor that goes wrong, in forward order; None if none does.   error : what the step raised, '' if nothing.
    seconds : to the first bad tensor, or to the end.   model, result : as they are at the end, for a debugger.
    """

    step: int
    steps: int = 0
    losses: list[tuple[float, float]] = field(default_factory=list)
    same: bool | None = None
    first_bad: NonFinite | None = None
    error: str = ""
    seconds: float = 0.0
    model: nn.Module | None = None
    result: Any = None


def replay(capsule: Capsule, *, stop: Callable[[Replayed, dict[str, Any]], None] | None = None) -> Replayed:
    """Take the capsule's steps again. `stop` is called at the first bad tensor, or at the end of the last step, with what is at hand."""
    begun = perf_counter()
    torch.set_num_threads(capsule.threads)
    model, optimizer = _restored(capsule)
    found = Replayed(capsule.step, model=model)
    torch.set_rng_state(capsule.snapshot.random)
    for place, taken in enumerate(capsule.steps):
        last = place == len(capsule.steps) - 1
        try:
            _take(capsule, taken, model, optimizer, found, watched=last)
        except Exception as error:
            if not last:
                raise BadInput(f"step {taken.step} of the capsule cannot be taken again: {type(error).__name__}: {error}") from error
            found.error = f"{type(error).__name__}: {error}"
        found.steps += 1
    equal = [_bits(a) == _bits(b) for a, b in found.losses]
    if capsule.whole:
        equal.append(digest(model) == capsule.weights)
    found.same = all(equal) if equal else None
    found.seconds = perf_counter() - begun
    if stop is not None:
        stop(found, {"model": model, "optimizer": optimizer, "capsule": capsule, "result": found.result})
    return found


def _bits(value: float) -> bytes:
    """NaN is any NaN: its payload is not kept by Python."""
    return b"nan" if math.isnan(value) else struct.pack("<d", value)


def _restored(capsule: Capsule) -> tuple[nn.Module, torch.optim.Optimizer | None]:
    for each in (capsule.folder, *capsule.path):
        if each not in sys.path and os.path.isdir(each):
            sys.path.append(each)
    try:
        model = pickle.loads(capsule.model)  # noqa: S301 - the command asked for trust
    except (ImportError, AttributeError) as error:
        raise BadInput(f"The capsule's model cannot be loaded here: {error}.", hint=f"Run rung replay from '{capsule.folder}'.") from error
    model.load_state_dict(capsule.snapshot.model)
    model.train(capsule.training)
    named = dict(model.named_parameters())
    for name, gradient in capsule.snapshot.gradients.items():
        named[name].grad = gradient.clone()
    if capsule.optimizer is None:
        return model, None
    kind, groups = pickle.loads(capsule.optimizer)  # noqa: S301 - as above
    built = [{**group, "params": [named[name] for name in group["params"]]} for group in groups]
    optimizer = kind(built, **{name: value for name, value in groups[0].items() if name == "lr"})
    if capsule.snapshot.optimizer is not None and capsule.snapshot.optimizer.get("state"):
        optimizer.load_state_dict(capsule.snapshot.optimizer)
    return model, optimizer


def _take(capsule: Capsule, taken: Taken, model: nn.Module, optimizer: Any, found: Replayed, *, watched: bool) -> None:
    """One step, event by event."""
    if optimizer is not None:
        for group, rate in zip(optimizer.param_groups, taken.rates, strict=False):
            group["lr"] = rate
    waiting, loss = list(taken.passes), None
    for kind in taken.kinds:
        if kind == "zero_grad":
            (optimizer or model).zero_grad()
        elif kind in ("forward", "forward-eval") and waiting:
            micro = waiting.pop(0)
            loss = _forward(capsule, micro, model, found, watched=watched)
        elif kind == "backward" and loss is not None:
            _backward(capsule, loss, model, found, watched=watched)
        elif kind == "clip" and capsule.clip is not None:
            limit = capsule.clip[1]
            clip = nn.utils.clip_grad_norm_ if capsule.clip[0] == "norm" else nn.utils.clip_grad_value_
            clip(model.parameters(), limit)
        elif kind == "step" and optimizer is not None:
            optimizer.step()
            if watched and found.first_bad is None:
                found.first_bad = _bad_parameter(model, taken.step, "update")


def _forward(capsule: Capsule, micro: Micro, model: nn.Module, found: Replayed, *, watched: bool) -> torch.Tensor | None:
    if micro.random is not None:
        torch.set_rng_state(micro.random)
    step = capsule.step
    if watched and found.first_bad is None:
        found.first_bad = _bad_tensor(first_tensor(micro.args, micro.kwargs), step, "input") or _bad_parameter(model, step, "parameter")
        found.first_bad = found.first_bad or _bad_tensor(micro.target, step, "target")
    finder = Finder(model) if watched else None
    try:
        if finder is not None:
            with finder:
                found.result = model(*micro.args, **micro.kwargs)
        else:
            found.result = model(*micro.args, **micro.kwargs)
    finally:
        if finder is not None:
            finder.close()
            found.first_bad = found.first_bad or finder.origin(step)
    loss = _loss(capsule, micro, found.result)
    if loss is not None and micro.loss is not None:
        found.losses.append((micro.loss, float(loss.detach())))
    if watched and found.first_bad is None and loss is not None and (value := kind_of(loss)) is not None:
        op, span = bad_operation(loss)
        found.first_bad = NonFinite(
            step=step, phase="loss", value=value, op=op or capsule.loss, input_low=span[0], input_high=span[1], replayed=True
        )  # type: ignore[arg-type]
    return loss


def _loss(capsule: Capsule, micro: Micro, result: Any) -> torch.Tensor | None:
    if capsule.inside:
        return own_loss(result)
    output = main_tensor(result)
    if not capsule.loss or capsule.relation is None or output is None or micro.target is None:
        return None
    given = follow(output, capsule.relation, output.shape[0] if output.dim() else 1)
    loss = getattr(functional, capsule.loss)(given, micro.target, **capsule.settings)
    parts = round(1 / capsule.scale) if capsule.scale else 1
    if capsule.scale == 1.0:
        return loss
    return loss / parts if abs(parts * capsule.scale - 1) < 1e-5 else loss * capsule.scale


def _backward(capsule: Capsule, loss: torch.Tensor, model: nn.Module, found: Replayed, *, watched: bool) -> None:
    loss.backward()
    if not watched or found.first_bad is not None:
        return
    for path, each in reversed(list(model.named_parameters())):
        if each.grad is not None and (value := kind_of(each.grad)) is not None:
            found.first_bad = NonFinite(
                step=capsule.step, phase="backward", value=value, parameter=path, module=path.rpartition(".")[0], rows=bad_rows(each.grad), replayed=True,  # type: ignore[arg-type]
            )  # fmt: skip
            return


def _bad_tensor(tensor: torch.Tensor | None, step: int, phase: str) -> NonFinite | None:
    if tensor is None or (value := kind_of(tensor)) is None:
        return None
    return NonFinite(step=step, phase=phase, value=value, rows=bad_rows(tensor), replayed=True)  # type: ignore[arg-type]


def _bad_parameter(model: nn.Module, step: int, phase: str) -> NonFinite | None:
    for path, each in model.named_parameters():
        if (value := kind_of(each)) is not None:
            return NonFinite(step=step, phase=phase, value=value, parameter=path, module=path.rpartition(".")[0], replayed=True)  # type: ignore[arg-type]
    return None
