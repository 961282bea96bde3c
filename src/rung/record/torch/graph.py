"""Reads the graph of a loss that was built by hand: did two shapes stretch against each other?"""

from __future__ import annotations

from typing import Any

import torch

MAX_NODES = 64
BINARY = ("SubBackward0", "AddBackward0", "MulBackward0", "DivBackward0", "PowBackward1", "MaximumBackward0", "RsubBackward0")


def stretched(loss: torch.Tensor) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], tuple[int, ...]] | None:
    """Shapes ((prediction, other side), result) of the first operation near the loss whose result is larger than its side with gradients.

    (N, 1) against (N,) gives (N, N): the other side is told from the result. Scalars and added batch dimensions of size 1 are no such thing.
    """
    waiting: list[Any] = [loss.grad_fn]
    for _ in range(MAX_NODES):
        node = waiting.pop(0) if waiting else None
        if node is None:
            return None
        found = _stretches(node) if node.name() in BINARY else None
        if found is not None:
            return found
        waiting += [each for each, _ in node.next_functions if each is not None]
    return None


def _stretches(node: Any) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], tuple[int, ...]] | None:
    result = _shape(node, 0)
    sides = [_shape(each, place) for each, place in node.next_functions if each is not None]
    if len(result) != 2 or result[0] != result[1] or result[0] < 2 or len(sides) != 1:
        return None
    if sides[0] == (result[0], 1):
        return (sides[0], (result[1],)), result
    if sides[0] == (result[0],):
        return (sides[0], (result[0], 1)), result
    return None


def _shape(node: Any, place: int) -> tuple[int, ...]:
    """Shape of an operation's result, () where the graph does not tell."""
    known = getattr(node, "_input_metadata", None)
    return tuple(known[place].shape) if known and place < len(known) else ()
