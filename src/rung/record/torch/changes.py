"""Changes to a copy of the user's model, each undoing one fault."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from rung.core.errors import Unavailable
from rung.inputs.history import History
from rung.inputs.rerun import Change

ACTIVATIONS = (nn.Softmax, nn.LogSoftmax, nn.Sigmoid, nn.Tanh, nn.ReLU, nn.Softplus, nn.Hardtanh, nn.ReLU6)
FLAT = (nn.Sigmoid, nn.Tanh)


def apply_to_model(model: nn.Module, history: History, change: Change) -> None:
    """Make the change. Raises Unavailable where the model has no such part."""
    if change.strip_activation:
        _strip(model, history)
    if change.activation:
        _replace(model, change.activation)
    if change.initialise:
        _draw_anew(model)
    if change.dropout is not None:
        for each in _dropouts(model):
            each.p = min(float(each.p), change.dropout)
    if change.unfreeze or change.sound_loop:
        for each in model.parameters():
            each.requires_grad_(True)


def held_parameters(model: nn.Module, history: History, change: Change) -> list[nn.Parameter]:
    """What the optimizer moves: what it held in the run, or everything."""
    named = dict(model.named_parameters())
    if change.unfreeze or change.sound_loop:
        found = [*named.values(), *_hidden(model)]
    else:
        held = {each.path for each in history.parameters if each.optimizer >= 0}
        found = [each for name, each in named.items() if name in held]
    return list({id(each): each for each in found if each.requires_grad}.values())


def _strip(model: nn.Module, history: History) -> None:
    """Take out the activation that made the loss's input."""
    path = next((each.producer for each in history.losses if each.phase == "train"), "")
    found = dict(model.named_modules()).get(path) if path else None
    if not isinstance(found, ACTIVATIONS):
        raise Unavailable("the activation is written into forward() and cannot be taken out of a copy")
    parent, _, name = path.rpartition(".")
    setattr(model.get_submodule(parent), name, nn.Identity())


def _replace(model: nn.Module, kind: str) -> None:
    """ReLU-like units in place of flat ones, weights drawn to suit; the last activation stays where nothing with weights follows."""
    ordered = [(name, each) for name, each in model.named_modules() if not list(each.children())]
    last = max((place for place, (_, each) in enumerate(ordered) if list(each.parameters())), default=-1)
    found = [name for place, (name, each) in enumerate(ordered) if isinstance(each, FLAT) and place < last]
    if not found:
        raise Unavailable("the activations are written into forward() and cannot be replaced in a copy")
    for path in found:
        parent, _, name = path.rpartition(".")
        setattr(model.get_submodule(parent), name, getattr(nn, kind)())
    for each in model.modules():
        if isinstance(each, nn.Linear | nn.Conv1d | nn.Conv2d):
            nn.init.kaiming_normal_(each.weight, nonlinearity="relu")
            if each.bias is not None:
                nn.init.zeros_(each.bias)


def _draw_anew(model: nn.Module) -> None:
    for each in model.modules():
        draw = getattr(each, "reset_parameters", None)
        if callable(draw):
            draw()


def _dropouts(model: nn.Module) -> Iterator[nn.Dropout]:
    for each in model.modules():
        if isinstance(each, nn.Dropout | nn.Dropout1d | nn.Dropout2d | nn.Dropout3d | nn.AlphaDropout):
            yield each  # type: ignore[misc]


def _hidden(model: nn.Module) -> Iterator[nn.Parameter]:
    """Parameters of modules that stand in plain lists and dicts of the model's modules."""
    for module in model.modules():
        for value in (held for name, held in vars(module).items() if not name.startswith("_")):
            inside = value if isinstance(value, list | tuple) else value.values() if type(value) is dict else ()
            for each in inside:
                if isinstance(each, nn.Module):
                    yield from each.parameters()
                elif isinstance(each, nn.Parameter):
                    yield each
