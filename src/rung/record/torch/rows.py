"""Does a row's output depend on other rows, or a position's on later ones? Asked by replacing them, on a copy in evaluation mode."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from rung.core.finding import Where
from rung.inputs.history_probes import FutureTokens, RowMixing
from rung.record.torch.feed import first_tensor
from rung.record.torch.rehearsal import Rehearsal
from rung.record.torch.tensors import main_tensor
from rung.record.torch.traces import differs, outputs_of

if TYPE_CHECKING:
    from rung.record.torch.model import ModelBook

TRIED = 6  # rows and positions that are asked about


def row_mixing(model: nn.Module, rehearsal: Rehearsal, book: ModelBook) -> RowMixing | None:
    """Replace all other rows by one another, and look at the row that stayed."""
    model.eval()
    rows, axis = rehearsal.rows, rehearsal.axis
    base, result = outputs_of(model, rehearsal.batch())
    output = main_tensor(result)
    if rows < 3 or output is None or not output.dim() or not output.is_floating_point():
        return None
    stays = _row_axis(output, rows, axis)
    if stays is None:
        return None
    chosen = sorted({round(i * (rows - 1) / (TRIED - 1)) for i in range(TRIED)})
    coupled, strengths, first = [], [], ""
    for row in chosen:
        others, changed = outputs_of(model, rehearsal.batch(lambda tensor, row=row: _others_moved(tensor, row, axis)))
        new = main_tensor(changed)
        if new is None or new.shape != output.shape:
            return None
        mixed = differs(_row(output, row, rows, stays), _row(new, row, rows, stays))
        coupled.append(mixed)
        if mixed:
            moved = main_tensor(outputs_of(model, rehearsal.batch(lambda tensor, row=row: _row_moved(tensor, row, axis)))[1])
            own = float((_row(output, row, rows, stays) - _row(moved, row, rows, stays)).abs().mean()) if moved is not None else 0.0
            other = float((_row(output, row, rows, stays) - _row(new, row, rows, stays)).abs().mean())
            strengths.append(other / own if own > 0 else math.inf)
            first = first or _first_mixing(base, others, row, rows)
    return RowMixing(
        rows=rows, coupled_share=sum(coupled) / len(coupled), strength=max(strengths, default=0.0), first_layer=first,
        permuted_share=_permuted(model, rehearsal, output, rows, axis, stays), **_layer(first, model, book),
    )  # fmt: skip


def _row_axis(output: torch.Tensor, rows: int, axis: int) -> int | None:
    """The axis of the output along which rows lie; a flattened (rows * n, ...) output counts as axis 0."""
    if output.dim() > axis and output.shape[axis] == rows:
        return axis
    return 0 if output.shape[0] % rows == 0 else None


def _row(tensor: torch.Tensor, row: int, rows: int, axis: int) -> torch.Tensor:
    if tensor.shape[axis] == rows:
        return tensor.select(axis, row)
    each = tensor.shape[0] // rows
    return tensor[row * each : (row + 1) * each]


def _others_moved(tensor: torch.Tensor, row: int, axis: int) -> torch.Tensor:
    """Every row but one takes the place of another."""
    moved = tensor.roll(1, axis).clone()
    if row:  # what the chosen row pushed on would be gone from the batch otherwise
        moved.select(axis, 0).copy_(tensor.select(axis, tensor.shape[axis] - 1))
    moved.select(axis, row).copy_(tensor.select(axis, row))
    return moved


def _row_moved(tensor: torch.Tensor, row: int, axis: int) -> torch.Tensor:
    moved = tensor.clone()
    moved.select(axis, row).copy_(tensor.select(axis, (row + 1) % tensor.shape[axis]))
    return moved


def _first_mixing(base: dict[str, torch.Tensor], others: dict[str, torch.Tensor], row: int, rows: int) -> str:
    """The first module, in the order in which they end, whose output at this row differs."""
    for path, tensor in base.items():
        other = others.get(path)
        if other is None or other.shape != tensor.shape or not tensor.dim() or tensor.shape[0] % rows:
            continue
        if differs(_row(tensor, row, rows, 0), _row(other, row, rows, 0)):
            return path
    return ""


def _permuted(model: nn.Module, rehearsal: Rehearsal, output: torch.Tensor, rows: int, axis: int, stays: int) -> float:
    """Share of rows whose output does not move along when the batch is turned by one row."""
    turned = main_tensor(outputs_of(model, rehearsal.batch(lambda tensor: tensor.roll(1, axis)))[1])
    if turned is None or turned.shape != output.shape:
        return math.nan
    lost = [differs(_row(output, i, rows, stays), _row(turned, (i + 1) % rows, rows, stays)) for i in range(rows)]
    return sum(lost) / rows


def _layer(path: str, model: nn.Module, book: ModelBook) -> dict[str, Any]:
    types = {name: type(module).__name__ for name, module in model.named_modules()}
    place: Where | None = next((each.where for each in book.layers if each.path == path), None)
    return {"first_type": types.get(path, "") if path else "", "where": place}


def future_tokens(model: nn.Module, rehearsal: Rehearsal, book: ModelBook) -> FutureTokens | None:
    """Replace all later positions by another row's, and look at the positions before."""
    model.eval()
    given = first_tensor(rehearsal.args, rehearsal.kwargs)
    base, result = outputs_of(model, rehearsal.batch())
    output = _sequence_output(result, given)
    if given is None or output is None or given.shape[1] < 4 or given.shape[0] < 2:
        return None
    length = given.shape[1]
    along = 1 if output.shape[1] == length else 2
    chosen = sorted({max(1, round(length * part)) for part in (0.25, 0.5, 0.75)} - {length})
    future, past, strengths, first = [], [], [], ""
    for place in chosen:
        later, changed = outputs_of(model, rehearsal.batch(lambda tensor, place=place: _part_moved(tensor, place, length, later=True)))
        new = _sequence_output(changed, given)
        earlier = _sequence_output(
            outputs_of(model, rehearsal.batch(lambda tensor, place=place: _part_moved(tensor, place, length, later=False)))[1], given
        )
        if new is None or earlier is None:
            return None
        at = output.select(along, place - 1)
        looks = differs(at, new.select(along, place - 1))
        future.append(looks)
        past.append(differs(output.select(along, place), earlier.select(along, place)))
        if looks:
            own = float((output.select(along, place) - earlier.select(along, place)).abs().mean())
            strengths.append(float((at - new.select(along, place - 1)).abs().mean()) / own if own > 0 else math.inf)
            first = first or _first_looking(base, later, place, length)
    following = _targets(given, rehearsal.target)
    return FutureTokens(
        positions=len(chosen), future_share=sum(future) / len(future), strength=max(strengths, default=0.0), past_share=sum(past) / len(past),
        target_is_next=following[0], target_is_same=following[1], first_layer=first, **_layer(first, model, book),
    )  # fmt: skip


