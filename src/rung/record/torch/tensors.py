"""Small arithmetic on tensors, with one transfer from the device for many numbers."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

MAX_ENTRIES = 1 << 16  # entries of an activation that are looked at; whole rows beyond that are left out


def root(values: np.ndarray) -> float:
    """Root of the sum of squares; NaN entries are left out."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.sqrt(np.nansum(values**2)))


def norms(tensors: list[torch.Tensor]) -> list[float]:
    """L2 norm of each, in one transfer."""
    if not tensors:
        return []
    dense = [each.coalesce().values() if each.is_sparse else each.detach() for each in tensors]
    wide = [each if each.dtype in (torch.float32, torch.float64) or each.is_complex() else each.float() for each in dense]
    if len({(each.device, each.dtype) for each in wide}) == 1:
        return numbers(list(torch._foreach_norm(wide)))  # type: ignore[reportPrivateImportUsage]
    return numbers([torch.linalg.vector_norm(each) for each in wide])


def numbers(tensors: list[torch.Tensor]) -> list[float]:
    """Scalars fetched together."""
    kinds = {(each.device, each.dtype) for each in tensors}
    if len(kinds) > 1:
        device = next((each.device for each in tensors if not each.is_cpu), tensors[0].device)
        tensors = [each.to(device, torch.float64) for each in tensors]
    return torch.stack(tensors).tolist() if tensors[0].dim() == 0 else torch.cat([each.reshape(1) for each in tensors]).tolist()


def moments(flat: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of a flat tensor: two fast passes, where torch's own single pass is ten times slower."""
    mean = flat.mean()
    gap = flat - mean
    return mean, (torch.dot(gap, gap) / flat.numel()).sqrt()


def main_tensor(value: object, depth: int = 0) -> torch.Tensor | None:
    """The first floating-point tensor in what a module took or gave, else its first tensor."""
    if isinstance(value, torch.Tensor):
        return value
    if depth < 3 and isinstance(value, list | tuple | dict):
        inside = list(value.values()) if isinstance(value, dict) else value
        found = [each for each in (main_tensor(entry, depth + 1) for entry in inside[:8]) if each is not None]
        best = [each for each in found if each.is_floating_point() and each.dim()] or [each for each in found if each.is_floating_point()]
        return (best or found)[0] if found else None  # a scalar beside other tensors is a loss, not the output
    return None


def bounded(values: torch.Tensor, most: int = MAX_ENTRIES) -> torch.Tensor:
    """As 32 or 64-bit numbers, whole rows left out beyond so many entries."""
    if values.numel() > most and values.dim() > 1 and values.shape[0] > 1:
        values = values[: max(1, most * values.shape[0] // values.numel())]
    return values if values.dtype in (torch.float32, torch.float64) else values.float()


def listed(module: nn.Module, *, recurse: bool = True) -> list[tuple[str, nn.Parameter]]:
    """Names and parameters that torch itself lists. A module's own `parameters()` may do more than list: Keras registers what it finds at the first call."""
    return list(nn.Module.named_parameters(module, recurse=recurse))


def compiled(module: nn.Module) -> bool:
    """Whether the inside of a module is compiled, so that its parts are never called one by one."""
    return module._compiled_call_impl is not None or type(module).__name__ in ("OptimizedModule", "RecursiveScriptModule")
