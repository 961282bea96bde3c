"""The inputs of one investigation: a typed bag."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rung.inputs.table import Table

IndexState = Literal["none", "equal", "permuted", "partial", "disjoint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """How the labels came to the rows, when they were handed over apart from them.

    n_features, n_labels : rows of X and entries of y as given.   index : how the two pandas indexes relate.
    order : positions of y in the order of X's index, where index is 'permuted'.
    """

    n_features: int
    n_labels: int
    index: IndexState = "none"
    order: NDArray[np.int64] | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class TableInput:
    """A table in one of the roles below."""

    table: Table
    pairing: Pairing | None = None


class Train(TableInput):
    """Rows that the model was or will be fitted on."""


class Test(TableInput):
    """Held-out rows with labels."""

    __test__ = False  # not a pytest class


class Valid(TableInput):
    """Rows used for choices during development."""


class Current(TableInput):
    """Rows as production sees them now, with or without labels."""


class Case:
    """The inputs of one investigation, one of each type."""

    __slots__ = ("inputs",)

    def __init__(self, *inputs: object) -> None:
        self.inputs: dict[type, object] = {type(each): each for each in inputs if each is not None}
