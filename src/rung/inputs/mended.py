"""The case as it is once a fault is mended: what a guard must pass on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rung.inputs.table import Table

ModelMend = Literal["refit", "scaled", "threshold", "reference", "linear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What changes; None stays as it is.

    model : 'refit' a clone with these `parameters` on the mended training rows, 'scaled' behind a standardiser, 'threshold' with its cut moved to
    parameters['threshold'], 'reference' and 'linear' rung's plain models in its place.
    """

    train: Table | None = None
    test: Table | None = None
    model: ModelMend | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
