"""Can the model learn one small batch by heart, from its initial weights?"""

from __future__ import annotations

import math
from time import thread_time

import numpy as np
import torch
from torch import nn

from rung.inputs.history_probes import OverfitBatch
from rung.record.torch.constant import constant_loss
from rung.record.torch.feed import first_tensor, row_hashes
from rung.record.torch.rehearsal import Rehearsal
from rung.record.torch.tensors import main_tensor

ROWS = 16
STEPS = 120
RATES = (1e-2, 1e-3)
DROPOUTS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout)


def overfit_batch(rehearsal: Rehearsal, seconds: float) -> OverfitBatch | None:
    """Adam at two rates, dropout off, a few dozen steps each; the better one counts."""
    if rehearsal.state is None or rehearsal.target is None or rehearsal.inside or rehearsal.steps is None or not rehearsal.loss:
        return None
    size = rehearsal.rows
    target = rehearsal.target
    if size > ROWS and rehearsal.axis == 0 and target.shape[:1] == (size,) and not any(name == "reshape" for name, _ in rehearsal.steps):
        call, goal, rows = rehearsal.batch(lambda tensor: tensor[:ROWS]), target[:ROWS], ROWS
    else:
        call, goal, rows = rehearsal.batch(), target, size
    runs = [_run(rehearsal, call, goal, rate, seconds / len(RATES)) for rate in RATES]
    rate, losses, right = min(runs, key=lambda each: each[1][-1] if math.isfinite(each[1][-1]) else math.inf)
    values = goal.detach().float().cpu().numpy()
    width = _width(rehearsal, call)
    constant = constant_loss(rehearsal.loss, values.reshape(-1) if not goal.is_floating_point() else values, width=width)
    return OverfitBatch(
        rows=rows, steps=len(losses) - 1, start=losses[0], end=losses[-1], best=min(losses), constant=constant,
        floor=_floor(rehearsal, call, values, width), losses=np.array(losses), share_right=right, rate=rate,
    )  # fmt: skip


def _run(rehearsal: Rehearsal, call: tuple, goal: torch.Tensor, rate: float, seconds: float) -> tuple[float, list[float], float]:
    model = rehearsal.initial()
    assert model is not None
    model.train()
    for each in model.modules():
        if isinstance(each, DROPOUTS):
            each.eval()
    trainable = [each for each in model.parameters() if each.requires_grad]
    optimizer = torch.optim.Adam(trainable, lr=rate)
    begun, losses, result = thread_time(), [], None
    for step in range(STEPS + 1):
        optimizer.zero_grad()
        result = model(*call[0], **call[1])
        loss = rehearsal.loss_of(result, goal)
        assert loss is not None
        loss = loss.mean()
        losses.append(float(loss.detach()))
        if step == STEPS or not math.isfinite(losses[-1]) or thread_time() - begun > seconds or losses[-1] < 1e-3 * abs(losses[0]):
            break
        if not loss.requires_grad:
            break
        loss.backward()
        optimizer.step()
    return rate, losses, _right(result, goal)


def _right(result: object, goal: torch.Tensor) -> float:
    """Share of class targets that the largest output names, NaN for other targets."""
    output = main_tensor(result)
    if (
        output is None
        or goal.is_floating_point()
        or output.dim() < 2
        or output.shape[0] != goal.shape[0]
        or output.shape[2:] != goal.shape[1:]
    ):
        return math.nan
    return float((output.detach().argmax(dim=1) == goal).float().mean())


def _width(rehearsal: Rehearsal, call: tuple) -> int:
    model = rehearsal.initial()
    assert model is not None
    with torch.no_grad():
        output = main_tensor(model.eval()(*call[0], **call[1]))
    return output.shape[1] if output is not None and output.dim() > 1 else 1


def _floor(rehearsal: Rehearsal, call: tuple, goal: np.ndarray, width: int) -> float:
    """The loss that equal inputs with unequal targets force: the mean of each group's own constant loss."""
    given = first_tensor(*call)
    if given is None or given.dim() < 2 or len(given) != len(goal):
        return 0.0
    hashes = row_hashes(given.detach().float().cpu().numpy())
    total = 0.0
    for each in np.unique(hashes):
        rows = goal[hashes == each]
        part = constant_loss(rehearsal.loss, rows, width=width) if len(rows) > 1 else 0.0
        total += len(rows) * (0.0 if math.isnan(part) else part)
    return total / max(1, len(goal))
