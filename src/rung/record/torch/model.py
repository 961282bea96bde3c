"""The watched model: its roots, layers and parameters, and what it holds without `parameters()` knowing."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.optim.optimizer import Optimizer

from rung.core.finding import Where
from rung.record.torch.places import made_at
from rung.record.torch.tensors import listed

MAX_LAYERS = 512
MAX_PARAMETERS = 2_000
MAX_SAMPLE = 65_536  # entries of a parameter that are compared before and after a step
OWN = frozenset(("_parameters", "_modules", "_buffers", "_backward_hooks", "_forward_hooks", "_forward_pre_hooks", "_state_dict_hooks"))


@dataclass(slots=True)
class LayerBook:
    """What is known of one layer besides its frames."""

    path: str
    type_name: str
    ref: weakref.ref[nn.Module] | None
    where: Where | None
    order: int = -1
    calls: int = 0
    settings: dict[str, float | str | bool | None] = field(default_factory=dict)
    own: list[int] = field(default_factory=list)
    cut: bool = False
    train_calls: int = 0
    train_in_train: int = 0
    valid_calls: int = 0
    valid_in_train: int = 0
    output_shape: tuple[int, ...] = ()
    first_activity: Any = None
    first_rows: int = 0
    last_activity: list[tuple[Any, int]] = field(default_factory=list)


@dataclass(slots=True)
class ParameterBook:
    """What is known of one parameter besides its frames. The tensor is held weakly."""

    path: str
    layer: str | None
    ref: weakref.ref[torch.Tensor]
    shape: tuple[int, ...]
    dtype: str
    requires_grad: bool
    tied_to: str = ""
    optimizer: int = -1
    group: int = -1
    weight_decay: float = 0.0
    initial: tuple[float, float, float, bool] = (float("nan"), float("nan"), float("nan"), False)
    sparse: bool = False


class ModelBook:
    """Finds the model by itself where none was given: the outermost called module with something to train."""

    def __init__(self, models: tuple[nn.Module, ...] = ()) -> None:
        self.given = bool(models)
        self.roots: list[weakref.ref[nn.Module]] = []
        self.root_names: list[str] = []
        self.root_wheres: list[Where | None] = []
        self._known: dict[int, tuple[weakref.ref[nn.Module], bool]] = {}
        self.layers: list[LayerBook] = []
        self.layer_index: dict[int, int] = {}
        self.parameters: list[ParameterBook] = []
        self.parameter_index: dict[int, int] = {}
        self.strange_calls: set[int] = set()
        self.trainable_entries = 0
        self.notes: list[str] = []
        self.main: nn.Module | None = None  # the model, where there is but one: known at a glance
        self._cold: dict[int, weakref.ref[nn.Module]] = {}
        self.held: list[nn.Module] = []  # the two models used last, so that what a function trained can still be asked when it returned
        for model in models:
            self._admit(model)

    @property
    def size(self) -> int:
        """Rows of a frame: layers and parameters."""
        return len(self.layers) + len(self.parameters)

    def is_root(self, module: nn.Module) -> bool:
        """Whether this outermost call is one of the watched model's; decided at the first call that has gradients on."""
        known = self._known.get(id(module))
        if known is not None and known[0]() is module:
            return known[1]
        if not torch.is_grad_enabled():
            return False  # a teacher or an average is never called otherwise; a model is decided upon when it learns
        wanted = not self.given and any(each.requires_grad for _, each in listed(module)) and not isinstance(module, nn.modules.loss._Loss)
        if wanted:
            self._admit(module)
        elif not lists_late(module):
            self._known[id(module)] = (weakref.ref(module), False)
        return wanted

    def is_cold(self, module: nn.Module) -> bool:
        """Whether this is a part that an optimizer moves, in training mode, and that is called without gradients: it can never learn."""
        known = self._cold.get(id(module))
        if known is not None and known() is module:
            return True
        if (
            torch.is_grad_enabled()
            or not module.training
            or id(module) in self._known
            or not any(self._is_nameless(each) for _, each in listed(module))
        ):
            return False
        self._cold[id(module)] = weakref.ref(module)
        self._register(module, f"{self._name(module)}.")
        return True

    def _is_nameless(self, tensor: torch.Tensor) -> bool:
        """Whether an optimizer holds it and no module is known to."""
        known = self.parameter_index.get(id(tensor))
        return known is not None and self.parameters[known].ref() is tensor and self.parameters[known].layer is None

    def is_known_root(self, module: nn.Module) -> bool:
        """Whether it is one already; a watched model's wrapper counts."""
        known = self._known.get(id(module))
        return known is not None and known[1] and known[0]() is module

    def _admit(self, module: nn.Module) -> None:
        prefix = f"{self._name(module)}." if self.roots else ""
        self._known[id(module)] = (weakref.ref(module), True)
        self.roots.append(weakref.ref(module))
        self.held = [*self.held[-1:], module]
        self.main = module if len(self.roots) == 1 else None
        self.root_names.append(prefix.rstrip("."))
        self.root_wheres.append(made_at(module, None, ""))
        if id(module) not in self._cold:
            self._register(module, prefix)

    def _register(self, module: nn.Module, prefix: str) -> None:
        self._register_layers(module, prefix)
        self._register_parameters(module, prefix)
        self.trainable_entries = sum(_size(each) for each in self.parameters if each.requires_grad and not each.tied_to)

    def _name(self, module: nn.Module) -> str:
        taken = set(self.root_names)
        name = type(module).__name__
        return next(each for each in (name, *(f"{name}{i}" for i in range(2, 1000))) if each not in taken)

    def _register_layers(self, root: nn.Module, prefix: str) -> None:
        parents = {id(child): (parent, name) for parent in root.modules() for name, child in parent.named_children()}
        for path, module in root.named_modules():
            own = bool(listed(module, recurse=False))
            if (next(module.children(), None) is not None and not own) or len(self.layers) >= MAX_LAYERS:
                continue
            owner, attribute = parents.get(id(module), (None, ""))
            self.layer_index[id(module)] = len(self.layers)
            self.layers.append(LayerBook(
                prefix + path, type(module).__name__, weakref.ref(module), made_at(module, owner, attribute), settings=settings_of(module)
            ))  # fmt: skip

    def _register_parameters(self, root: nn.Module, prefix: str) -> None:
        for path, module in root.named_modules():
            for name, each in listed(module, recurse=False):
                whole = f"{prefix}{path}.{name}" if path else prefix + name
                self._add_parameter(each, whole, prefix + path, id(module))

    def _add_parameter(self, tensor: torch.Tensor, path: str, layer: str | None, owner: int | None) -> None:
        if len(self.parameters) >= MAX_PARAMETERS or nn.parameter.is_lazy(tensor):
            return
        known = self.parameter_index.get(id(tensor))
        if known is not None and self.parameters[known].ref() is tensor:
            earlier = self.parameters[known]
            if earlier.layer is None and owner is not None:
                # A schedule or a closure made its optimizer known before the model was called: now the tensor has a name.
                earlier.path, earlier.layer = path, layer
                if owner in self.layer_index:
                    self.layers[self.layer_index[owner]].own.append(known)
                return
            tied = earlier.path
        else:
            tied = ""
            self.parameter_index[id(tensor)] = len(self.parameters)
        book = ParameterBook(
            path, layer, weakref.ref(tensor), tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."), tensor.requires_grad, tied,
            initial=_initial(tensor),
        )  # fmt: skip
        if owner is not None and owner in self.layer_index:
            self.layers[self.layer_index[owner]].own.append(len(self.parameters))
        self.parameters.append(book)

    def adopt(self, optimizer: Optimizer, number: int) -> None:
        """Note which parameters an optimizer holds; those that no module lists are added under its name."""
        for group_number, group in enumerate(optimizer.param_groups):
            for place, each in enumerate(group["params"]):
                known = self.parameter_index.get(id(each))
                if known is None or self.parameters[known].ref() is not each:
                    self._add_parameter(each, f"optimizer{number}.group{group_number}[{place}]", None, None)
                    known = self.parameter_index.get(id(each))
                if known is not None:
                    book = self.parameters[known]
                    book.optimizer, book.group = number, group_number
                    book.weight_decay = float(group.get("weight_decay", 0.0) or 0.0)

    def owns(self, tensor: torch.Tensor) -> bool:
        """Whether a watched module lists this parameter."""
        known = self.parameter_index.get(id(tensor))
        return known is not None and self.parameters[known].layer is not None

    def path_of(self, tensor: torch.Tensor) -> str:
        """Its dotted name, '' where it is beyond what is kept."""
        known = self.parameter_index.get(id(tensor))
        return self.parameters[known].path if known is not None else ""

    def trainable(self) -> Iterator[tuple[str, torch.Tensor]]:
        """The trainable parameters that the watched modules list."""
        for each in self.parameters:
            tensor = each.ref()
            if each.layer is not None and each.requires_grad and tensor is not None and not each.tied_to:
                yield each.path, tensor

    def members(self, number: int) -> list[tuple[int, torch.Tensor]]:
        """Index and tensor of what an optimizer holds."""
        found = [(i, each.ref()) for i, each in enumerate(self.parameters) if each.optimizer == number and not each.tied_to]
        return [(i, tensor) for i, tensor in found if tensor is not None]

    def looked_at(self, number: int) -> list[tuple[int, torch.Tensor]]:
        """What an optimizer holds and, with the first one, what no optimizer holds though it is trainable: its gradient is the proof."""
        found = self.members(number)
        if number == 0:
            loose = [
                (i, each) for i, each in enumerate(self.parameters) if each.optimizer < 0 and each.layer is not None and not each.tied_to
            ]
            found += [(i, tensor) for i, each in loose if each.requires_grad and (tensor := each.ref()) is not None]
        return found


