"""The books as a `History`."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import torch

from rung.inputs.history import Curve, History, Steps
from rung.inputs.history_model import Layer, Parameter
from rung.inputs.history_probes import NonFinite, Probes
from rung.record.torch.hidden import unregistered
from rung.record.torch.look import COLUMNS, Look
from rung.record.torch.model import LayerBook, ModelBook, ParameterBook, sampled
from rung.record.torch.recorder import Recorder


def build(recorder: Recorder, *, probes: Probes | None = None, origin: NonFinite | None = None, framework: str = "torch") -> History:
    """What the recorder knows now."""
    recorder.values.flush()
    recorder.values.valid_over(recorder.n_steps)
    frames, model, loop = recorder.frames, recorder.model, recorder.loop
    first = next(iter(model.roots), None)
    root = first() if first is not None else None
    loader, settings = _loader(recorder)
    return History(
        source="rung.watch", framework=framework, depth="full", counted="backward" if recorder.movers.backward_counts else "optimizer.step",
        n_steps=recorder.n_steps, n_epochs=loop.n_epochs if recorder.ended != "running" else None, curves=_curves(recorder),
        steps=_steps(frames), layers=_layers(frames, model), parameters=_parameters(frames, model),
        optimizers=recorder.movers.optimizer_records(model), schedulers=recorder.movers.scheduler_records(recorder.n_steps, loop.n_epochs),
        clipping=recorder.movers.clip_records(), losses=recorder.losses.records(),
        softmaxes=tuple(replace(each, inside=True) for each in recorder.losses.softmaxes.values()), loop=loop.record(),
        batches=recorder.feed.record(loader, settings, tuple(loop.epoch_batches)), unregistered=unregistered(model),
        probes=probes or Probes(), non_finite=origin, model_name=type(root).__name__ if root is not None else "",
        model_where=model.root_wheres[0] if model.root_wheres else None, pretrained=recorder.pretrained,
        ended=recorder.ended, exception=recorder.exception, notes=tuple(dict.fromkeys((*recorder.notes, *model.notes))),  # type: ignore[arg-type]
        environment=_environment(model),
    )  # fmt: skip


def _curves(recorder: Recorder) -> tuple[Curve, ...]:
    curves = [each.curve() for each in recorder.values.train.values()]
    if len(recorder.values.valid):
        curves.append(recorder.values.valid.curve())
    if len(recorder.movers.rates):
        curves.append(recorder.movers.rates.curve())
    return tuple(curves)


def _steps(frames: list[Look]) -> Steps:
    groups = max((len(each.rates) for each in frames), default=0)
    rates = np.full((len(frames), groups), np.nan)
    for row, each in enumerate(frames):
        rates[row, : len(each.rates)] = each.rates

    def column(name: str) -> np.ndarray:
        return np.array([each.total[name] for each in frames], dtype=float)

    return Steps(
        step=np.array([each.step for each in frames], dtype=np.int64), gradient_norm=column("gradient"), gradient_norm_before=column("before"),
        rate=rates, update_ratio=column("ratio"), carried_norm=column("carried"),
        optimizer=np.array([each.optimizer for each in frames], dtype=np.int64), loss_scale=np.array([each.loss_scale for each in frames], dtype=float),
        backwards=np.array([each.backwards for each in frames], dtype=np.int64), seconds=np.array([each.seconds for each in frames], dtype=float),
    )  # fmt: skip


def _stacked(tables: list[np.ndarray], rows: int, columns: int) -> np.ndarray:
    """Frames of growing height as one array (frames, rows, columns)."""
    whole = np.full((len(tables), rows, columns), np.nan)
    for i, table in enumerate(tables):
        whole[i, : len(table)] = table
    return whole


def _layers(frames: list[Look], model: ModelBook) -> tuple[Layer, ...]:
    stats = _stacked([each.layers for each in frames], len(model.layers), len(COLUMNS))
    moves = _stacked([each.parameters for each in frames], len(model.parameters), 5)
    made = [_layer(book, stats[:, i], moves[:, book.own], model) for i, book in enumerate(model.layers)]
    return tuple(sorted(made, key=lambda each: (each.order < 0, each.order)))


def _layer(book: LayerBook, stats: np.ndarray, moves: np.ndarray, model: ModelBook) -> Layer:
    members = [model.parameters[i] for i in book.own]
    columns = {name: stats[:, i].copy() for i, name in enumerate(COLUMNS)}
    if members:
        seen = ~np.isnan(moves[:, :, 0]).all(axis=1)
        with np.errstate(invalid="ignore", over="ignore"):
            weight = np.where(seen, np.sqrt(np.nansum(moves[:, :, 0] ** 2, axis=1)), np.nan)
            gradient = np.where(seen, np.sqrt(np.nansum(moves[:, :, 4] ** 2, axis=1)), np.nan)
            moved = np.sqrt(np.nansum((moves[:, :, 0] * np.nan_to_num(moves[:, :, 2], posinf=0.0)) ** 2, axis=1))
            ratio = np.where(seen & (weight > 0), moved / np.where(weight > 0, weight, 1), np.nan)
        columns |= {"weight_norm": weight, "gradient_norm": _restored(gradient, moves[:, :, 4]), "update_ratio": ratio}
    last = book.last_activity
    rows = sum(count for _, count in last)
    return Layer(
        path=book.path, type_name=book.type_name, where=book.where, order=book.order, calls=book.calls, settings=book.settings, **columns,
        unit_activity_first=_shares(book.first_activity, book.first_rows),
        unit_activity_last=_shares(_total([count for count, _ in last]), rows), activity_rows=(book.first_rows, rows),
        trainable=any(each.requires_grad for each in members), output_cut=book.cut,
        trained_mode_share=book.train_in_train / book.train_calls if book.train_calls else math.nan,
        evaluated_mode_share=book.valid_in_train / book.valid_calls if book.valid_calls else math.nan,
        n_parameters=sum(int(np.prod(each.shape)) for each in members), output_shape=book.output_shape,
    )  # fmt: skip


def _restored(gradient: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """A non-finite gradient stays visible in the sum."""
    bad = np.isinf(parts).any(axis=1)
    return np.where(bad, np.inf, gradient)


def _total(counts: list[torch.Tensor]) -> torch.Tensor | None:
    same = [each for each in counts if each.shape == counts[-1].shape] if counts else []
    return torch.stack(same).sum(dim=0) if same else None


def _shares(counts: torch.Tensor | None, rows: int) -> np.ndarray:
    return np.empty(0) if counts is None or not rows else counts.cpu().numpy().astype(float) / rows


def _parameters(frames: list[Look], model: ModelBook) -> tuple[Parameter, ...]:
    moves = _stacked([each.parameters for each in frames], len(model.parameters), 5)
    return tuple(_parameter(book, moves[:, i], model) for i, book in enumerate(model.parameters))


def _parameter(book: ParameterBook, moves: np.ndarray, model: ModelBook) -> Parameter:
    if book.tied_to:
        moves = np.full_like(moves, np.nan)
    seen = ~np.isnan(moves[:, 3])
    tensor = book.ref()
    spread = (
        sampled(tensor).float().std(correction=0).item()  # of the same entries as at the start
        if tensor is not None and tensor.numel() and tensor.is_floating_point()
        else math.nan
    )
    fans = _fans(book.shape)
    return Parameter(
        path=book.path, layer=book.layer, shape=book.shape, dtype=book.dtype, requires_grad=book.requires_grad, optimizer=book.optimizer,
        group=book.group, tied_to=book.tied_to, norm=moves[:, 0].copy(), gradient_norm=moves[:, 4].copy(), update_ratio=moves[:, 2].copy(),
        changed=int(np.nansum(moves[:, 3])), seen=int(seen.sum()), gradient_missing=int((np.isnan(moves[:, 1]) & seen).sum()),
        initial_mean=book.initial[0], initial_std=book.initial[1], initial_max=book.initial[2], initial_constant=book.initial[3],
        final_std=spread, sparse=book.sparse or _embedding(book, model), fan_in=fans[0], fan_out=fans[1], weight_decay=book.weight_decay,
    )  # fmt: skip


def _fans(shape: tuple[int, ...]) -> tuple[int, int]:
    if len(shape) < 2:
        return (0, 0)
    field = int(np.prod(shape[2:])) if len(shape) > 2 else 1
    return (shape[1] * field, shape[0] * field)


def _embedding(book: ParameterBook, model: ModelBook) -> bool:
    layer = next((each for each in model.layers if each.path == book.layer), None)
    return layer is not None and layer.type_name in ("Embedding", "EmbeddingBag")


def _loader(recorder: Recorder) -> tuple[str, dict[str, float | str | bool | None]]:
    known = recorder.loop.train_loader
    if known is None:
        return "", {}
    sampler = known.sampler if known.batch_sampler is None or type(known.batch_sampler).__name__ == "BatchSampler" else known.batch_sampler
    try:
        rows = float(len(known.dataset))
    except TypeError:
        rows = math.nan
    settings = {"batch_size": known.batch_size, "drop_last": known.drop_last, "num_workers": known.num_workers, "n_rows": rows}
    return type(sampler).__name__, {name: float(value) if type(value) is int else value for name, value in settings.items()}


def _environment(model: ModelBook) -> dict[str, str]:
    devices = sorted({str(tensor.device) for each in model.parameters if (tensor := each.ref()) is not None})
    return {"torch": torch.__version__, "device": ", ".join(devices), "threads": str(torch.get_num_threads()), "numpy": np.__version__}
