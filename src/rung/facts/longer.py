"""Whether the fit ended at its limit of iterations."""

from __future__ import annotations

from dataclasses import dataclass

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.inputs.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class IterationLimit:
    """Iterations used and allowed by an iterative solver."""

    used: int
    limit: int

    @property
    def reached(self) -> bool:
        """Whether the solver was stopped by its limit."""
        return self.used >= self.limit


@fact(cost="instant")
def iteration_limit(model: Model) -> IterationLimit:
    """Unavailable for learners whose rounds are their size (boosting) or that count none."""
    limit, used = model.parameters.get("max_iter"), model.fitted.get("n_iter_")
    if model.tree_based:
        raise Unavailable("rounds of boosting are the model's size, no limit of convergence")
    if used is None or not isinstance(limit, int) or limit <= 0:
        raise Unavailable("the model counts no iterations")
    return IterationLimit(used=int(used), limit=limit)
