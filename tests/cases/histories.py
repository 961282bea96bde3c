"""Histories written by hand: a healthy watched run, and runs from which rules can be tested without training anything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.finding import Where
from rung.inputs.history import Curve, History, Steps
from rung.inputs.history_loop import Batches, Channels, Event, Loop, LossCall, Pattern
from rung.inputs.history_model import Layer, OptimizerRecord, Parameter
from rung.inputs.history_probes import InitialLoss, NonFinite, Probes

SCRIPT = "train.py"
LOOP = ("zero_grad", "forward", "loss", "backward", "step")
SEEN = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256])


def line(number: int) -> Where:
    """A line of the imagined script."""
    return Where(file=SCRIPT, line=number)


def falling(n: int = 256, start: float = 2.3, end: float = 0.4, noise: float = 0.05, seed: int = 0) -> Curve:
    """A training loss that falls exponentially with mini-batch noise."""
    steps = np.arange(1, n + 1)
    clean = end + (start - end) * np.exp(-5 * steps / n)
    return curve_of(clean + np.random.default_rng(seed).normal(0, noise, n))


def curve_of(values: np.ndarray, phase: str = "train", every: int = 1, **given) -> Curve:
    """A loss curve with a point every so many steps."""
    values = np.asarray(values, dtype=float)
    defaults = {"name": f"{phase}/loss", "phase": phase, "quantity": "loss", "step": np.arange(1, len(values) + 1) * every}
    return Curve(**{**defaults, "value": values, **given})


def linear(index: int, n_in: int, n_out: int, gradient: float = 0.1, **given) -> tuple[Layer, tuple[Parameter, ...]]:
    """A linear layer with steady gradients, its weight and its bias."""
    n, path = len(SEEN), str(index)
    same = {"gradient_norm": np.full(n, gradient), "update_ratio": np.full(n, 1e-3), "where": line(5 + index)}
    layer = Layer(
        path=path, type_name="Linear", order=index, calls=1, n_parameters=n_in * n_out + n_out, trainable=True,
        weight_norm=np.full(n, np.sqrt(n_out / 3)), activation_mean=np.zeros(n), activation_std=np.full(n, 0.6),
        activation_max=np.full(n, 2.0), zero_share=np.zeros(n), output_shape=(32, n_out), **{**same, **given},
    )  # fmt: skip
    seen = {"optimizer": 0, "group": 0, "changed": n, "seen": n, "layer": path, "update_ratio": np.full(n, 1e-3)}
    spread = float(1 / np.sqrt(3 * n_in))
    weight = Parameter(
        path=f"{path}.weight", shape=(n_out, n_in), fan_in=n_in, fan_out=n_out, gradient_norm=np.full(n, gradient),
        norm=np.full(n, np.sqrt(n_out / 3)), initial_mean=0.0, initial_std=spread, initial_max=float(spread * np.sqrt(3)), final_std=spread, **seen,
    )  # fmt: skip
    bias = Parameter(
        path=f"{path}.bias", shape=(n_out,), gradient_norm=np.full(n, gradient / 3), norm=np.full(n, 0.3), initial_mean=0.0,
        initial_std=spread, initial_max=float(spread * np.sqrt(3)), final_std=spread, **seen,
    )  # fmt: skip
    return layer, (weight, bias)


def relu(index: int, units: int = 64) -> Layer:
    """A ReLU whose units are all alive: each fires on about half of the rows."""
    n, activity = len(SEEN), np.linspace(0.3, 0.7, units)
    return Layer(
        path=str(index), type_name="ReLU", order=index, calls=1, zero_share=np.full(n, 0.5), activation_mean=np.full(n, 0.3),
        activation_std=np.full(n, 0.5), activation_max=np.full(n, 3.0), unit_activity_first=activity, unit_activity_last=activity,
        activity_rows=(512, 512), output_shape=(32, units), where=line(5 + index),
    )  # fmt: skip


def healthy_run(**changes) -> History:
    """A small classifier (20-64-10) that learns: 256 steps, batches of 32, Adam, cross-entropy on logits; `changes` replace fields."""
    n = len(SEEN)
    first, first_parameters = linear(0, 20, 64)
    last, last_parameters = linear(2, 64, 10)
    steps = Steps(
        step=SEEN, gradient_norm=np.full(n, 0.2), gradient_norm_before=np.full(n, 0.2), rate=np.full((n, 1), 1e-3),
        update_ratio=np.full(n, 1e-3), carried_norm=np.zeros(n), optimizer=np.zeros(n, dtype=int), loss_scale=np.ones(n), backwards=np.ones(n, dtype=int),
        seconds=np.full(n, 5e-4),
    )  # fmt: skip
    places = tuple(line(number) for number in (20, 21, 22, 23, 24))
    loop = Loop(
        events=tuple(Event(kind=kind, step=1, where=place) for kind, place in zip(LOOP, places, strict=True)),
        patterns=(Pattern(kinds=LOOP, where=places, count=256, first=1, last=256),),
        forwards=256, backwards=256, zero_grads=256, steps=256, train_calls=256, backward_scale=np.ones(64),
    )  # fmt: skip
    loss = LossCall(
        name="cross_entropy", where=line(22), module="CrossEntropyLoss", calls=256, input_shape=(32, 10), target_shape=(32,),
        input_dtype="float32", target_dtype="int64", values=falling().value[:20], input_low=-3.0, input_high=3.1, input_in_unit=0.3,
        input_below_zero=0.5, producer="2", producer_type="Linear", producer_output=True, target_low=0.0, target_high=9.0, target_integral=True,
        target_distinct=10, class_counts=np.full(10, 51.0), constant_loss=float(np.log(10)), uniform_loss=float(np.log(10)),
    )  # fmt: skip
    run = History(
        source="by hand", framework="torch", depth="full", n_steps=256, n_epochs=8, curves=(falling(),), steps=steps,
        layers=(first, relu(1), last), parameters=(*first_parameters, *last_parameters),
        optimizers=(OptimizerRecord(type_name="Adam", where=line(12), steps=256, settings={"lr": 1e-3, "weight_decay": 0.0},
                                    parameters=tuple(each.path for each in (*first_parameters, *last_parameters))),),
        losses=(loss,), loop=loop, batches=healthy_batches(),
        probes=Probes(initial_loss=InitialLoss(loss=2.31, expected=float(np.log(10)), name="cross_entropy", evaluated=2.31, output_std=0.3)),
        model_name="Sequential", model_where=line(5),
    )  # fmt: skip
    return replace(run, **changes)


def healthy_batches() -> Batches:
    """Standardised inputs in shuffled order, 16 batches an epoch, each row once an epoch."""
    rng = np.random.default_rng(3)
    inputs = Channels(
        rows=512, shape=(20,), dtype="float32", mean=rng.normal(0, 0.05, 20), std=np.ones(20), low=np.full(20, -3.0), high=np.full(20, 3.0),
        nan_share=np.zeros(20), infinite_share=np.zeros(20), zero_share=np.zeros(20),
    )  # fmt: skip
    return Batches(
        sizes=np.full(256, 32.0), inputs=inputs, loader="RandomSampler", loader_settings={"batch_size": 32, "n_rows": 512},
        fingerprints=np.arange(256, dtype=np.uint64), fingerprint_batches=np.arange(256), epoch_starts=tuple(range(0, 256, 32)), row_hashes=np.arange(512, dtype=np.uint64),
        row_repeats=np.full(512, 8.0), target_order=rng.integers(0, 10, 512).astype(float),
    )  # fmt: skip


def run_without_zero_grad() -> History:
    """The same loop with `zero_grad` forgotten: gradients pile up from step to step."""
    kinds = LOOP[1:]
    healthy = healthy_run()
    pattern = Pattern(kinds=kinds, where=tuple(line(number) for number in (21, 22, 23, 24)), count=256, first=1, last=256)
    growing = 0.2 * np.sqrt(SEEN)
    carried = 0.2 * np.sqrt(SEEN - 1)
    steps = replace(healthy.steps, gradient_norm=growing, gradient_norm_before=growing, carried_norm=carried)
    return replace(healthy, steps=steps, loop=replace(healthy.loop, events=healthy.events[1:], patterns=(pattern,), zero_grads=0))


def run_that_ends_in_nan() -> History:
    """A logarithm of zero in the loss at step 40."""
    values = falling().value.copy()
    values[39:] = np.nan
    origin = NonFinite(step=40, phase="forward", value="inf", module="2", op="log", rows=(7,), input_low=0.0, input_high=1.0, replayed=True)
    return healthy_run(curves=(curve_of(values),), non_finite=origin)


def log_of_losses(train: np.ndarray, valid: np.ndarray | None = None) -> History:
    """A history as a CSV of losses gives it: curves only, one point an epoch."""
    curves = [curve_of(train, unit="epoch")]
    if valid is not None:
        curves.append(curve_of(valid, "valid", unit="epoch"))
    return History(source="losses.csv", counted="epoch", n_steps=len(train), curves=tuple(curves))
