"""The parts of a `History` that describe the model and what moves it: layers, parameters, optimizers, schedulers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rung.core.finding import Where

Floats = NDArray[np.float64]


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """One module over the run. Arrays have one entry for each entry of `history.steps.step`, NaN where it was not seen then.

    path : dotted name from the model ('encoder.0'); '' is the model itself. An activation function that is called within `forward`
    without a module ('relu', 'torch.tanh') is a layer too: 'fc1>relu', named after the module called before it.
    type_name : class ('ReLU' also for the function).   where : line that made it (that calls it, for a function).
    order : place in the first forward pass, 0 nearest the input; -1 if it was never called.   calls : calls in that pass.
    settings : its plain constructor values ('p', 'negative_slope', 'dim', 'num_features', 'bias' ...), numbers, flags and text.
    weight_norm, gradient_norm : L2 over its own parameters, 0 where they have no gradient, NaN where it has no parameters.
    update_ratio : norm of its parameters' change in the step, over their norm.
    activation_mean, activation_std, activation_max : of its output over all entries; the last is the largest absolute value.
    zero_share : share of its output entries that are exactly 0.
    saturated_share : share of outputs in the flat part: |tanh| > 0.99, sigmoid outside (0.01, 0.99); NaN for other types.
    input_mean, input_std : of its first tensor input.
    unit_activity_first, unit_activity_last : shape (units,), share of the rows seen in the first and in the last window for which
    the unit's output is not 0 (for a saturating activation: not in the flat part); units are channels (axis 1 of images and of
    (n, c, ...) outputs of convolutions) or features (last axis). Only for activations. At most 4096 units.
    activity_rows : rows (times positions) behind each of the two.
    trainable : any of its own parameters requires a gradient.   output_cut : its output needed a gradient in a training pass and
    carried none (a detach, a `no_grad`, an integer or in-place break) although it or an earlier layer has trainable parameters.
    trained_mode_share, evaluated_mode_share : share of its calls with training=True in training passes and in validation passes;
    NaN where there were none.
    n_parameters : entries of its own parameters.   output_shape : of the first call.
    """

    path: str
    type_name: str
    where: Where | None = None
    order: int = -1
    calls: int = 0
    settings: Mapping[str, float | str | bool | None] = field(default_factory=dict)
    weight_norm: Floats = field(default_factory=_none)
    gradient_norm: Floats = field(default_factory=_none)
    update_ratio: Floats = field(default_factory=_none)
    activation_mean: Floats = field(default_factory=_none)
    activation_std: Floats = field(default_factory=_none)
    activation_max: Floats = field(default_factory=_none)
    zero_share: Floats = field(default_factory=_none)
    saturated_share: Floats = field(default_factory=_none)
    input_mean: Floats = field(default_factory=_none)
    input_std: Floats = field(default_factory=_none)
    unit_activity_first: Floats = field(default_factory=_none)
    unit_activity_last: Floats = field(default_factory=_none)
    activity_rows: tuple[int, int] = (0, 0)
    trainable: bool = False
    output_cut: bool = False
    trained_mode_share: float = float("nan")
    evaluated_mode_share: float = float("nan")
    n_parameters: int = 0
    output_shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parameter:
    """One parameter tensor over the run. Arrays are aligned with `history.steps.step`.

    path : dotted name ('encoder.0.weight'); 'optimizer0.group0[3]' for one that no module of the model lists.
    layer : path of the module that owns it, None for such a stranger.   shape : of the tensor.   dtype : 'float32' ...
    requires_grad : at the first step.   optimizer, group : which optimizer moves it, -1 if none does.
    tied_to : path of the parameter with which it shares its storage, '' if none.
    norm, gradient_norm, update_ratio : as for a layer; gradient_norm is NaN where the gradient was None, 0 where it was all zeros.
    changed : steps (of those seen) at which its values changed, compared entry by entry on a sample of at most 65,536 entries.
    seen : steps at which that was looked at.   gradient_missing : steps (of those seen) at which its gradient was None.
    initial_mean, initial_std, initial_max, final_std : before the first step and at the last one seen; initial_max is absolute.
    initial_constant : all entries equal at the start.   sparse : its gradients are sparse, or most rows of an embedding rest.
    fan_in, fan_out : as used by the usual initialisers, 0 for vectors.   weight_decay : of its group.
    """

    path: str
    layer: str | None
    shape: tuple[int, ...]
    dtype: str = "float32"
    requires_grad: bool = True
    optimizer: int = -1
    group: int = -1
    tied_to: str = ""
    norm: Floats = field(default_factory=_none)
    gradient_norm: Floats = field(default_factory=_none)
    update_ratio: Floats = field(default_factory=_none)
    changed: int = 0
    seen: int = 0
    gradient_missing: int = 0
    initial_mean: float = float("nan")
    initial_std: float = float("nan")
    initial_max: float = float("nan")
    final_std: float = float("nan")
    initial_constant: bool = False
    sparse: bool = False
    fan_in: int = 0
    fan_out: int = 0
    weight_decay: float = 0.0

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(np.prod(self.shape)) if self.shape else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerRecord:
    """One optimizer.

    type_name : class.   where : line that made it, None where it was made before rung watched.   steps : calls of `step()`.
    settings : plain values of its first group ('lr', 'momentum', 'weight_decay', 'betas' as text ...).
    groups : number of parameter groups.   parameters : paths of what it holds, as in `history.parameters`.
    strangers : how many of its parameters no watched model lists (a stale or copied model, plain tensors).
    missing : trainable parameters of the model that no optimizer at all holds; filled for the first optimizer only.
    skipped : steps that a gradient scaler left out because of an overflow.   closure : steps were called with one.
    """

    type_name: str
    where: Where | None = None
    steps: int = 0
    settings: Mapping[str, float | str | bool | None] = field(default_factory=dict)
    groups: int = 1
    parameters: tuple[str, ...] = ()
    strangers: int = 0
    missing: tuple[str, ...] = ()
    skipped: int = 0
    closure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerRecord:
    """One learning-rate schedule.

    type_name : class.   where : line that calls it.   optimizer : index of what it drives.   calls : calls of `step()`.
    cadence : whether it was called about once a step, once an epoch, or otherwise; 'never' if it was made and not called.
    before_step : it was called before the first `optimizer.step()`.   settings : plain values ('T_max', 'step_size', 'gamma' ...).
    """

    type_name: str
    where: Where | None = None
    optimizer: int = 0
    calls: int = 0
    cadence: str = "step"
    before_step: bool = False
    settings: Mapping[str, float | str | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unregistered:
    """Something trainable that the model holds and `parameters()` does not list.

    owner : path of the module that holds it.   attribute : its name there.   kind : 'modules' in a plain list, tuple or dict,
    'parameters' in one, or a plain 'tensor' that requires a gradient.   count : how many.   entries : their entries in all.
    used : its modules were called, or its tensors received a gradient; None where nothing was seen yet.
    held : an optimizer holds them all nevertheless.
    """

    owner: str
    attribute: str
    kind: str
    type_name: str = ""
    count: int = 1
    entries: int = 0
    used: bool | None = None
    held: bool = False
