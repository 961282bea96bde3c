"""A close look at one loss call: what went in, from where, and in which shapes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from rung.record.torch.movers import Plain, plain
from rung.record.torch.places import Spot
from rung.record.torch.relation import relation
from rung.record.torch.tensors import bounded

if TYPE_CHECKING:
    from rung.record.torch.recorder import Recorder

MAX_INPUT = 1 << 15  # entries of a loss's input that are looked at, in whole rows
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


def argument(args: tuple[Any, ...], kwargs: dict[str, Any], place: int, name: str) -> Any:
    """An argument by place or name."""
    return args[place] if len(args) > place else kwargs.get(name)


def study(site: Site, args: tuple[Any, ...], kwargs: dict[str, Any], result: torch.Tensor, recorder: Recorder) -> None:
    """Look at one call's input and target."""
    given, target = argument(args, kwargs, 0, "input"), argument(args, kwargs, 1, "target")
    if not isinstance(given, torch.Tensor) or not given.numel():
        return
    if result.numel() == 1 and len(site.values) < 20:
        site.values.append(float(result.detach().item()))
    _study_input(site, given.detach(), recorder)
    _producer(site, given, recorder)
    if not isinstance(target, torch.Tensor) or not target.numel():
        return
    if not site.shapes[0]:
        site.shapes, site.dtypes = (tuple(given.shape), tuple(target.shape)), (_name(given), _name(target))
    if (
        site.name not in CLASSES
        and given.shape != target.shape
        and site.name not in ("margin_ranking_loss", "ctc_loss", "multi_margin_loss")
    ):
        site.broadcast = _stretched(given, target)
    site.reduction = str(kwargs.get("reduction", "mean"))
    _rehearse(site, given, target, kwargs, recorder)
    for name in SETTINGS:
        if name in kwargs and kwargs[name] is not None:
            site.settings[name] = plain(kwargs[name])
    weight = kwargs.get("weight") if site.name != "binary_cross_entropy_with_logits" else kwargs.get("pos_weight")
    if isinstance(weight, torch.Tensor):
        site.weighted = True
        site.weight = weight.detach().float().cpu().numpy().reshape(-1)
    _study_target(site, target.detach(), site.settings.get("ignore_index", -100))


def _rehearse(site: Site, given: torch.Tensor, target: torch.Tensor, kwargs: dict[str, Any], recorder: Recorder) -> None:
    """The first training loss is kept so that it can be taken again on copies."""
    kept, output = recorder.rehearsal, recorder.output() if recorder.output is not None else None
    if kept is None or kept.loss or site.phase != "train" or output is None or recorder.n_steps:
        return
    kept.loss, kept.target = site.name, target.detach()
    kept.settings = {name: value for name, value in kwargs.items() if value is not None and name not in ("size_average", "reduce")}
    kept.steps = relation(given, output, kept.rows)


def _study_input(site: Site, values: torch.Tensor, _recorder: Recorder) -> None:
    if not values.is_floating_point():
        return
    values = bounded(values[:512], MAX_INPUT)
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
    values = (
        target.reshape(-1)[:MAX_TARGETS].float()
        if target.dim() < 2 or target.shape[1:].numel() == 1 or not target.is_floating_point()
        else target
    )
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
