"""Plants a learner of the wrong kind."""

from __future__ import annotations

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import is_number, train_labels, with_model
from rung.inputs.planted import Healthy, Planted


@fault("wrong-model-type")
def wrong_model_type(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """A regressor on class labels that are numbers, or a classifier on a quantity."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import LinearRegression
    from sklearn.naive_bayes import GaussianNB
    from sklearn.tree import DecisionTreeClassifier

    series = healthy.train.frame[healthy.target]
    if healthy.task == "regression":
        if series.n_unique() <= 20 or series.n_unique() > 2_000:
            raise Unavailable("the quantity has too few or too many values for a classifier to take it")
        labels = train_labels(healthy).astype(float)
        if not np.all(labels == np.round(labels)):
            raise Unavailable("a classifier refuses a target with decimals")
        learner = DecisionTreeClassifier(max_depth=6, random_state=0) if rng.random() < 0.5 else GaussianNB()
    elif not is_number(series):
        raise Unavailable("labels are text: a regressor refuses them")
    else:
        learner = (
            LinearRegression()
            if severity != "mild" and rng.random() < 0.5
            else RandomForestRegressor(30, min_samples_leaf=5, random_state=0)
        )
    return Planted(case=with_model(healthy, learner), truth=f"{type(learner).__name__} is the wrong kind of learner for '{healthy.target}'")
