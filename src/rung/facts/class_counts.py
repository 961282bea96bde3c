"""How many rows each class has, and what can be measured with so many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.target import Classes, TestTarget
from rung.inputs.model import Model
from rung.stats.intervals import minimum_detectable_auc

WEIGHTS = ("class_weight", "scale_pos_weight", "auto_class_weights", "is_unbalance", "class_weights")
TYPICAL_AUC = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitCounts:
    """One set of rows. counts : per class.   rarest : its code.   half_width : of the 95 % interval of an AUC of 0.8 for that class against
    the rest.   least_difference : of two AUCs on separate sets of this size that would be seen with 80 % power.
    """

    name: str
    counts: tuple[int, ...]
    total: int
    rarest: int
    half_width: float
    least_difference: float

    @property
    def count(self) -> int:
        """Rows of the rarest class."""
        return self.counts[self.rarest]

    @property
    def share(self) -> float:
        """Share of the rarest class, 0..1."""
        return self.count / max(self.total, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCounts:
    """Training rows first, then test rows where they have labels. weighted : whether the model treats its classes unequally."""

    name: str
    labels: tuple[str, ...]
    splits: tuple[SplitCounts, ...]
    weighted: bool


@fact(cost="pass")
def class_counts(classes: Classes, test: TestTarget | None, model: Model | None) -> ClassCounts:
    """Count, and work out what the counts allow."""
    target = classes.target
    sets = [("training", np.array(classes.counts))]
    if test is not None:
        known = test.y[~np.isnan(test.y)].astype(int)
        sets.append(("test", np.bincount(known, minlength=len(target.classes))))
    return ClassCounts(
        name=target.name,
        labels=target.classes,
        splits=tuple(_split(name, counts) for name, counts in sets if counts.sum()),
        weighted=model is not None and _weighted(model),
    )


def _weighted(model: Model) -> bool:
    settings = [model.parameters, *(step.settings for step in model.steps)]
    set_values = [value for each in settings for name, value in each.items() if name.rpartition("__")[2] in WEIGHTS]
    return any(value not in (None, 1, False) for value in set_values) or any(step.kind == "sampler" for step in model.steps)


def _split(name: str, counts: NDArray[np.int64]) -> SplitCounts:
    present = np.flatnonzero(counts)
    # A class that is in no row at all cannot be counted among the rare ones: the test set may lack it by chance.
    rarest = int(present[np.argmin(counts[present])])
    few, rest = int(counts[rarest]), int(counts.sum() - counts[rarest])
    return SplitCounts(
        name=name,
        counts=tuple(int(each) for each in counts),
        total=int(counts.sum()),
        rarest=rarest,
        half_width=_half_width(few, rest),
        least_difference=float(minimum_detectable_auc(few, rest, auc=TYPICAL_AUC)) if rest else float("nan"),
    )


def _half_width(few: int, rest: int) -> float:
    """Source: Hanley & McNeil (1982), the exponential approximation."""
    if not few or not rest:
        return float("nan")
    q1, q2 = TYPICAL_AUC / (2 - TYPICAL_AUC), 2 * TYPICAL_AUC**2 / (1 + TYPICAL_AUC)
    spread = TYPICAL_AUC * (1 - TYPICAL_AUC) + (few - 1) * (q1 - TYPICAL_AUC**2) + (rest - 1) * (q2 - TYPICAL_AUC**2)
    return 1.96 * float(np.sqrt(spread / (few * rest)))
