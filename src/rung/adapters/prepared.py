"""A pipeline that is asked for labels and then for probabilities of the same rows prepares them once."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from rung.inputs.table import Table

SHARED = ("predict", "predict_proba", "decision_function")


class PreparedOnce:
    """Remembers the last rows that came out of the steps before the estimator, until they were asked for a second time.

    Preparing rows is most of what a prediction costs; the two answers are the same as those of the pipeline asked twice.
    """

    def __init__(self, pipeline: Any) -> None:
        self.pipeline = pipeline
        self._of: Callable[[], object] = lambda: None
        self._rows: object = None

    @classmethod
    def of(cls, estimator: object) -> PreparedOnce | None:
        """For scikit-learn's own pipeline of several fitted steps; None for everything else, which may do as it likes in `predict`."""
        kind, steps = type(estimator), getattr(estimator, "steps", None)
        if (kind.__module__, kind.__name__) != ("sklearn.pipeline", "Pipeline") or not isinstance(steps, list) or len(steps) < 2:
            return None
        return cls(estimator) if hasattr(steps[-1][1], "predict") else None

    def ask(self, table: Table, method: str, rows: Callable[[], object]) -> object:
        """The last step's answer about this table; `rows` makes the rows as the pipeline takes them."""
        if self._of() is table.frame:
            prepared, self._rows, self._of = self._rows, None, lambda: None
        else:
            prepared = self._rows = self.pipeline[:-1].transform(rows())
            self._of = weakref.ref(table.frame)
        return getattr(self.pipeline[-1], method)(prepared)
