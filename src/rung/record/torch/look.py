"""A close look at one step: statistics of every layer and parameter, fetched from the device in one transfer."""

from __future__ import annotations

import math
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from rung.record.torch.graph import steep_operation
from rung.record.torch.model import LayerBook, sampled
from rung.record.torch.ops import OpsMode
from rung.record.torch.places import spot, where
from rung.record.torch.tensors import bounded, compiled, main_tensor, moments, norms, numbers, root

if TYPE_CHECKING:
    from rung.record.torch.recorder import Recorder

MAX_UNITS = 4_096
WINDOW = 8  # looks over which a unit's activity is added up
COLUMNS = ("activation_mean", "activation_std", "activation_max", "zero_share", "saturated_share", "input_mean", "input_std")
SATURATES = {"Tanh": (-0.99, 0.99), "Sigmoid": (0.01, 0.99), "Softsign": (-0.99, 0.99), "Hardtanh": (-0.9999, 0.9999)}
RECTIFIES = frozenset(("ReLU", "ReLU6", "Threshold", "Hardswish", "Hardsigmoid", "GELU", "SiLU", "Mish", "ELU", "CELU", "SELU", "LeakyReLU",
                       "PReLU", "RReLU", "Softplus", "Softshrink", "Hardshrink", "GLU"))  # fmt: skip
NOTHING = torch.tensor(math.nan)


