"""A run of which only logged numbers are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np

from rung.inputs.history import Curve, History, Phase, Quantity


class Curves:
    """Collects numbers by name and step."""

    def __init__(self, framework: str, counted: Literal["optimizer.step", "epoch", "round"]) -> None:
        self.framework = framework
        self.counted: Literal["optimizer.step", "epoch", "round"] = counted
        self.values: dict[tuple[Phase, Quantity, str], tuple[list[int], list[float]]] = {}
        self.ended: Literal["finished", "running", "exception"] = "running"
        self.larger: dict[str, bool | None] = {}

    def log(self, phase: Phase, quantity: Quantity, name: str, step: int, value: float, *, larger: bool | None = None) -> None:
        """One number."""
        steps, values = self.values.setdefault((phase, quantity, name), ([], []))
        steps.append(step)
        values.append(float(value))
        self.larger[name] = larger

    def history(self) -> History:
        """What was logged so far."""
        unit: Literal["step", "epoch", "round"] = "step" if self.counted == "optimizer.step" else self.counted
        curves = tuple(
            Curve(
                name=name, phase=phase, quantity=quantity, step=np.array(steps, dtype=np.int64), value=np.array(values), unit=unit,
                larger_is_better=self.larger[name],
            )
            for (phase, quantity, name), (steps, values) in self.values.items()
        )  # fmt: skip
        last = max((steps[-1] for steps, _ in self.values.values()), default=0)
        return History(
            source=f"rung.callback('{self.framework}')", framework=self.framework, counted=self.counted, n_steps=last,
            n_epochs=last if unit == "epoch" else None, curves=curves, ended=self.ended,
        )  # fmt: skip


def kinds(names: Iterable[str]) -> dict[str, tuple[Phase, Quantity, bool | None]]:
    """Meaning of a boosting library's metric names: losses fall, the rest rises."""
    larger = ("auc", "aucpr", "map", "ndcg", "accuracy", "f1", "precision", "recall", "average_precision", "r2", "pre")
    return {
        name: ("train", "metric", True) if any(name.lower().startswith(word) for word in larger) else ("train", "loss", False)
        for name in names
    }
