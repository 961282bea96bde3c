"""Attaches to torch's own functions, and lets go of them again.

Functions of torch keep their identity: their *code* is exchanged, so that `from torch.nn.functional import mse_loss` done earlier is
seen, a function stored in a pickled object is still itself, and the compiler recognises it. Methods are exchanged on the class that
defines them. Nothing is written on the user's objects. While no recorder listens, everything runs as torch wrote it.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from threading import get_ident
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional
from torch.optim.lr_scheduler import LRScheduler
from torch.optim.optimizer import Optimizer, register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from torch.utils.data import DataLoader

from rung.record.torch.places import remember

if TYPE_CHECKING:
    from rung.record.torch.recorder import Recorder

LOSSES = (
    "ctc_loss", "nll_loss", "poisson_nll_loss", "gaussian_nll_loss", "kl_div", "cross_entropy", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "smooth_l1_loss", "huber_loss", "l1_loss", "mse_loss", "margin_ranking_loss",
    "hinge_embedding_loss", "multilabel_margin_loss", "soft_margin_loss", "multilabel_soft_margin_loss", "cosine_embedding_loss",
    "multi_margin_loss", "triplet_margin_loss",
)  # fmt: skip
_LOSS_SOURCE = "def {name}(*args, **kwargs):\n    return _rung_tap.loss({name!r}, args, kwargs)\n"


class Tap:
    """What the exchanged code asks. `open` is true while a module call must be reported."""

    __slots__ = ("open", "originals", "recorder")

    def __init__(self) -> None:
        self.recorder: Recorder | None = None
        self.open = False
        self.originals: dict[str, Callable[..., Any]] = {}

    def loss(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        """A functional loss is called."""
        recorder = self.recorder
        if recorder is None or recorder.in_loss or get_ident() != recorder.thread:
            return self.originals[name](*args, **kwargs)
        recorder.in_loss = True
        try:
            result = self.originals[name](*args, **kwargs)
        finally:
            recorder.in_loss = False
        recorder.loss_called(name, args, kwargs, result)
        return result


TAP = Tap()
_undo: list[Callable[[], None]] = []


def attach(recorder: Recorder) -> None:
    """Let torch report to this recorder; one that listened before is let go of."""
    if not _undo:
        _exchange()
    TAP.recorder, TAP.open = recorder, True


def detach(recorder: Recorder) -> None:
    """Put everything back, if this recorder is the one that listens."""
    if TAP.recorder is recorder:
        TAP.recorder, TAP.open = None, False
        while _undo:
            _undo.pop()()


def _in_child() -> None:
    """A forked worker (a loader's, say) trains nothing: what it does is not reported."""
    TAP.recorder, TAP.open = None, False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)


def _exchange() -> None:
    _swap_code(nn.Module._wrapped_call_impl, _module_call.__code__)
    for name in LOSSES:
        function = getattr(functional, name)
        if isinstance(function, FunctionType) and not function.__code__.co_freevars:
            TAP.originals[name] = FunctionType(function.__code__, function.__globals__, name, function.__defaults__, function.__closure__)
            TAP.originals[name].__kwdefaults__ = function.__kwdefaults__  # type: ignore[attr-defined]
            space: dict[str, Any] = {}
            exec(_LOSS_SOURCE.format(name=name), space)  # noqa: S102 - a constant text with a name of the list above
            _swap_code(function, space[name].__code__)
    _wrap(nn.Module, "__init__", _module_init)
    _wrap(nn.Module, "train", _train)
    _wrap(nn.Module, "zero_grad", _zero_grad)
    _wrap(Optimizer, "zero_grad", _zero_grad)
    _wrap(Optimizer, "__init__", _optimizer_init)
    _wrap(torch.Tensor, "backward", _backward)
    _wrap(torch.autograd, "backward", _backward)
    _wrap(DataLoader, "__iter__", _loader_iter)
    _wrap(nn.Module, "load_state_dict", _load)
    for scheduler in _family(LRScheduler):
        if "step" in vars(scheduler):
            _wrap(scheduler, "step", _scheduler_step)
    for module in (torch.nn.utils, sys.modules["torch.nn.utils.clip_grad"]):
        _wrap(module, "clip_grad_norm_", _clip_norm)
        _wrap(module, "clip_grad_value_", _clip_value)
    for name, wrapper in (("scale", _scale), ("unscale_", _unscale), ("step", _scaler_step)):
        _wrap(torch.amp.GradScaler, name, wrapper)
    hooks = (register_optimizer_step_pre_hook(_before_step), register_optimizer_step_post_hook(_after_step))
    _undo.extend(hook.remove for hook in hooks)


