"""Where NaN or infinity began: the bad step's forward pass once more, on a copy, in order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from rung.core.finding import Where
from rung.inputs.history_probes import NonFinite
from rung.record.torch.copies import apart, copy_of, detached
from rung.record.torch.feed import first_tensor
from rung.record.torch.graph import bad_operation
from rung.record.torch.places import spot, where

if TYPE_CHECKING:
    from rung.record.torch.recorder import Recorder

ON_PURPOSE = frozenset(("masked_fill", "masked_fill_", "where", "full", "full_like", "fill_", "triu", "tril", "tensor", "new_full", "__setitem__",
                        "max", "min", "amax", "amin", "clone", "detach", "contiguous", "add", "__add__", "view", "reshape", "expand"))  # fmt: skip
MAX_ROWS = 50


def origin_of(recorder: Recorder, phase: str, loss: torch.Tensor | None) -> NonFinite | None:
    """Find it, from what is at hand when a loss (or a gradient) is first seen to be bad. Called before the backward pass.

    In order: the input, the parameters, the model's operations, the target, the loss. Changes nothing.
    """
    step = recorder.n_steps + 1
    if recorder.call_args is None:
        return None
    module, args, kwargs = recorder.call_args
    given = first_tensor(args, kwargs)
    found = _bad_batch(given, step, "input")
    found = found or _bad_parameter(recorder, step, "parameter")
    if found is None and phase == "loss":
        found = _bad_forward(recorder, module, args, kwargs, step)
        found = found or _bad_batch(recorder.losses.last_target(), step, "target")
        found = found or _bad_loss(recorder, loss, step)
    if found is None and phase == "backward":
        found = _bad_gradient(recorder, step)
    return found


def kind_of(tensor: torch.Tensor) -> Literal["nan", "inf"] | None:
    """'nan' or 'inf' where an entry is one, None for finite tensors."""
    if not tensor.is_floating_point() or not tensor.numel() or tensor.is_meta:
        return None
    dense = tensor.detach()
    if bool(torch.isfinite(dense).all()):
        return None
    return "nan" if bool(torch.isnan(dense).any()) else "inf"


def bad_rows(tensor: torch.Tensor) -> tuple[int, ...]:
    """Rows (axis 0) with a bad entry."""
    bad = ~torch.isfinite(tensor.detach())
    rows = bad.reshape(len(bad), -1).any(dim=1) if bad.dim() else bad.reshape(1)
    return tuple(rows.nonzero().flatten()[:MAX_ROWS].tolist())


def _bad_batch(tensor: torch.Tensor | None, step: int, phase: str) -> NonFinite | None:
    if tensor is None or (value := kind_of(tensor)) is None:
        return None
    bad = ~torch.isfinite(tensor.detach())
    axis = 1 if bad.dim() == 4 else bad.dim() - 1
    columns = bad.any(dim=tuple(i for i in range(bad.dim()) if i != axis)).nonzero().flatten()[:MAX_ROWS].tolist() if bad.dim() > 1 else []
    return NonFinite(
        step=step, phase=phase, value=value, rows=bad_rows(tensor), channels=tuple(columns), dtype=_dtype(tensor), replayed=True,  # type: ignore[arg-type]
    )  # fmt: skip


def _bad_parameter(recorder: Recorder, step: int, phase: str) -> NonFinite | None:
    for each in recorder.model.parameters:
        tensor = each.ref()
        if tensor is not None and (value := kind_of(tensor)) is not None:
            return NonFinite(step=step, phase=phase, value=value, parameter=each.path, module=each.layer or "", dtype=each.dtype)  # type: ignore[arg-type]
    return None


def _bad_gradient(recorder: Recorder, step: int) -> NonFinite | None:
    """The parameter nearest the output whose gradient is bad: from there it spread towards the input."""
    bad = [(each, value) for each in recorder.model.parameters
           if (tensor := each.ref()) is not None and tensor.grad is not None and (value := kind_of(tensor.grad)) is not None]  # fmt: skip
    if not bad:
        return None
    last, value = bad[-1]
    name, span = recorder.look.steep if recorder.look is not None else ("", (math.nan, math.nan))
    site = recorder.losses.last_site
    return NonFinite(
        step=step, phase="backward", value=value, parameter=last.path, module=last.layer or "", dtype=last.dtype, op=name,  # type: ignore[arg-type]
        input_low=span[0], input_high=span[1], where=where(site.place) if name and site is not None else None,
    )  # fmt: skip


def _bad_forward(recorder: Recorder, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], step: int) -> NonFinite | None:
    replica = copy_of(module)
    if replica is None:
        recorder.notes.append("the bad step could not be replayed: the model cannot be copied")
        return None
    replica.train(module.training)
    with apart(recorder), torch.no_grad():
        mode = Finder(replica)
        recorder.restore_random()
        try:
            with mode:
                replica(*detached(args), **detached(kwargs))
        except Exception as error:
            recorder.notes.append(f"replaying the bad step raised {type(error).__name__}: {error}")
        mode.close()
    return mode.origin(step)


class Finder(TorchFunctionMode):
    """Passes every function on, and notes those whose result is bad although what went in was not."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.found: list[tuple[str, str, str, torch.Tensor, tuple[float, float], Where | None]] = []
        self.handles = []
        for path, module in model.named_modules():
            self.handles.append(module.register_forward_pre_hook(lambda *_, path=path: self.stack.append(path)))
            self.handles.append(module.register_forward_hook(self._leave))

    def _leave(self, *_call: object) -> None:
        self.stack.pop()

    def close(self) -> None:
        """Take the hooks off the copy."""
        for each in self.handles:
            each.remove()

    def __torch_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Called by torch for each function on tensors."""
        result = func(*args, **(kwargs or {}))
        if len(self.found) < 50 and isinstance(result, torch.Tensor):
            with torch._C.DisableTorchFunction():
                value = kind_of(result)
                given = [each for each in (*args, *(kwargs or {}).values()) if isinstance(each, torch.Tensor)]
                if value is not None and not any(kind_of(each) == "nan" for each in given):
                    finite = [each for each in given if each.is_floating_point() and each.numel()]
                    span = (min(float(x.min()) for x in finite), max(float(x.max()) for x in finite)) if finite else (math.nan, math.nan)
                    name = getattr(func, "__name__", str(func)).strip("_")
                    self.found.append((value, name, self.stack[-1] if self.stack else "", result.detach(), span, where(spot(2))))
        return result

    def origin(self, step: int) -> NonFinite | None:
        """The first bad result that was not made on purpose (a mask of minus infinity), None where all was finite."""
        if not any(value == "nan" for value, *_ in self.found) and all(name in ON_PURPOSE for _, name, *_ in self.found):
            return None
        guilty = next((each for each in self.found if each[1] not in ON_PURPOSE), self.found[0] if self.found else None)
        if guilty is None:
            return None
        value, name, path, tensor, span, place = guilty
        return NonFinite(
            step=step, phase="forward", value=value, module=path, op=name, rows=bad_rows(tensor), input_low=span[0], input_high=span[1],  # type: ignore[arg-type]
            where=place, dtype=_dtype(tensor), replayed=True,
        )  # fmt: skip


def _bad_loss(recorder: Recorder, loss: torch.Tensor | None, step: int) -> NonFinite | None:
    """The model's output is finite: the loss made it. Its function, or the operation in its graph."""
    if loss is None or (value := kind_of(loss)) is None:
        return None
    site = recorder.losses.last_site
    name, span = bad_operation(loss)
    own = site is None or site.name == "own"
    return NonFinite(
        step=step, phase="loss", value=value, op=name or (site.name if site is not None else ""), input_low=span[0], input_high=span[1],  # type: ignore[arg-type]
        where=where(site.place) if site is not None and not own else where(spot(4)), dtype=_dtype(loss), replayed=True,
    )  # fmt: skip


def _dtype(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