def _sequence_output(result: Any, given: torch.Tensor | None) -> torch.Tensor | None:
    """The output, where it has the input's positions: (rows, positions, ...) or (rows, classes, positions)."""
    output = main_tensor(getattr(result, "logits", result))
    if given is None or output is None or given.dim() < 2 or output.dim() < 3 or output.shape[0] != given.shape[0]:
        return None
    if given.dim() > 3 or (given.dim() == 3 and output.shape[1] != given.shape[1]):
        return None  # an image is no sequence
    return output if given.shape[1] in (output.shape[1], output.shape[2]) else None


def _part_moved(tensor: torch.Tensor, place: int, length: int, *, later: bool) -> torch.Tensor:
    """Positions from `place` on (or before it) come from the next row."""
    if tensor.dim() < 2 or tensor.shape[1] != length:
        return tensor
    moved, other = tensor.clone(), tensor.roll(1, 0)
    part = slice(place, None) if later else slice(0, place)
    moved[:, part] = other[:, part]
    return moved


def _first_looking(base: dict[str, torch.Tensor], later: dict[str, torch.Tensor], place: int, length: int) -> str:
    for path, tensor in base.items():
        other = later.get(path)
        if other is None or other.shape != tensor.shape or tensor.dim() < 2 or tensor.shape[1] != length:
            continue
        if differs(tensor[:, :place], other[:, :place]):
            return path
    return ""


def _targets(given: torch.Tensor, target: torch.Tensor | None) -> tuple[float, float]:
    """Share of targets that equal the input's next token, and the token at their own position."""
    if target is None or given.is_floating_point() or target.is_floating_point() or given.dim() != 2 or target.numel() % given.shape[0]:
        return math.nan, math.nan
    goal = target.reshape(given.shape[0], -1)
    width = min(goal.shape[1], given.shape[1] - 1)
    real = goal[:, :width] >= 0  # below zero: ignored positions
    if not width or not bool(real.any()):
        return math.nan, math.nan
    following = (goal[:, :width] == given[:, 1 : width + 1])[real].float().mean()
    return float(following), float((goal[:, :width] == given[:, :width])[real].float().mean())
