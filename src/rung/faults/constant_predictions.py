"""Plants a model that gives one answer for every row."""

from __future__ import annotations

import numpy as np

from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import with_model
from rung.inputs.planted import Healthy, Planted


@fault("constant-predictions")
def constant_predictions(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """An L1 penalty that leaves nothing, a tree that may not split, or a threshold that no score reaches."""
    from sklearn.linear_model import Lasso, LogisticRegression
    from sklearn.model_selection import FixedThresholdClassifier
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    regression, kind = healthy.task == "regression", rng.integers(3)
    if kind == 0 and healthy.task == "binary":
        learner = FixedThresholdClassifier(LogisticRegression(max_iter=300), threshold=1.0, pos_label=_positive(healthy))  # pyright: ignore[reportArgumentType]
    elif kind == 1:
        strength = {"mild": 1e4, "medium": 1e6, "severe": 1e9}[severity]
        learner = (
            Lasso(alpha=strength * _spread(healthy)) if regression else LogisticRegression(C=1 / strength, l1_ratio=1.0, solver="saga")
        )
    else:
        learner = (DecisionTreeRegressor if regression else DecisionTreeClassifier)(min_samples_leaf=0.51)  # pyright: ignore[reportArgumentType]
    return Planted(case=with_model(healthy, learner), truth=f"{learner!r} gives one answer for every row")


def _spread(healthy: Healthy) -> float:
    return float(np.nanstd(healthy.train.frame[healthy.target].cast(float).to_numpy())) or 1.0


def _positive(healthy: Healthy) -> object:
    return healthy.train.frame[healthy.target].drop_nulls().unique().sort().to_list()[-1]