class Look:
    """What one step showed. `close` turns what was gathered into plain arrays."""

    def __init__(self, recorder: Recorder, step: int, phase: str = "train") -> None:
        self.recorder, self.step, self.phase = recorder, step, phase
        self.begun = perf_counter()
        self.layer_stats: dict[int, list[torch.Tensor]] = {}
        self.layers = np.empty((0, len(COLUMNS)))
        self.parameters = np.empty((0, 5))  # norm, gradient norm, update ratio, changed, gradient norm before clipping
        self.total = {"gradient": math.nan, "before": math.nan, "ratio": math.nan, "carried": math.nan}
        self.optimizer = 0
        self.rates: list[float] = []
        self.loss_scale = 1.0
        self.backwards = 0
        self.outputs: dict[int, str] = {}
        self.last_path = ""
        self.stack: list[tuple[str, str]] = []  # class and path of the modules that are running
        self.mode: OpsMode | None = None
        self._moments: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
        self._seen: set[int] = set()
        self._carried: dict[int, float] | None = None
        self._clip: tuple[list[int], list[float]] | None = None
        self._entries = 0  # of all gradients before clipping
        self._before: list[torch.Tensor] = []
        self._gradients: tuple[list[int], list[float]] = ([], [])
        if recorder.movers.backward_counts:  # nobody says when the update begins: it lies between two backward passes
            self._before = [sampled(tensor) for each in recorder.model.parameters if (tensor := each.ref()) is not None]
        self.steep: tuple[str, tuple[float, float]] = ("", (math.nan, math.nan))  # an operation whose slope is infinite

    # forward

    def outermost(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        """Call the model with an eye on its modules and on the functions that it calls."""
        self._seen.clear()
        if compiled(module):
            from rung.record.torch.recorder import run
            from rung.record.torch.taps import TAP

            TAP.open = False
            return run(module, args, kwargs)
        self.mode = OpsMode(self)
        with self.mode:
            return self.inner(module, args, kwargs)

    def inner(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
        """A module within the model is called."""
        from rung.record.torch.recorder import run

        model = self.recorder.model
        index = model.layer_index.get(id(module))
        known = index is not None and (ref := model.layers[index].ref) is not None and ref() is module
        if not known:
            model.strange_calls.add(id(module))
            return run(module, args, kwargs)
        assert index is not None
        book = model.layers[index]
        if book.order < 0:
            book.order = sum(each.order >= 0 for each in model.layers)
        self.stack.append((book.type_name, book.path))
        try:
            result = run(module, args, kwargs)
        finally:
            self.stack.pop()
        with torch._C.DisableTorchFunction():
            self._note(index, book, module.training, args, result)
        return result

    def _note(self, index: int, book: LayerBook, training: bool, args: tuple[Any, ...], result: object) -> None:
        """Statistics of one call; an error of rung's own is noted and passed over."""
        try:
            self.last_path = book.path
            if self.phase == "train":
                book.train_calls += 1
                book.train_in_train += training
                tensor = main_tensor(result)
                if tensor is not None:
                    self.outputs[tensor.data_ptr()] = book.path
                    if index not in self._seen:
                        self._seen.add(index)
                        self._learn(index, book, args, tensor)
            else:
                book.valid_calls += 1
                book.valid_in_train += training
        except Exception as error:
            self.recorder.lost(f"layer '{book.path}': {type(error).__name__}: {error}")

    def _learn(self, index: int, book: LayerBook, args: tuple[Any, ...], tensor: torch.Tensor) -> None:
        book.calls = max(book.calls, 1)
        book.output_shape = book.output_shape or tuple(tensor.shape)
        given = main_tensor(args)
        trains = any(self.recorder.model.parameters[i].requires_grad for i in book.own) or (given is not None and given.requires_grad)
        if trains and not tensor.requires_grad and tensor.is_floating_point() and torch.is_grad_enabled():
            book.cut = True
        if tensor.is_floating_point() and tensor.numel():
            self.layer_stats[index] = self.statistics(book, tensor.detach(), given)

    def function(self, name: str, type_name: str, given: torch.Tensor, result: torch.Tensor) -> None:
        """An activation function without a module: a layer of its own, named after the module called before it."""
        if self.phase != "train":
            return
        model = self.recorder.model
        path = f"{self.last_path}>{name}"
        index = next((i for i, each in enumerate(model.layers) if each.path == path), None)
        if index is None:
            if model.size > 2_500:
                return
            index = len(model.layers)
            order = sum(each.order >= 0 for each in model.layers)
            model.layers.append(LayerBook(path, type_name, None, where(spot(3)), order=order, output_shape=tuple(result.shape)))
        if index not in self._seen:
            self._seen.add(index)
            self._learn(index, model.layers[index], (given,), result)

    def statistics(self, book: LayerBook, values: torch.Tensor, given: torch.Tensor | None) -> list[torch.Tensor]:
        """The columns of a frame, still on the device."""
        values = bounded(values)
        flat = values.reshape(-1)
        mean, spread = moments(flat)
        low, high = torch.aminmax(flat)
        limits = SATURATES.get(book.type_name)
        zero = saturated = NOTHING
        if book.type_name in RECTIFIES:
            zero = 1 - self._activity(book, values.sign().abs_()) / values.numel()
        elif limits is not None:
            saturated = 1 - self._activity(book, (values > limits[0]) & (values < limits[1])) / values.numel()
        self._moments[values.data_ptr()] = (mean, spread)
        return [mean, spread, torch.maximum(high, -low), zero, saturated, *self._of_input(given)]

    def _of_input(self, given: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and spread of an input; mostly it is the output of the layer before."""
        if given is None or not given.is_floating_point() or not given.numel():
            return NOTHING, NOTHING
        known = self._moments.get(given.data_ptr())
        if known is None:
            known = self._moments[given.data_ptr()] = moments(bounded(given.detach()).reshape(-1))
        return known

    def _activity(self, book: LayerBook, active: torch.Tensor) -> torch.Tensor:
        """Add up on how many rows each unit was active: channels for images, features otherwise. Gives the count of all."""
        if active.dim() < 2:
            return active.sum()
        axis = 1 if active.dim() == 4 else active.dim() - 1
        count = active.sum(dim=[i for i in range(active.dim()) if i != axis])
        if active.shape[axis] > MAX_UNITS:
            return count.sum()
        rows = active.numel() // max(1, active.shape[axis])
        if book.first_activity is None:
            book.first_activity, book.first_rows = count, rows
        elif book.first_activity.shape == count.shape and self.step <= WINDOW:
            book.first_activity, book.first_rows = book.first_activity + count, book.first_rows + rows
        book.last_activity = [*book.last_activity[-(WINDOW - 1) :], (count, rows)]
        return count.sum()

    # gradients and the step

    def slopes(self, loss: torch.Tensor) -> None:
        """Before the backward pass: is there an operation that will make a gradient infinite?"""
        if not self.steep[0] and self.step <= WINDOW:
            self.steep = steep_operation(loss)

    def carried(self) -> None:
        """Gradients that are there before the first backward pass since the last step."""
        model = self.recorder.model
        members = [(i, each.ref()) for i, each in enumerate(model.parameters) if not each.tied_to]
        before = norms([tensor.grad for _, tensor in members if tensor is not None and tensor.grad is not None])
        indexes = [i for i, tensor in members if tensor is not None and tensor.grad is not None]
        self._carried = dict(zip(indexes, before, strict=True))

    def before_clip(self) -> float:
        """Gradient norms as they are before a clipping call; gives the root mean square of all entries."""
        if self._clip is None:
            model = self.recorder.model
            members = [(i, each.ref()) for i, each in enumerate(model.parameters) if not each.tied_to]
            alive = [(i, tensor.grad) for i, tensor in members if tensor is not None and tensor.grad is not None]
            self._clip = [i for i, _ in alive], norms([each for _, each in alive])
            self._entries = sum(each.numel() for _, each in alive)
        return root(np.array(self._clip[1])) / math.sqrt(max(1, self._entries))

    def step_begins(self, number: int, *, closure: bool) -> None:
        """Read gradients and remember values, just before the update."""
        members = self.recorder.model.looked_at(number)
        self._before = [sampled(tensor) for _, tensor in members]
        if not closure:
            self._read_gradients(members)

    def _read_gradients(self, members: list[tuple[int, torch.Tensor]]) -> None:
        alive = [(i, tensor.grad) for i, tensor in members if tensor.grad is not None]
        found = norms([each for _, each in alive])
        self._gradients = [i for i, _ in alive], [math.inf if math.isnan(each) else each for each in found]  # NaN stands for no gradient
        if not self.recorder.bad_step and not all(map(math.isfinite, found)):
            self.recorder.non_finite("backward", None)
        for index, each in alive:
            if each.is_sparse:
                self.recorder.model.parameters[index].sparse = True

    def step_done(self, number: int) -> None:
        """The update is made: how far did each parameter move? Then everything is fetched and kept as plain numbers."""
        recorder = self.recorder
        model, movers = recorder.model, recorder.movers
        members, held = model.looked_at(number), [i for i, _ in model.members(number)]
        if movers.backward_counts:
            members = [(i, t) for i, each in enumerate(model.parameters) if (t := each.ref()) is not None]
            held = [i for i, _ in members]
        if not self._gradients[0]:
            self._read_gradients(members)
        table = np.full((len(model.parameters), 5), np.nan)
        self._moved(members, table)
        table[self._gradients[0], 1] = self._gradients[1]
        before = dict(zip(*self._clip, strict=True)) if self._clip is not None else {}
        for index, _ in members:
            table[index, 4] = before.get(index, table[index, 1])
        self.parameters = table
        self._totals(table, held)
        self._fetch_layers()
        self.optimizer = number
        self.rates = movers.rates_of(number)
        self.loss_scale = movers.scale()
        self.backwards = recorder.loop.filed_backwards
        self.seconds = perf_counter() - self.begun
        self._before = []
        self.outputs, self._moments = {}, {}
        self.mode = None

    def _moved(self, members: list[tuple[int, torch.Tensor]], table: np.ndarray) -> None:
        if not members:
            return
        after = [sampled(tensor) for _, tensor in members]
        scales = [math.sqrt(tensor.numel() / max(1, each.numel())) for (_, tensor), each in zip(members, after, strict=True)]
        sizes = norms(after)
        comparable = len(self._before) == len(after) and all(a.shape == b.shape for a, b in zip(self._before, after, strict=True))
        moves = norms([b.sub_(a) for a, b in zip(after, self._before, strict=True)]) if comparable else [math.nan] * len(after)
        for (index, _), size, move, scale in zip(members, sizes, moves, scales, strict=True):
            ratio = move / size if size > 0 else (math.inf if move > 0 else 0.0)
            table[index, [0, 2, 3]] = (size * scale, ratio, math.nan if math.isnan(move) and not comparable else float(move != 0))

    def _totals(self, table: np.ndarray, rows: list[int]) -> None:
        own = table[rows]
        seen = own[~np.isnan(own[:, 1])] if len(own) else own
        raw = self._gradients[1]
        bad = not np.isfinite(raw).all() if raw else False
        self.total["gradient"] = math.nan if bad or not len(seen) else root(seen[:, 1])
        self.total["before"] = math.nan if bad or not len(seen) else root(seen[:, 4])
        size = root(own[:, 0]) if len(own) else 0.0
        self.total["ratio"] = root(own[:, 0] * own[:, 2]) / size if size > 0 else math.nan
        if self._carried is not None:
            self.total["carried"] = root(np.array([self._carried.get(i, 0.0) for i in rows]))

    def _fetch_layers(self) -> None:
        table = np.full((len(self.recorder.model.layers), len(COLUMNS)), np.nan)
        flat = [each for stats in self.layer_stats.values() for each in stats]
        if flat:
            table[list(self.layer_stats)] = np.array(numbers(flat)).reshape(-1, len(COLUMNS))
        self.layers, self.layer_stats = table, {}
