"""The calls of losses and softmaxes: what went in, where from, and what a constant would have scored."""

from __future__ import annotations

import math
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from rung.inputs.history_loop import LossCall, SoftmaxCall
from rung.record.torch.constant import constant_loss, uniform_loss
from rung.record.torch.places import Spot, spot, where
from rung.record.torch.study import Site, argument, study

if TYPE_CHECKING:
    from rung.record.torch.recorder import Recorder

MAX_STUDIED = 40  # calls of one site that are looked at closely


class LossBook:
    """All loss calls, by name, place in the cycle and line."""

    def __init__(self) -> None:
        self.sites: dict[tuple[str, str, int, Spot | None], Site] = {}
        self.softmaxes: dict[tuple[str, str, int], SoftmaxCall] = {}
        self.softmax_outputs: dict[int, tuple[str, str, int]] = {}
        self.ordinal = 0
        self.rows = 0
        self._last = 0.0
        self.last_site: Site | None = None
        self._target: weakref.ref[torch.Tensor] | None = None
        self.n_read = self.n_silent = 0
        self.graphs = 0
        self.wants_graph = True
        self.cycle: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.keep_calls = False

    def called(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: torch.Tensor, phase: str, recorder: Recorder
    ) -> bool:
        """A loss returned. Returns whether it was looked at closely, which costs time."""
        place = spot(4)
        key = (name, phase, self.ordinal, place)
        self.ordinal += phase == "train"
        site = self.sites.get(key)
        if site is None:
            if len(self.sites) >= 64:
                return False
            site = self.sites[key] = Site(name, phase, place, _loss_module())
        site.calls += 1
        if self.n_read < 64 and phase == "train" and result.numel() == 1:
            self.n_read += 1
            self._last = result.detach().item()
        given = argument(args, kwargs, 0, "input")
        self.rows = given.shape[0] if isinstance(given, torch.Tensor) and given.dim() else 1
        target = argument(args, kwargs, 1, "target")
        self.last_site = site
        self._target = weakref.ref(target) if isinstance(target, torch.Tensor) else None
        if phase == "train" and recorder.feed.wants_target and isinstance(target, torch.Tensor):
            recorder.feed.target(target)
        elif phase == "valid" and recorder.feed.waiting_valid is not None and isinstance(target, torch.Tensor):
            recorder.feed.valid_target(target)
        close = site.calls <= 3 or recorder.look is not None
        if site.studied >= MAX_STUDIED or not close:
            return False
        site.studied += 1
        study(site, args, kwargs, result, recorder)
        return True

    @property
    def settled(self) -> bool:
        """Whether enough was seen of the training losses to count passes alone from now on."""
        return self.n_read >= 64 or self.n_silent >= 64

    def last_target(self) -> torch.Tensor | None:
        """The target of the last loss call, where it still lives."""
        return self._target() if self._target is not None else None

    def last_value(self) -> float:
        """The value of the last of the first 64 training loss calls, 0 where there was none; asked once a call."""
        last, self._last = self._last, 0.0
        return last

    def graph_of(self, loss: torch.Tensor, recorder: Recorder) -> None:
        """A loss built by hand: is there a difference of shapes in its graph that was stretched?"""
        from rung.record.torch.graph import stretched

        self.graphs += 1
        self.wants_graph = self.graphs < 3
        if any(site.phase == "train" for site in self.sites.values() if site.name != "own"):
            return
        key = ("own", "train", 0, None)
        site = self.sites.get(key)
        if site is None:
            site = self.sites[key] = Site("own", "train", spot(4), "")
        site.calls += 1
        found = stretched(loss)
        if found is not None:
            site.shapes, site.broadcast = found
        output = recorder.output() if recorder.output is not None else None
        if output is not None:
            site.shapes = (tuple(output.shape), site.shapes[1])
        site.values.append(float(loss.detach().item()))

    def softmax(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any] | Any, result: object, recorder: Recorder) -> None:
        """A softmax within the model, during a close look."""
        given = args[0] if args else kwargs.get("input")
        if not isinstance(given, torch.Tensor) or not isinstance(result, torch.Tensor):
            return
        axis = kwargs.get("dim", args[1] if len(args) > 1 else None)
        implicit = not isinstance(axis, int)
        axis = (0 if given.dim() in (0, 1, 3) else 1) if implicit else axis % max(1, given.dim())
        look = recorder.look
        running = look.stack[-1] if look is not None and look.stack else ("", "")
        path = running[1] if running[0].endswith(("Softmax", "Softmax2d")) else look.last_path if look is not None else ""
        key = (name, path, axis)
        old = self.softmaxes.get(key)
        values = result.detach().float()
        sums = (values.exp() if "log" in name else values).sum(dim=1 if values.dim() == 4 else -1) if values.dim() else values
        rows = recorder.feed.sizes[-1] if recorder.feed.sizes else 0
        stands = [i for i, size in enumerate(given.shape) if size == rows]
        self.softmax_outputs[result.data_ptr()] = key
        self.softmaxes[key] = SoftmaxCall(
            name="log_softmax" if "log" in name else "softmax", axis=axis, shape=tuple(given.shape), where=old.where if old else where(spot(3)),
            module=path, calls=(old.calls if old else 0) + 1, batch_axis=stands[0] if len(stands) == 1 else None if len(stands) > 1 else 0,
            implicit=implicit, row_sum_low=float(sums.min()) if sums.numel() else math.nan, row_sum_high=float(sums.max()) if sums.numel() else math.nan,
            feeds_loss=old.feeds_loss if old else False,
        )  # fmt: skip

    def records(self) -> tuple[LossCall, ...]:
        """As parts of a history; those that matter most first."""
        return tuple(_record(each) for each in sorted(self.sites.values(), key=lambda site: (site.phase != "train", -site.calls)))


