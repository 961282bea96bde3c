"""Attaches to torch's own functions, and lets go of them again.

Functions of torch keep their identity: their *code* is exchanged, so that `from torch.nn.functional import mse_loss` done earlier is
seen, a function stored in a pickled object is still itself, and the compiler recognises it. Methods are exchanged on the class that
defines them. Nothing is written on the user's objects. While no recorder listens, everything runs as torch wrote it.
"""

from __future__ import annotations

import functools
import os
import sys
import weakref
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
_LOSS_SOURCE = """
def {name}(*args, **kwargs):
    if _rung_tap.quick and _rung_tap.learning():
        if _rung_tap.holds and len(args) > 1:
            _rung_tap.target = _rung_tap.hold(args[1])
        return _rung_tap.originals[{name!r}](*args, **kwargs)
    return _rung_tap.loss({name!r}, args, kwargs)
"""


class Tap:
    """What the exchanged code asks. `open` is true while module calls must be reported.

    `quick` is true during steps that are only counted: then the main model's calls alone are reported, and training losses are not.
    """

    __slots__ = ("hold", "holds", "learning", "main", "open", "originals", "passes", "quick", "recorder", "target")

    def __init__(self) -> None:
        self.recorder: Recorder | None = None
        self.open = self.quick = False
        self.main: nn.Module | None = None
        self.passes: Callable[..., bool] = bool  # the recorder's, for calls of the main model in quick steps
        self.target: weakref.ref[torch.Tensor] | None = None  # of the last loss call
        self.hold = weakref.ref
        self.holds = False  # a flight recorder wants the target of each loss
        self.learning = torch.is_grad_enabled
        self.originals: dict[str, Callable[..., Any]] = {}

    def loss(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        """A functional loss is called."""
        recorder, original = self.recorder, self.originals[name]
        if recorder is None or recorder.in_loss or recorder.busy or get_ident() != recorder.thread:
            return original(*args, **kwargs)
        recorder.in_loss = True
        try:
            result = original(*args, **kwargs)
        finally:
            recorder.in_loss = False
        target = args[1] if len(args) > 1 else kwargs.get("target")
        self.target = weakref.ref(target) if isinstance(target, torch.Tensor) else None
        try:
            recorder.loss_called(name, args, kwargs, result)
        except Exception as error:
            recorder.lost(f"loss '{name}': {type(error).__name__}: {error}")
        return result


TAP = Tap()
_undo: list[Callable[[], None]] = []


def attach(recorder: Recorder) -> None:
    """Let torch report to this recorder; one that listened before is let go of."""
    if not _undo:
        _exchange()
    TAP.recorder, TAP.passes, TAP.open, TAP.quick, TAP.main = recorder, recorder.quick_forward, True, False, None
    TAP.holds = recorder.flight is not None


def detach(recorder: Recorder) -> None:
    """Put everything back, if this recorder is the one that listens."""
    if TAP.recorder is recorder:
        TAP.recorder, TAP.passes, TAP.open, TAP.quick, TAP.main = None, bool, False, False, None
        while _undo:
            _undo.pop()()


def _in_child() -> None:
    """A forked worker (a loader's, say) trains nothing: what it does is not reported."""
    TAP.recorder, TAP.open, TAP.quick, TAP.main = None, False, False, None


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
    _wrap(torch.autograd, "backward", _backward)  # Tensor.backward calls it by this name
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
    if _rung_tap.open and (not _rung_tap.quick or (self is _rung_tap.main and not _rung_tap.passes(self, args, kwargs))):  # type: ignore[name-defined]  # noqa: F821
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
        if (recorder := TAP.recorder) is not None:
            try:
                remember(self)
            except Exception as error:
                recorder.lost(f"making a module: {type(error).__name__}: {error}")

    return __init__


def _optimizer_init(original: Callable[..., Any]) -> Callable[..., Any]:
    def __init__(self: Optimizer, *args: object, **kwargs: object) -> None:  # noqa: N807
        original(self, *args, **kwargs)
        if (recorder := _listening()) is not None:
            try:
                recorder.optimizer_made(self)
            except Exception as error:
                recorder.lost(f"making an optimizer: {type(error).__name__}: {error}")

    return __init__


def _before_and_after(before: str, after: str, nested: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A wrapper that reports to two methods of the recorder ('' for none), and only for the outermost call."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> object:
            recorder = TAP.recorder
            if recorder is None or nested in recorder.within or recorder.busy or get_ident() != recorder.thread:
                return original(*args, **kwargs)
            if before:
                try:
                    getattr(recorder, before)(args, kwargs)
                except Exception as error:
                    recorder.lost(f"{before}: {type(error).__name__}: {error}")
            recorder.within.add(nested)
            try:
                result = original(*args, **kwargs)
            finally:
                recorder.within.discard(nested)
            if after:
                try:
                    getattr(recorder, after)(args, kwargs, result)
                except Exception as error:
                    recorder.lost(f"{after}: {type(error).__name__}: {error}")
            return result

        return wrapper

    return make


_train = _before_and_after("", "mode_set", "mode")
_careful_zero_grad = _before_and_after("zero_grad_called", "", "zero_grad")
_careful_backward = _before_and_after("backward_called", "backward_done", "backward")
_loader_iter = _before_and_after("loader_started", "", "loader")
_load = _before_and_after("", "state_loaded", "load")
_scheduler_step = _before_and_after("scheduler_called", "", "scheduler")
_clip_norm = _before_and_after("clip_norm_called", "clip_norm_done", "clip")
_clip_value = _before_and_after("clip_value_called", "", "clip")
_scale = _before_and_after("loss_scaled", "", "scale")
_unscale = _before_and_after("unscaled", "", "scaler")
_scaler_step = _before_and_after("scaler_steps", "scaler_stepped", "scaler")


def _zero_grad(original: Callable[..., Any]) -> Callable[..., Any]:
    careful = _careful_zero_grad(original)

    def zero_grad(*args: Any, **kwargs: Any) -> object:
        recorder = TAP.recorder
        if recorder is None or not TAP.quick or get_ident() != recorder.thread:
            return careful(*args, **kwargs)
        recorder.loop.trace.append("zero_grad")
        return original(*args, **kwargs)

    return zero_grad


def _backward(original: Callable[..., Any]) -> Callable[..., Any]:
    careful = _careful_backward(original)

    def backward(*args: Any, **kwargs: Any) -> object:
        if TAP.quick and TAP.recorder is not None and TAP.recorder.quick_backward(args):
            within = TAP.recorder.within  # checkpointed models call backward again from within
            within.add("backward")
            try:
                return original(*args, **kwargs)
            finally:
                within.discard("backward")
        return careful(*args, **kwargs)

    return backward


def _before_step(optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if TAP.quick:
        return
    recorder = TAP.recorder
    if recorder is not None and not recorder.busy and get_ident() == recorder.thread:
        try:
            recorder.step_begins(optimizer, args, kwargs)
        except Exception as error:
            recorder.lost(f"step begins: {type(error).__name__}: {error}")


def _after_step(optimizer: Optimizer, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> None:
    recorder = TAP.recorder
    if recorder is not None and not recorder.busy and get_ident() == recorder.thread:
        try:
            if not TAP.quick or not recorder.quick_step(optimizer):
                recorder.step_done(optimizer)
        except Exception as error:
            if getattr(error, "meant", False):
                raise  # the user asked for it: on_finding="raise"
            recorder.lost(f"step done: {type(error).__name__}: {error}")
