"""The calls of losses and softmaxes: what went in, where from, and what a constant would have scored."""

from __future__ import annotations

import math
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from rung.inputs.history_loop import LossCall, SoftmaxCall
from rung.record.torch.constant import constant_loss, uniform_loss
from rung.record.torch.movers import Plain, plain
from rung.record.torch.places import Spot, spot, where

if TYPE_CHECKING:
    from rung.record.torch.recorder import Recorder

MAX_STUDIED = 40  # calls of one site that are looked at closely
MAX_TARGETS = 20_000  # entries of targets kept for the constant predictor
SETTINGS = ("label_smoothing", "ignore_index", "beta", "delta", "margin", "log_target", "full", "p", "pos_weight")
CLASSES = frozenset(("cross_entropy", "nll_loss"))


@dataclass(slots=True)
class Site:
    """One loss at one place of the loop."""

    name: str
    phase: str
    place: Spot | None
    module: str
    calls: int = 0
    studied: int = 0
    values: list[float] = field(default_factory=list)
    shapes: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    dtypes: tuple[str, str] = ("", "")
    low: float = math.inf
    high: float = -math.inf
    sums: list[float] = field(default_factory=list)
    logs: list[float] = field(default_factory=list)
    unit: list[float] = field(default_factory=list)
    below: list[float] = field(default_factory=list)
    producer: str = ""
    producer_type: str = ""
    output: bool = False
    target_low: float = math.inf
    target_high: float = -math.inf
    integral: bool = True
    target_sums: list[float] = field(default_factory=list)
    targets: list[np.ndarray] = field(default_factory=list)
    kept: int = 0
    ignored: list[float] = field(default_factory=list)
    broadcast: tuple[int, ...] = ()
    reduction: str = "mean"
    weight: np.ndarray | None = None
    weighted: bool = False
    settings: dict[str, Plain] = field(default_factory=dict)


class LossBook:
    """All loss calls, by name and place in the cycle."""

    def __init__(self) -> None:
        self.sites: dict[tuple[str, str, int], Site] = {}
        self.softmaxes: dict[tuple[str, str, int], SoftmaxCall] = {}
        self.softmax_outputs: dict[int, tuple[str, str, int]] = {}
        self.ordinal = 0
        self.rows = 0
        self._last: weakref.ref[torch.Tensor] | None = None
        self._last_target: weakref.ref[torch.Tensor] | None = None
        self.graphs = 0
        self.wants_graph = True
        self.cycle: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.keep_calls = False

    def called(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: torch.Tensor, phase: str, recorder: Recorder) -> bool:
        """A loss returned. Returns whether it was looked at closely, which costs time."""
        key = (name, phase, self.ordinal)
        self.ordinal += phase == "train"
        site = self.sites.get(key)
        if site is None:
            if len(self.sites) >= 64:
                return False
            site = self.sites[key] = Site(name, phase, spot(4), _loss_module())
        site.calls += 1
        self._last = weakref.ref(result)
        given = _argument(args, kwargs, 0, "input")
        self.rows = given.shape[0] if isinstance(given, torch.Tensor) and given.dim() else 1
        close = site.calls <= 3 or recorder.look is not None or (phase == "train" and recorder.feed.waiting_sample is not None)
        if site.studied >= MAX_STUDIED or not close or not recorder.schedule.affordable(0.03):
            return False
        site.studied += 1
        study(site, args, kwargs, result, recorder)
        return True

    def cycle_ends(self) -> None:
        """A backward pass begins: the next loss is the first of its cycle."""
        self.ordinal = 0

    def last_value(self) -> float:
        """The value of the last loss call, 0 where there was none or it is gone."""
        last = self._last() if self._last is not None else None
        return float(last.detach().item()) if last is not None and last.numel() == 1 else 0.0

    def graph_of(self, loss: torch.Tensor, recorder: Recorder) -> None:
        """A loss built by hand: is there a difference of shapes in its graph that was stretched?"""
        from rung.record.torch.graph import stretched

        self.graphs += 1
        self.wants_graph = self.graphs < 3
        if any(site.phase == "train" for site in self.sites.values() if site.name != "own"):
            return
        key = ("own", "train", 0)
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
        path = look.last_path if look is not None else ""
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

    frame = sys._getframe(4)  # noqa: SLF001 - called, loss_called, its guard, the tap, the exchanged function
    for _ in range(4):
        if frame is None:
            return ""
        if isinstance(owner := frame.f_locals.get("self"), torch.nn.Module) and not list(owner.children()):
            return type(owner).__name__
        frame = frame.f_back  # type: ignore[assignment]
    return ""


def _argument(args: tuple[Any, ...], kwargs: dict[str, Any], place: int, name: str) -> Any:
    return args[place] if len(args) > place else kwargs.get(name)


