"""Training runs for the tests of training rules: the healthy run of `histories`, with one thing changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cases.histories import SEEN, curve_of, falling, healthy_run, line, linear
from rung.inputs.case import Case
from rung.inputs.history import History
from rung.inputs.history_model import Layer
from rung.inputs.settings import Settings

LN10 = float(np.log(10))


def case(history: History | None = None, **changes) -> Case:
    """A case that holds a run alone: the healthy one, or it with `changes`."""
    return Case(history if history is not None else healthy_run(**changes), Settings())


def stuck(level: float = LN10, n: int = 256, noise: float = 0.02, seed: int = 1):
    """A loss that stays at one level, with the noise of batches."""
    return curve_of(level + np.random.default_rng(seed).normal(0, noise, n))


def stuck_run(**changes) -> History:
    """The healthy run, but nothing is learned."""
    return healthy_run(**{"curves": (stuck(),), **changes})


def with_layer(history: History, path: str, **changes) -> History:
    """One layer changed."""
    return replace(history, layers=tuple(replace(each, **changes) if each.path == path else each for each in history.layers))


def with_parameters(history: History, layer: str, **changes) -> History:
    """All parameters of one layer changed."""
    return replace(history, parameters=tuple(replace(each, **changes) if each.layer == layer else each for each in history.parameters))


def with_loss(history: History, **changes) -> History:
    """The training loss call changed."""
    return replace(history, losses=(replace(history.losses[0], **changes), *history.losses[1:]))


def with_loop(history: History, **changes) -> History:
    """The loop changed."""
    return replace(history, loop=replace(history.loop, **changes))


def with_steps(history: History, **changes) -> History:
    """The seen steps changed."""
    return replace(history, steps=replace(history.steps, **changes))


def with_batches(history: History, **changes) -> History:
    """What was fed changed."""
    return replace(history, batches=replace(history.batches, **changes))


def with_probe(history: History, **probes) -> History:
    """Probes filled in."""
    return replace(history, probes=replace(history.probes, **probes))


def with_optimizer(history: History, **changes) -> History:
    """The first optimizer changed."""
    return replace(history, optimizers=(replace(history.optimizers[0], **changes), *history.optimizers[1:]))


def activation(index: int, kind: str, activity: np.ndarray, rows: int = 512, first: np.ndarray | None = None) -> Layer:
    """An activation whose units fire (or are not flat) on these shares of the rows."""
    n = len(SEEN)
    return Layer(
        path=str(index),
        type_name=kind,
        order=index,
        calls=1,
        zero_share=np.full(n, 0.5),
        saturated_share=np.full(n, 0.1),
        unit_activity_first=activity if first is None else first,
        unit_activity_last=activity,
        activity_rows=(rows, rows),
        output_shape=(32, len(activity)),
        where=line(5 + index),
    )


def chain(gradients: list[float], **changes) -> History:
    """A net of linear layers with these gradient norms (all of one size), from input to output."""
    built = [linear(2 * place, 32, 32, gradient) for place, gradient in enumerate(gradients)]
    parameters = tuple(each for _, own in built for each in own)
    return healthy_run(layers=tuple(layer for layer, _ in built), parameters=parameters, **changes)


def rates(values) -> np.ndarray:
    """Rates of the seen steps as one group."""
    return np.broadcast_to(np.asarray(values, dtype=float), (len(SEEN),)).reshape(-1, 1).copy()


__all__ = ["LN10", "SEEN", "curve_of", "falling", "healthy_run", "line", "linear"]