def lists_late(module: nn.Module) -> bool:
    """Whether it may list its parameters later, when it is built, by a method of its own. Its parts are no models then."""
    return type(module).named_parameters is not nn.Module.named_parameters


SETTINGS = (
    "p", "negative_slope", "dim", "num_features", "momentum", "eps", "affine", "track_running_stats", "in_features", "out_features",
    "in_channels", "out_channels", "kernel_size", "stride", "padding", "groups", "num_heads", "batch_first", "dropout", "hidden_size",
    "num_layers", "bidirectional", "nonlinearity", "normalized_shape", "num_embeddings", "embedding_dim", "padding_idx", "alpha", "inplace",
    "num_groups", "start_dim", "end_dim",
)  # fmt: skip


def settings_of(module: nn.Module) -> dict[str, float | str | bool | None]:
    """A module's plain constructor values."""
    from rung.record.torch.movers import plain

    found = {
        name: plain(value) for name in SETTINGS if not isinstance(value := getattr(module, name, ...), type(...) | torch.Tensor | nn.Module)
    }
    if "bias" in module._parameters:
        found["bias"] = module._parameters["bias"] is not None
    return found


def sampled(tensor: torch.Tensor) -> torch.Tensor:
    """A copy of at most 65,536 entries, evenly spread."""
    flat = tensor.detach().reshape(-1)
    return flat.clone() if flat.numel() <= MAX_SAMPLE else flat[:: -(-flat.numel() // MAX_SAMPLE)].clone()


def _initial(tensor: torch.Tensor) -> tuple[float, float, float, bool]:
    if not tensor.is_floating_point() or not tensor.numel() or tensor.is_meta:
        return (float("nan"), float("nan"), float("nan"), False)
    values = sampled(tensor).float()
    spread, mean = torch.std_mean(values, correction=0)
    low, high = torch.aminmax(values)
    numbers = torch.stack([mean, spread, torch.maximum(high, -low), high - low]).tolist()
    return (numbers[0], numbers[1], numbers[2], values.numel() > 1 and numbers[3] == 0)


def _size(book: ParameterBook) -> int:
    size = 1
    for each in book.shape:
        size *= each
    return size
