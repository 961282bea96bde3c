"""Active tests on copies, when the run is over: each asks one question that no statistic answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import thread_time
from typing import TYPE_CHECKING

import torch
from torch import nn

from rung.inputs.history_probes import InitialLoss, Probes, TwoPasses, ZeroedInput
from rung.record.torch.copies import apart, copy_of
from rung.record.torch.overfit import overfit_batch
from rung.record.torch.pairing import pairing
from rung.record.torch.rehearsal import Rehearsal
from rung.record.torch.rows import future_tokens, row_mixing
from rung.record.torch.tensors import main_tensor
from rung.record.torch.traces import first_difference

if TYPE_CHECKING:
    from rung.record.torch.recorder import Recorder

BUDGET = 10.0  # seconds for all probes


class Skip(Exception):
    """A probe cannot be made here."""


def probe(recorder: Recorder, budget: float = BUDGET) -> Probes:
    """Run every probe that can be run. Nothing of the user's changes; reasons for those left out are in `skipped`."""
    rehearsal, begun = recorder.rehearsal, thread_time()
    skipped: dict[str, str] = {}
    if rehearsal is None:
        why = "no batch of the model was kept"
        return Probes(
            skipped=dict.fromkeys(("row_mixing", "future_tokens", "two_passes", "zeroed_input", "initial_loss", "overfit_batch"), why)
        )
    found: dict[str, object] = {}
    works: dict[str, Callable[[], object]] = {
        "initial_loss": lambda: initial_loss(recorder, rehearsal),
        "two_passes": lambda: two_passes(recorder, rehearsal),
        "row_mixing": lambda: row_mixing(_copied(rehearsal), rehearsal, recorder.model),
        "future_tokens": lambda: future_tokens(_copied(rehearsal), rehearsal, recorder.model),
        "zeroed_input": lambda: zeroed_input(rehearsal),
        "pairing": lambda: pairing(recorder),
        "overfit_batch": lambda: overfit_batch(rehearsal, max(0.5, budget - (thread_time() - begun))),
    }
    with apart(recorder):
        for name, work in works.items():
            if thread_time() - begun > budget:
                skipped[name] = f"the probes' {budget:g} s were spent"
                continue
            try:
                found[name] = work()
                if found[name] is None:
                    skipped[name] = "not applicable to this model"
            except Skip as reason:
                skipped[name] = str(reason)
            except Exception as error:
                skipped[name] = f"{type(error).__name__}: {error}"[:200]
    return Probes(**found, skipped=skipped)  # type: ignore[arg-type]


def _copied(rehearsal: Rehearsal) -> nn.Module:
    made = copy_of(rehearsal.model)
    if made is None:
        raise Skip("the model cannot be copied")
    return made


def initial_loss(recorder: Recorder, rehearsal: Rehearsal) -> InitialLoss | None:
    """The first loss against what chance gives."""
    site = next((each for each in recorder.losses.records() if each.phase == "train"), None)
    if site is None or math.isnan(rehearsal.first_loss):
        return None
    expected = site.constant_loss if not math.isnan(site.constant_loss) else site.uniform_loss
    evaluated = spread = math.nan
    model = rehearsal.initial()
    if model is not None:
        model.eval()
        with torch.no_grad():
            result = model(*rehearsal.args, **rehearsal.kwargs)
            loss, output = rehearsal.loss_of(result), main_tensor(result)
        evaluated = float(loss) if loss is not None and loss.numel() == 1 else math.nan
        spread = float(output.detach().float().std(correction=0)) if output is not None and output.numel() else math.nan
    return InitialLoss(loss=rehearsal.first_loss, expected=expected, name=site.name, evaluated=evaluated, output_std=spread)


def two_passes(recorder: Recorder, rehearsal: Rehearsal) -> TwoPasses | None:
    """The same batch twice in evaluation mode."""
    model = _copied(rehearsal).eval()
    first, second, results = first_difference(model, rehearsal.batch(), rehearsal.batch(), recorder.model)
    one, two = (each.detach() if (each := main_tensor(result)) is not None else None for result in results)
    if one is None or two is None or one.shape != two.shape or not one.is_floating_point():
        return None
    spread = float(one.float().std(correction=0)) or 1.0
    gap = float((one - two).abs().max()) / spread if one.numel() else 0.0
    losses = [rehearsal.loss_of(each) for each in results]
    change = math.nan
    if losses[0] is not None and losses[1] is not None and losses[0].numel() == 1:
        change = abs(float(losses[0]) - float(losses[1])) / max(1e-12, abs(float(losses[0])))
    where = next((each.where for each in recorder.model.layers if each.path == first), None)
    return TwoPasses(difference=gap, loss_difference=change, first_layer=first, first_type=second, where=where)


def zeroed_input(rehearsal: Rehearsal) -> ZeroedInput | None:
    """Does the trained model use its input at all?"""
    model = _copied(rehearsal).eval()
    rows = rehearsal.rows
    if rows < 4:
        raise Skip(f"the batch has {rows} rows; 4 are needed")
    axis = rehearsal.axis
    calls = [rehearsal.batch(), rehearsal.batch(torch.zeros_like), rehearsal.batch(lambda tensor: tensor.roll(1, axis))]
    with torch.no_grad():
        results = [model(*args, **kwargs) for args, kwargs in calls]
    outputs = [main_tensor(each) for each in results]
    if outputs[0] is None or outputs[1] is None or outputs[0].shape != outputs[1].shape:
        return None
    losses = [rehearsal.loss_of(each) for each in results]
    if rehearsal.inside:
        losses[1:] = [None, None]  # a model that makes its own loss was given a changed target, too
    values = [float(each.float().mean()) if each is not None else math.nan for each in losses]
    spread = float(outputs[0].float().std(correction=0))
    change = float((outputs[0] - outputs[1]).abs().float().mean())
    return ZeroedInput(
        loss=values[0], loss_zeroed=values[1], loss_shuffled=values[2], output_change=change / spread if spread > 0 else (0.0 if change == 0 else math.inf),
        rows=rows,
    )  # fmt: skip
