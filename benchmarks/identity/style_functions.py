"""Decorators, closures, generators, comprehensions, annotations, nested functions, star arguments."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Box:
    values: np.ndarray
    notes: list[str] = field(default_factory=list)

    def __getitem__(self, key):
        return self.values[key]

    @property
    def centred(self) -> np.ndarray:
        return self.values - self.values.mean(axis=0)

    def __matmul__(self, other: Box) -> np.ndarray:
        return self.values @ other.values.T


@functools.lru_cache
def ladder(n: int, *rest: int, step: int = 1) -> tuple[int, ...]:
    return tuple(range(0, n, step)) + rest


def stepwise(table: np.ndarray):
    for row in table:
        yield row[0] + row[-1]


box = Box(np.arange(30.0).reshape(10, 3))
first, *middle, last = box[2:6]
print(first, len(middle), last, box[..., 0][:2], box[:, None, 1].shape, box[box.values[:, 0] > 20, 1:])
print({key: value[0] for key, value in {"a": [1, 2], "b": (3,)}.items()}, [row[0] for row in box.values], ladder(6, 9, step=2))
print(sum(stepwise(box.values)), (lambda x: x[::-1])([1, 2, 3]), "abc"[1] + "d" * 2, [1, 2] + [3], 3 - 1, {1} - {2})
total = 0
for i in range(4):
    for j in range(3):
        total += box.values[i][j] * 2 - 1
box.values[0] -= 5
box.values[1:3, 0] = box.values[1:3, 1] / 2
x = y = box.values[:2]
print(total, x is y, box.centred.sum(), (box @ box).trace(), f"{box.values[0, 0]:.2f} {ladder(3)[1]!r}", box.values.max(axis=1)[:3] == 5)
assert box.values.shape[0] - 1 == 9, "rows"
