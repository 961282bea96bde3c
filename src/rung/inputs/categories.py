"""`Categories`: the user's own kinds of rows, by name, in which the model may fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.inputs.table import Table

Predicate = Callable[[Table], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Categories:
    """predicates : name -> table -> whether each row belongs, shape (n_rows,). Categories may overlap; a row may belong to none."""

    predicates: Mapping[str, Predicate]
