"""A training run at a glance: losses with events, gradient flow by depth, activations, weights, time line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from rung.core.evidence import Evidence, Line, Lines, Ranking
from rung.facts.run_charts import loss_chart, series_chart
from rung.inputs.history import History
from rung.inputs.history_model import Layer

Floats = NDArray[np.float64]
MAX_EVENTS, MAX_SERIES = 40, 5
NOTABLE = ("exception", "load", "step-skipped")


def training_overview(history: History | None) -> tuple[Evidence, ...]:
    """Charts of the run itself, whatever its findings; () without one."""
    if history is None:
        return ()
    shown: list[Evidence] = [
        *loss_chart(history, events=_marks(history), reading="Training and validation loss; marks are what happened to the run.")
    ]
    shown += _gradient_flow(history)
    shown += _over_time(history, "Spread of activations", "standard deviation", lambda layer: layer.activation_std)
    shown += _over_time(history, "Weights against their start", "norm, 1 at the start", lambda layer: _relative(layer.weight_norm))
    return (*shown, *_time_line(history))


def _marks(history: History) -> list[tuple[float, str]]:
    """Events worth a mark on the loss: what broke, and changes of the learning rate."""
    marks = [(float(each.step), each.kind) for each in history.events if each.kind in NOTABLE][:6]
    if history.non_finite is not None:
        marks.append((float(history.non_finite.step), history.non_finite.value))
    rates = history.curve("train", "rate")
    if rates is not None and 1 < rates.value.size <= 8:
        marks += [(float(step), f"rate {value:.3g}") for step, value in zip(rates.step[1:], rates.value[1:], strict=True)]
    return sorted(marks)[:12]


def _called(history: History) -> list[Layer]:
    return [layer for layer in history.layers if layer.order >= 0]


def _gradient_flow(history: History) -> Iterator[Evidence]:
    """Root mean square gradient of each layer's parameters, early and late, from the input to the output."""
    layers = [layer for layer in _called(history) if layer.gradient_norm.size and layer.n_parameters]
    if len(layers) < 2:
        return
    lines = []
    for name, part in (("first looks", slice(0, 8)), ("last looks", slice(-8, None))):
        levels = [_median(layer.gradient_norm[part]) / np.sqrt(layer.n_parameters) for layer in layers]
        known = [(float(place), float(level)) for place, level in enumerate(levels, 1) if np.isfinite(level) and level > 0]
        if known:
            lines.append(Line(name=name, x=tuple(x for x, _ in known), y=tuple(y for _, y in known)))
    if lines:
        yield Lines(
            title="Gradient flow by depth", x_label="layer with parameters, from the input", y_label="gradient, root mean square", lines=tuple(lines),
            log_y=True, reading=f"From '{layers[0].path}' (1) to '{layers[-1].path}' ({len(layers)}); a steep slope means that one end learns and the other rests.",
        )  # fmt: skip


def _over_time(history: History, title: str, y_label: str, values: Callable[[Layer], NDArray[np.float64]]) -> Iterator[Evidence]:
    """One line for each of up to five layers, spread over the depth."""
    found = [(layer.path or history.model_name, values(layer)) for layer in _called(history)]
    usable = [(name, each) for name, each in found if each.size == history.steps.step.size and np.isfinite(each).sum() > 1]
    if usable and history.steps.step.size > 2:
        places = sorted({round(i * (len(usable) - 1) / max(1, MAX_SERIES - 1)) for i in range(MAX_SERIES)})
        chosen = {usable[place][0]: usable[place][1] for place in places}
        yield series_chart(
            title, y_label, history.steps.step.tolist(), chosen, "Layers spread over the depth, at the steps that were looked at."
        )


def _relative(norms: Floats) -> Floats:
    known = norms[np.isfinite(norms) & (norms > 0)]
    return norms / known[0] if known.size else norms[:0]


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def _time_line(history: History) -> Iterator[Evidence]:
    """The first steps in full, then what changed."""
    events = history.events
    if not events:
        return
    rows = tuple(
        (each.step, each.kind, each.detail, f"{each.where.file.rpartition('/')[2]}:{each.where.line}" if each.where else "")
        for each in events[:MAX_EVENTS]
    )
    more = f" {len(events) - MAX_EVENTS} more events are in the history." if len(events) > MAX_EVENTS else ""
    yield Ranking(
        title="Time line", columns=("step", "event", "detail", "line"), rows=rows, reading=f"In the order in which it happened.{more}"
    )