def _loss_module() -> str:
    """The class of the loss module that calls the function, '' for a plain call."""
    import sys

    frame = sys._getframe(4)
    for _ in range(4):
        if frame is None:
            return ""
        if isinstance(owner := frame.f_locals.get("self"), torch.nn.Module) and not list(owner.children()):
            return type(owner).__name__
        frame = frame.f_back  # type: ignore[assignment]
    return ""


def _mean(values: list[float], none: float = 0.0) -> float:
    return float(np.mean(values)) if values else none


def _record(site: Site) -> LossCall:
    width = site.shapes[0][1] if len(site.shapes[0]) > 1 else 1
    widths = {each.shape[1:] for each in site.targets}
    targets = np.concatenate(site.targets) if len(widths) == 1 else np.empty(0)
    flat = targets.reshape(-1)
    finite = flat[np.isfinite(flat)]
    whole = site.integral and len(finite) > 0 and finite.min() >= 0 and finite.max() < 10_000
    none = math.nan
    return LossCall(
        name=site.name, where=where(site.place), module=site.module, phase="train" if site.phase == "train" else "valid", calls=site.calls,
        input_shape=site.shapes[0], target_shape=site.shapes[1], input_dtype=site.dtypes[0], target_dtype=site.dtypes[1],
        values=np.array(site.values), input_low=site.low if math.isfinite(site.low) else none, input_high=site.high if math.isfinite(site.high) else none,
        input_rows_sum_to_one=_mean(site.sums), input_rows_log_normalised=_mean(site.logs), input_in_unit=_mean(site.unit, none),
        input_below_zero=_mean(site.below, none), producer=site.producer, producer_type=site.producer_type, producer_output=site.output,
        target_low=site.target_low if math.isfinite(site.target_low) else none, target_high=site.target_high if math.isfinite(site.target_high) else none,
        target_integral=site.integral and bool(site.targets), target_distinct=min(1000, len(np.unique(finite))),
        target_rows_sum_to_one=_mean(site.target_sums) > 0.99, class_counts=np.bincount(finite.astype(int)).astype(float) if whole else np.empty(0),
        broadcast=bool(site.broadcast), broadcast_shape=site.broadcast, reduction=site.reduction, weighted=site.weighted,
        settings=site.settings, ignored_share=_mean(site.ignored), uniform_loss=uniform_loss(site.name, width),
        constant_loss=constant_loss(site.name, targets, width=width, weight=site.weight, settings=site.settings, reduction=site.reduction),
    )  # fmt: skip
