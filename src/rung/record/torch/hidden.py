"""What a model holds without `parameters()` knowing: tensors and modules in plain attributes, lists and dictionaries."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from rung.inputs.history_model import Unregistered
from rung.record.torch.model import OWN, ModelBook
from rung.record.torch.tensors import listed


def unregistered(model: ModelBook) -> tuple[Unregistered, ...]:
    """Tensors and modules in plain attributes, lists and dictionaries of the watched modules."""
    found: list[Unregistered] = []
    for ref, name in zip(model.roots, model.root_names, strict=True):
        root = ref()
        if root is not None:
            known = {id(each) for each in root.modules()} | {id(each) for _, each in listed(root)} | {id(b) for b in root.buffers()}
            for path, module in root.named_modules():
                whole = ".".join(part for part in (name, path) if part)
                found += [each for each in _hidden(model, module, whole, known) if each.entries]
    return tuple(found)


def _hidden(model: ModelBook, module: nn.Module, path: str, known: set[int]) -> Iterator[Unregistered]:
    held = {
        id(tensor)
        for i in range(len(model.parameters))
        if (tensor := model.parameters[i].ref()) is not None and model.parameters[i].optimizer >= 0
    }
    for attribute, value in vars(module).items():
        if attribute in OWN or attribute.startswith("_rung"):
            continue
        inside = list(_flat(value))
        modules = [each for each in inside if isinstance(each, nn.Module) and id(each) not in known]
        tensors = [
            each for each in inside if isinstance(each, torch.Tensor) and each.requires_grad and each.is_leaf and id(each) not in known
        ]
        if modules:
            # Some frameworks list the parameters at the top and keep the modules in lists of their own: what is listed is trained.
            own = [each for one in modules for _, each in listed(one) if each.requires_grad and id(each) not in known]
            called = {id(sub) for one in modules for sub in one.modules()} & model.strange_calls
            yield Unregistered(
                owner=path, attribute=attribute, kind="modules", type_name=type(modules[0]).__name__, count=len(modules),
                entries=sum(each.numel() for each in own), used=bool(called) if model.strange_calls or any(b.calls for b in model.layers) else None,
                held=bool(own) and all(id(each) in held for each in own),
            )  # fmt: skip
        if tensors:
            single = isinstance(value, torch.Tensor)
            yield Unregistered(
                owner=path, attribute=attribute, kind="tensor" if single else "parameters", type_name=type(tensors[0]).__name__,
                count=len(tensors), entries=sum(each.numel() for each in tensors), used=any(each.grad is not None for each in tensors),
                held=all(id(each) in held for each in tensors),
            )  # fmt: skip


def _flat(value: object, depth: int = 0) -> Iterator[object]:
    """What a plain attribute holds, two containers deep."""
    if isinstance(value, nn.Module | torch.Tensor):
        yield value
    elif depth < 2 and isinstance(value, list | tuple | set):
        for each in list(value)[:1000]:
            yield from _flat(each, depth + 1)
    elif depth < 2 and isinstance(value, dict):
        for each in list(value.values())[:1000]:
            yield from _flat(each, depth + 1)
