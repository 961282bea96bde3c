"""A copy of the model to try things on, with every trace wiped: random state, modes, gradients, tap."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from rung.record.torch import taps
from rung.record.torch.tensors import listed

if TYPE_CHECKING:
    from rung.record.torch.recorder import Recorder

MAX_COPY = 1 << 30  # bytes of parameters beyond which no copy is made


@contextmanager
def apart(recorder: Recorder) -> Iterator[None]:
    """Nothing that happens within is recorded, and the random state is put back: torch's on every device in use, numpy's, Python's.

    Warnings are not shown: the user's own steps have given theirs. The filters are left alone, since a change of them makes Python show old warnings again.
    """
    import random
    import warnings

    import numpy as np

    tap = taps.TAP
    held = (tap.recorder, tap.open, tap.quick)
    devices = sorted(
        {tensor.device.index or 0 for each in recorder.model.parameters if (tensor := each.ref()) is not None and tensor.is_cuda}
    )
    python, numbers = random.getstate(), np.random.get_state()  # noqa: NPY002 - the user's own global generator is what is kept
    recorder.busy, tap.open, tap.quick = True, False, False
    shown, warnings.showwarning = warnings.showwarning, _unheard
    try:
        with torch.random.fork_rng(devices=devices), torch.enable_grad():
            yield
    finally:
        recorder.busy = False
        warnings.showwarning = shown
        tap.recorder, tap.open, tap.quick = held
        random.setstate(python)
        np.random.set_state(numbers)  # noqa: NPY002 - as above


def _unheard(*_args: object, **_kwargs: object) -> None:
    """In place of `warnings.showwarning`."""


def copy_of(module: nn.Module) -> nn.Module | None:
    """A deep copy on the same device without gradients, None where it cannot be made or would be too large."""
    size = sum(each.numel() * each.element_size() for _, each in listed(module))
    if size > MAX_COPY or type(module).__name__ in ("OptimizedModule", "RecursiveScriptModule"):
        return None
    try:
        made = copy.deepcopy(module)
    except Exception:
        return None
    made.zero_grad(set_to_none=True)
    return made


def detached(value: Any, depth: int = 0) -> Any:
    """The same arguments with tensors cut from any graph; containers are rebuilt, other objects passed on."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    if depth < 4 and isinstance(value, dict):
        return type(value)({key: detached(each, depth + 1) for key, each in value.items()}) if type(value) is dict else value
    if depth < 4 and type(value) in (list, tuple):
        return type(value)(detached(each, depth + 1) for each in value)
    return value
