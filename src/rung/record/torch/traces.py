"""Two passes of a copy side by side: the first module whose outputs differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from rung.record.torch.tensors import main_tensor

if TYPE_CHECKING:
    from rung.record.torch.model import ModelBook

Call = tuple[tuple[Any, ...], dict[str, Any]]
TOLERANCE = 1e-5  # of the largest entry: another order of summation in the same kernel stays below


def outputs_of(model: nn.Module, call: Call) -> tuple[dict[str, torch.Tensor], Any]:
    """Every module's (first) output in one pass, by path in the order in which they end, and the result."""
    kept: dict[str, torch.Tensor] = {}

    def keep(path: str) -> Any:
        def hook(_module: nn.Module, _args: Any, result: Any) -> None:
            tensor = main_tensor(result)
            if tensor is not None and tensor.is_floating_point() and path not in kept:
                kept[path] = tensor.detach().clone()

        return hook

    handles = [module.register_forward_hook(keep(path)) for path, module in model.named_modules()]
    try:
        with torch.no_grad():
            result = model(*call[0], **call[1])
    finally:
        for each in handles:
            each.remove()
    return kept, result


def differs(one: torch.Tensor, two: torch.Tensor) -> bool:
    """Whether two tensors differ by more than rounding. Tensors of other shapes do."""
    if one.shape != two.shape:
        return True
    size = float(one.abs().max()) if one.numel() else 0.0
    return bool(((one - two).abs() > TOLERANCE * size + 1e-9).any())


def first_difference(model: nn.Module, one: Call, two: Call, _book: ModelBook) -> tuple[str, str, tuple[Any, Any]]:
    """Path and class of the first module whose output differs between two calls ('' if none does), and both results."""
    left, first = outputs_of(model, one)
    right, second = outputs_of(model, two)
    types = {path: type(module).__name__ for path, module in model.named_modules()}
    path = next((path for path, tensor in left.items() if path in right and differs(tensor, right[path])), None)
    return path or "", types.get(path, "") if path is not None else "", (first, second)
