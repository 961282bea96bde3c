"""How the input of a loss came from the model's output: a short chain of operations that can be taken again on another output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

Step = tuple[str, tuple[Any, ...]]
MAX_STEPS = 12
PLAIN: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "SigmoidBackward0": torch.sigmoid, "TanhBackward0": torch.tanh, "ExpBackward0": torch.exp, "LogBackward0": torch.log,
    "ReluBackward0": torch.relu, "NegBackward0": torch.neg, "AbsBackward0": torch.abs, "SqueezeBackward0": torch.squeeze, "TBackward0": torch.t,
    "CloneBackward0": lambda x: x, "AliasBackward0": lambda x: x,
}  # fmt: skip
SAVED: dict[str, tuple[str, ...]] = {
    "SoftmaxBackward0": ("_saved_dim",), "LogSoftmaxBackward0": ("_saved_dim",), "SqueezeBackward1": ("_saved_dim",),
    "UnsqueezeBackward0": ("_saved_dim",), "TransposeBackward0": ("_saved_dim0", "_saved_dim1"), "PermuteBackward0": ("_saved_dims",),
    "SelectBackward0": ("_saved_dim", "_saved_index"), "SliceBackward0": ("_saved_dim", "_saved_start", "_saved_end", "_saved_step"),
}  # fmt: skip
APPLY: dict[str, Callable[..., torch.Tensor]] = {
    "SoftmaxBackward0": torch.softmax, "LogSoftmaxBackward0": torch.log_softmax, "SqueezeBackward1": torch.squeeze,
    "UnsqueezeBackward0": torch.unsqueeze, "TransposeBackward0": torch.transpose, "PermuteBackward0": torch.permute,
    "SelectBackward0": torch.select,
}  # fmt: skip
SHAPES = ("ViewBackward0", "UnsafeViewBackward0", "ReshapeAliasBackward0", "ExpandBackward0")


def relation(given: torch.Tensor, output: torch.Tensor, rows: int) -> tuple[Step, ...] | None:
    """The steps from a model's output to a loss's input, in the order in which they are taken; None where they cannot be told.

    rows : size of the batch, so that a reshape can be taken again with another one.
    """
    if given is output:
        return ()
    end, node, steps = output.grad_fn, given.grad_fn, []
    for _ in range(MAX_STEPS):
        if node is None:
            return None
        if node is end:
            return tuple(reversed(steps))
        step = _step(node, rows)
        parents = [each for each, _ in node.next_functions if each is not None]
        if step is None or len(parents) != 1:
            return None
        steps.append(step)
        node = parents[0]
    return None


def _step(node: Any, rows: int) -> Step | None:
    name = node.name()
    if name in PLAIN:
        return (name, ())
    if name in SAVED:
        return (name, tuple(_signed(getattr(node, each)) for each in SAVED[name]))
    if name in SHAPES:
        shape = tuple(node._input_metadata[0].shape)
        first = ("rows", shape[0] // rows) if shape and rows and shape[0] % rows == 0 else ("fixed", shape[0] if shape else 0)
        return ("reshape", (first, shape[1:]))
    return ("float", ()) if name == "ToCopyBackward0" else None


def _signed(value: Any) -> Any:
    """Saved dimensions below zero come as huge unsigned numbers."""
    if isinstance(value, tuple | list):
        return tuple(_signed(each) for each in value)
    return value - 2**64 if isinstance(value, int) and value >= 2**63 else value


def follow(output: torch.Tensor, steps: tuple[Step, ...], rows: int) -> torch.Tensor:
    """Take the steps on another output of the same model. Raises what torch raises where they do not fit."""
    for name, details in steps:
        if name in PLAIN:
            output = PLAIN[name](output)
        elif name == "reshape":
            (kind, factor), rest = details
            output = output.reshape((rows * factor if kind == "rows" else factor, *rest) if rest or factor else ())
        elif name == "float":
            output = output.float()
        elif name == "SliceBackward0":
            axis, start, end, step = details
            places = [slice(None)] * output.dim()
            places[axis] = slice(start, None if end > output.shape[axis] else end, step)
            output = output[tuple(places)]
        else:
            output = APPLY[name](output, *details)
    return output
