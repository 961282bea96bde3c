"""The loss of every step, read without slowing a GPU: there, values are left on the device and fetched together."""

from __future__ import annotations

import math

import torch

from rung.record.torch.series import Series

FETCH_EVERY = 32  # steps between transfers from a GPU


class Values:
    """Training losses a step and optimizer, and validation losses a pass."""

    def __init__(self) -> None:
        self.train: dict[int, Series] = {}
        self.valid = Series("valid/loss", "valid")
        self.cycle: list[float | torch.Tensor] = []
        self._waiting: list[tuple[int, int, list[float | torch.Tensor]]] = []
        self._pass: list[tuple[float | torch.Tensor, int]] = []

    def read(self, loss: torch.Tensor) -> float | None:
        """The value of a loss on which backward is called; None where it stays on its device for now."""
        if loss.is_cpu:
            value = loss.item()
            self.cycle.append(value)
            return value  # type: ignore[return-value]
        self.cycle.append(loss.detach())
        return None

    def read_valid(self, loss: torch.Tensor, rows: int) -> None:
        """The loss of one validation batch."""
        if loss.numel() == 1:
            self._pass.append((loss.item() if loss.device.type == "cpu" else loss.detach(), max(1, rows)))

    def drop(self) -> None:
        """The step was left out: its losses are not part of the curve."""
        self.cycle.clear()

    def step(self, step: int, number: int) -> None:
        """A step was taken: what was read since the last belongs to it."""
        cycle = self.cycle
        if len(cycle) == 1 and type(cycle[0]) is float and number in self.train:
            self.train[number].append(step, cycle[0])
            cycle.clear()
            return
        if not cycle:
            return
        if all(isinstance(each, float) for each in self.cycle):
            self._append(step, number, self.cycle)  # type: ignore[arg-type]
        else:
            self._waiting.append((step, number, self.cycle))
            if len(self._waiting) >= FETCH_EVERY:
                self.flush()
        self.cycle = []

    def _append(self, step: int, number: int, values: list[float]) -> None:
        series = self.train.get(number)
        if series is None:
            name = "train/loss" if not self.train else f"train/loss of optimizer {number}"
            series = self.train[number] = Series(name, "train")
        series.append(step, values[0] if len(values) == 1 else math.fsum(values) / len(values))

    def flush(self) -> None:
        """Fetch what still lies on a device."""
        waiting, self._waiting = self._waiting, []
        tensors = [each for _, _, values in waiting for each in values if isinstance(each, torch.Tensor)]
        fetched = iter(torch.stack([each.float().reshape(()) for each in tensors]).tolist() if tensors else [])
        for step, number, values in waiting:
            self._append(step, number, [next(fetched) if isinstance(each, torch.Tensor) else each for each in values])

    def valid_over(self, step: int) -> None:
        """A validation pass ended: its mean loss, weighted by rows, is one point."""
        if self._pass:
            values = [float(value) for value, _ in self._pass]
            rows = [count for _, count in self._pass]
            self.valid.append(step, sum(value * count for value, count in zip(values, rows, strict=True)) / sum(rows))
            self._pass = []

    def last_finite(self) -> bool:
        """Whether the last readings, as far as they are fetched, are finite."""
        return all(math.isfinite(series.last) for series in self.train.values())