def _family(kind: type) -> list[type]:
    return [kind, *(each for child in kind.__subclasses__() for each in _family(child))]


def _swap_code(function: Callable[..., Any], code: CodeType) -> None:
    """Exchange a function's code; the new one looks up `_rung_tap` in the function's own module. Tracebacks keep torch's file and name."""
    old = function.__code__  # type: ignore[attr-defined]
    function.__globals__["_rung_tap"] = TAP  # type: ignore[attr-defined]
    named = {"co_name": old.co_name, "co_qualname": old.co_qualname, "co_filename": old.co_filename, "co_firstlineno": old.co_firstlineno}
    function.__code__ = code.replace(**named)  # type: ignore[attr-defined]
    _undo.append(lambda: setattr(function, "__code__", old))


def _wrap(owner: object, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Exchange an attribute, also where user modules have imported the function by name before."""
    original = vars(owner)[name]
    wrapper = functools.wraps(original)(make(original))
    setattr(owner, name, wrapper)
    _undo.append(lambda: setattr(owner, name, original))
    if not isinstance(owner, type):
        for module in [each for each in list(sys.modules.values()) if _is_users(each)]:
            for alias in [key for key, value in list(vars(module).items()) if value is original]:
                setattr(module, alias, wrapper)
                _undo.append(functools.partial(setattr, module, alias, original))


def _is_users(module: object) -> bool:
    file = getattr(module, "__file__", None)
    return getattr(module, "__name__", "") == "__main__" or (
        isinstance(file, str) and "site-packages" not in file and "/torch/" not in file
    )


def _module_call(self, *args, **kwargs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN003, ANN202 - becomes Module.__call__
    if _rung_tap.open:  # type: ignore[name-defined]  # noqa: F821
        return _rung_tap.recorder.call(self, args, kwargs)  # type: ignore[name-defined]  # noqa: F821
    if self._compiled_call_impl is not None:
        return self._compiled_call_impl(*args, **kwargs)
    return self._call_impl(*args, **kwargs)


def _listening() -> Recorder | None:
    """The recorder, in the thread that trains and outside its own work."""
    recorder = TAP.recorder
    return recorder if recorder is not None and not recorder.busy and get_ident() == recorder.thread else None


def _module_init(original: Callable[..., Any]) -> Callable[..., Any]:
    def __init__(self: nn.Module, *args: object, **kwargs: object) -> None:  # noqa: N807
        original(self, *args, **kwargs)
        if TAP.recorder is not None:
            remember(self)

    return __init__


def _optimizer_init(original: Callable[..., Any]) -> Callable[..., Any]:
    def __init__(self: Optimizer, *args: object, **kwargs: object) -> None:  # noqa: N807
        original(self, *args, **kwargs)
        if (recorder := _listening()) is not None:
            recorder.optimizer_made(self)

    return __init__


def _before_and_after(before: str, after: str, nested: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A wrapper that reports to two methods of the recorder ('' for none), and only for the outermost call."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> object:
            recorder = _listening()
            if recorder is None or getattr(recorder, nested):
                return original(*args, **kwargs)
            if before:
                getattr(recorder, before)(args, kwargs)
            setattr(recorder, nested, True)
            try:
                result = original(*args, **kwargs)
            finally:
                setattr(recorder, nested, False)
            if after:
                getattr(recorder, after)(args, kwargs, result)
            return result

        return wrapper

    return make


_train = _before_and_after("", "mode_set", "in_mode")
_zero_grad = _before_and_after("zero_grad_called", "", "in_zero_grad")
_backward = _before_and_after("backward_called", "backward_done", "in_backward")
_loader_iter = _before_and_after("loader_started", "", "in_loader")
_load = _before_and_after("", "state_loaded", "in_load")
_scheduler_step = _before_and_after("scheduler_called", "", "in_scheduler")
_clip_norm = _before_and_after("clip_norm_called", "clip_norm_done", "in_clip")
_clip_value = _before_and_after("clip_value_called", "", "in_clip")
_scale = _before_and_after("loss_scaled", "", "in_scale")
_unscale = _before_and_after("unscaled", "", "in_scaler")
_scaler_step = _before_and_after("scaler_steps", "scaler_stepped", "in_scaler")


def _before_step(optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if (recorder := _listening()) is not None:
        recorder.step_begins(optimizer, args, kwargs)


def _after_step(optimizer: Optimizer, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
    if (recorder := _listening()) is not None:
        recorder.step_done(optimizer)