def study(site: Site, args: tuple[Any, ...], kwargs: dict[str, Any], result: torch.Tensor, recorder: Recorder) -> None:
    """Look at one call's input and target."""
    given, target = _argument(args, kwargs, 0, "input"), _argument(args, kwargs, 1, "target")
    if not isinstance(given, torch.Tensor) or not given.numel():
        return
    if result.numel() == 1 and len(site.values) < 20:
        site.values.append(float(result.detach().item()))
    _study_input(site, given.detach(), recorder)
    _producer(site, given, recorder)
    if not isinstance(target, torch.Tensor) or not target.numel():
        return
    site.shapes, site.dtypes = (tuple(given.shape), tuple(target.shape)), (_name(given), _name(target))
    if site.name not in CLASSES and given.shape != target.shape and site.name not in ("margin_ranking_loss", "ctc_loss", "multi_margin_loss"):
        site.broadcast = _stretched(given, target)
    site.reduction = str(kwargs.get("reduction", "mean"))
    for name in SETTINGS:
        if name in kwargs and kwargs[name] is not None:
            site.settings[name] = plain(kwargs[name])
    weight = kwargs.get("weight") if site.name != "binary_cross_entropy_with_logits" else kwargs.get("pos_weight")
    if isinstance(weight, torch.Tensor):
        site.weighted = True
        site.weight = weight.detach().float().cpu().numpy().reshape(-1)
    _study_target(site, target.detach(), site.settings.get("ignore_index", -100))
    if site.phase == "train" and recorder.feed.wants_target:
        recorder.feed.target(target)


def _study_input(site: Site, values: torch.Tensor, _recorder: Recorder) -> None:
    if not values.is_floating_point():
        return
    values = values[:512].float()
    low, high = (float(each) for each in torch.aminmax(values))
    site.low, site.high = min(site.low, low), max(site.high, high)
    site.unit.append(float(((values >= 0) & (values <= 1)).float().mean()))
    site.below.append(float((values < 0).float().mean()))
    if values.dim() > 1 and values.shape[1] > 1:
        rows = values.sum(dim=1)
        site.sums.append(float((((rows - 1).abs() < 1e-4) & (values >= 0).all(dim=1)).float().mean()))
        logs = values.exp().sum(dim=1)
        site.logs.append(float((((logs - 1).abs() < 1e-3) & (values <= 1e-6).all(dim=1)).float().mean()))


def _producer(site: Site, given: torch.Tensor, recorder: Recorder) -> None:
    output = recorder.output() if recorder.output is not None else None
    if output is not None and (output is given or output.data_ptr() == given.data_ptr()):
        site.output = True
    if recorder.look is not None:
        path = recorder.look.outputs.get(given.data_ptr())
        layer = next((each for each in recorder.model.layers if each.path == path), None) if path is not None else None
        if layer is not None:
            site.producer, site.producer_type = layer.path, layer.type_name
        key = recorder.losses.softmax_outputs.get(given.data_ptr())
        if key is not None and key in recorder.losses.softmaxes:
            from dataclasses import replace

            recorder.losses.softmaxes[key] = replace(recorder.losses.softmaxes[key], feeds_loss=True)
    if not site.producer_type and given.grad_fn is not None:
        site.producer_type = given.grad_fn.name().removesuffix("0").removesuffix("Backward").lower()


def _stretched(given: torch.Tensor, target: torch.Tensor) -> tuple[int, ...]:
    try:
        shape = tuple(torch.broadcast_shapes(given.shape, target.shape))
    except RuntimeError:
        return ()
    return shape if shape != tuple(given.shape) or shape != tuple(target.shape) else ()


def _study_target(site: Site, target: torch.Tensor, ignored: Plain) -> None:
    values = target.reshape(-1)[:MAX_TARGETS].float() if target.dim() < 2 or target.shape[1:].numel() == 1 or not target.is_floating_point() else target
    flat = values.reshape(-1).float()
    if site.name in CLASSES and not target.is_floating_point():
        keep = flat != float(ignored) if isinstance(ignored, float) else torch.ones_like(flat, dtype=torch.bool)
        site.ignored.append(1 - float(keep.float().mean()))
        flat = flat[keep]
        values = flat
    if not flat.numel():
        return
    low, high = (float(each) for each in torch.aminmax(flat))
    site.target_low, site.target_high = min(site.target_low, low), max(site.target_high, high)
    site.integral = site.integral and bool((flat == flat.round()).all())
    if target.dim() > 1 and target.is_floating_point() and target.shape[1] > 1:
        site.target_sums.append(float(((target.float().sum(dim=1) - 1).abs() < 1e-4).float().mean()) if low >= 0 else 0.0)
    if site.kept < MAX_TARGETS:
        site.targets.append(values.float().cpu().numpy()[: MAX_TARGETS - site.kept])
        site.kept += values.numel()


def _name(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


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
