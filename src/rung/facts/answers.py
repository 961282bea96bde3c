"""What the fitted model says about rows with a known target: the test rows where there are some, else the training rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.own_model import OnTest, OnTrain, Predicted
from rung.facts.target import Target
from rung.inputs.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The model's predictions and where they were asked for."""

    where: Literal["test", "training"]
    predicted: Predicted
    model: Model


@fact(cost="pass")
def answers(model: Model, on_test: OnTest | None, on_train: OnTrain | None) -> Answers:
    """Untouched rows are preferred. Unavailable where the model answers for neither table."""
    if on_test is not None:
        return Answers(where="test", predicted=on_test.predicted, model=model)
    if on_train is None:
        raise Unavailable("the model answers neither for the training table nor for a test set")
    return Answers(where="training", predicted=on_train.predicted, model=model)


def one_value(values: NDArray[np.float64], truth: NDArray[np.float64], target: Target) -> bool:
    """Whether all values are the same number, measured against the spread of the target."""
    spread = np.ptp(values, axis=0) if values.ndim == 2 else np.ptp(values)
    unit = 1.0 if target.is_classification else float(np.std(truth))
    return bool(np.all(spread <= 1e-6 * unit))
