"""`Rerun`: some steps of a recorded training run, taken again from its first weights with one thing changed.

It exists only in the process that trained, while the model is still there; a history read from a file has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is done otherwise; the defaults change nothing.

    rate : factor on the learning rate.   hold_rate : keep the first rate in place of the schedule's.   clip : limit of the gradient norm, 0 for none,
    None as in the run.   initialise : let every module draw its weights anew as it does by itself.   normalise_inputs, normalise_targets : standardise.
    strip_activation : drop the activation that made the loss's input.   loss : functional name in place of the run's, '' for the run's own.
    match_shapes : give output and target one shape.   sound_loop : clear, backward, step for every trainable parameter, in training mode.
    unfreeze : train every parameter.   dropout : largest dropout probability, None as in the run.   weight_decay : None as in the run.
    activation : class of torch.nn for sigmoids and tanhs inside, '' for none.   shuffle : draw batches at random (else as they were fed).
    mean_loss : call backward on the mean loss of what is added up, without a factor.
    """

    rate: float = 1.0
    hold_rate: bool = False
    clip: float | None = None
    initialise: bool = False
    normalise_inputs: bool = False
    normalise_targets: bool = False
    strip_activation: bool = False
    loss: str = ""
    match_shapes: bool = False
    sound_loop: bool = False
    unfreeze: bool = False
    dropout: float | None = None
    weight_decay: float | None = None
    activation: str = ""
    shuffle: bool = True
    mean_loss: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rerunning:
    """One such run.

    losses : shape (steps,), as the loop would see them.   learned : share of the rows named right (classes) or of the target's variance that the output
    explains, 0..1, over all rows at hand in evaluation mode, at the end.   metric : which of the two, in words.
    """

    losses: NDArray[np.float64]
    learned: float
    metric: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rerun:
    """take : (change, steps, seed of the order of batches) -> Rerunning. Raises Unavailable where the change cannot be made to this model.

    rows : rows at hand.   steps : a sensible number of steps.
    """

    take: Callable[[Change, int, int], Rerunning]
    rows: int
    steps: int = 60
