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


SAVED = ("_saved_self", "_saved_other", "_saved_exponent", "_saved_result", "_saved_target")
NAMES = {"LogBackward0": "log", "Log2Backward0": "log2", "Log10Backward0": "log10", "DivBackward0": "div", "SqrtBackward0": "sqrt",
         "RsqrtBackward0": "rsqrt", "ExpBackward0": "exp", "PowBackward0": "pow", "PowBackward1": "pow", "ReciprocalBackward0": "reciprocal",
         "AcosBackward0": "acos", "AsinBackward0": "asin", "AtanhBackward0": "atanh", "LogitBackward0": "logit"}  # fmt: skip
STEEP = {"SqrtBackward0": "_saved_result", "PowBackward0": "_saved_self"}


def steep_operation(loss: torch.Tensor) -> tuple[str, tuple[float, float]]:
    """The first operation behind the loss whose slope is infinite where it stands, with the range of what it gave; ('', NaN) if none is.

    A root at zero: the loss is finite and its gradient is not. Called before the backward pass, which frees what an operation kept.
    """
    waiting, seen = [loss.grad_fn], 0
    while waiting and seen < 4 * MAX_NODES:
        node = waiting.pop(0)
        seen += 1
        if node is None:
            continue
        kept = getattr(node, STEEP[node.name()], None) if node.name() in STEEP else None
        root = node.name() != "PowBackward0" or float(getattr(node, "_saved_exponent", 1)) < 1
        if isinstance(kept, torch.Tensor) and root and bool((kept == 0).any()):
            low, high = torch.aminmax(kept.detach())
            return NAMES[node.name()], (float(low), float(high))
        waiting += [each for each, _ in node.next_functions if each is not None]
    return "", (float("nan"), float("nan"))


def bad_operation(loss: torch.Tensor) -> tuple[str, tuple[float, float]]:
    """The operation nearest the model's output that can have made this loss bad, with the range of what went in; ('', NaN) if none shows.

    An operation kept what went in (or came out) for its backward pass; the last one on the way towards the output whose input lies
    outside its domain, or whose kept result is bad, is it.
    """
    waiting, found, seen = [loss.grad_fn], ("", (float("nan"), float("nan"))), 0
    while waiting and seen < 4 * MAX_NODES:
        node = waiting.pop(0)
        seen += 1
        if node is None:
            continue
        if node.name() in NAMES:
            span = _outside(node)
            if span is not None:
                found = (NAMES[node.name()], span)
        waiting += [each for each, _ in node.next_functions if each is not None]
    return found


def _outside(node: Any) -> tuple[float, float] | None:
    """Range of the tensor that is bad for this operation, None where it is not to blame."""
    for name in SAVED:
        tensor = getattr(node, name, None)
        if not isinstance(tensor, torch.Tensor) or not tensor.is_floating_point() or not tensor.numel():
            continue
        low, high = (float(each) for each in torch.aminmax(tensor.detach()))
        kind = NAMES[node.name()]
        bad = {
            "log": low <= 0, "log2": low <= 0, "log10": low <= 0, "div": name == "_saved_other" and bool((tensor == 0).any()),
            "sqrt": name == "_saved_result" and not low >= 0, "rsqrt": name == "_saved_result" and high == float("inf"),
            "exp": name == "_saved_result" and high == float("inf"), "reciprocal": name == "_saved_result" and high == float("inf"),
        }.get(kind, not bool(torch.isfinite(tensor).all()))  # fmt: skip
        if bad:
            return low, high
    return None
