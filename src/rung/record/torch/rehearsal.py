"""The first batch, kept so that the step can be rehearsed on copies: the model's call, its loss, its target."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from rung.record.torch.copies import MAX_COPY, detached
from rung.record.torch.feed import first_tensor
from rung.record.torch.relation import Step, follow
from rung.record.torch.tensors import listed, main_tensor

MAX_KEPT = 64 << 20  # bytes of initial weights, and of the batch, that are kept for probes


@dataclass(slots=True)
class Rehearsal:
    """What is needed to take a forward pass and its loss again.

    args, kwargs : of the model's call.   target, loss, settings : of the loss call; `loss` is '' where none was seen.
    steps : from the output to the loss's input, None where they cannot be told.   inside : the model returns its loss itself.
    first_loss : as the loop saw it.   state : initial weights and buffers, None where they would be too large.
    """

    model: nn.Module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    training: bool
    state: dict[str, torch.Tensor] | None = None
    loss: str = ""
    target: torch.Tensor | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] | None = None
    inside: bool = False
    first_loss: float = float("nan")

    @property
    def rows(self) -> int:
        """Size of the batch."""
        given = first_tensor(self.args, self.kwargs)
        return 0 if given is None or not given.dim() else given.shape[self.axis]

    @property
    def axis(self) -> int:
        """The batch axis of the input: 0, but 1 where only that one agrees with the target's rows."""
        given, target = first_tensor(self.args, self.kwargs), self.target
        if (
            given is None
            or target is None
            or given.dim() < 2
            or not target.dim()
            or target.shape[0] in (given.shape[0], given.numel() // max(1, given.shape[-1]))
        ):
            return 0
        return 1 if given.shape[1] == target.shape[0] else 0

    def batch(self, change: Any = None) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments, every batch-sized tensor in them changed by a function where one is given."""
        rows, axis = self.rows, self.axis

        def mapped(value: Any, depth: int = 0) -> Any:
            if isinstance(value, torch.Tensor):
                return change(value) if change is not None and value.dim() > axis and value.shape[axis] == rows else value
            if depth < 4 and type(value) in (list, tuple):
                return type(value)(mapped(each, depth + 1) for each in value)
            return {key: mapped(each, depth + 1) for key, each in value.items()} if depth < 4 and type(value) is dict else value

        return mapped(self.args), mapped(self.kwargs)

    def loss_of(self, result: Any, target: torch.Tensor | None = None) -> torch.Tensor | None:
        """The loss of what the model returned, None where it cannot be told how the loop gets it."""
        if self.inside:
            return own_loss(result)
        output = main_tensor(result)
        if self.steps is None or output is None or not self.loss:
            return None
        goal = self.target if target is None else target
        given = follow(output, self.steps, output.shape[0] if output.dim() else 1)
        return getattr(functional, self.loss)(given, goal, **self.settings)

    def initial(self) -> nn.Module | None:
        """A copy of the model with its initial weights."""
        if self.state is None:
            return None
        made = copy.deepcopy(self.model)
        made.load_state_dict(self.state)
        made.zero_grad(set_to_none=True)
        return made


def own_loss(result: Any) -> torch.Tensor | None:
    """The loss that a model returns itself: `.loss`, ['loss'], or a first scalar."""
    found = result.get("loss") if hasattr(result, "get") else getattr(result, "loss", None)
    if found is None and isinstance(result, tuple) and result and isinstance(result[0], torch.Tensor) and not result[0].dim():
        found = result[0]
    return found if isinstance(found, torch.Tensor) and found.numel() == 1 else None


def rehearsal_of(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Rehearsal | None:
    """Keep the first call of a model, with its initial weights; None where the batch is too large to keep."""
    given = first_tensor(args, kwargs)
    if given is None or given.numel() * given.element_size() > MAX_KEPT:
        return None
    made = Rehearsal(module, detached(args), detached(kwargs), module.training)
    size = sum(each.numel() * each.element_size() for each in (*(one for _, one in listed(module)), *module.buffers()))
    if size <= min(MAX_KEPT, MAX_COPY) and not any(nn.parameter.is_lazy(each) for _, each in listed(module)):
        made.state = {
            name: value.detach().clone() if isinstance(value, torch.Tensor) else value for name, value in module.state_dict().items()
        }
    return made
