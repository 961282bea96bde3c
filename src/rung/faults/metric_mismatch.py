"""Plants a metric that does not fit, or numbers that it cannot use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import FaultSeverity, fault
from rung.faults._estimators import as_frame, feature_names, with_model
from rung.faults._rows import learner, plain_label, positive_label
from rung.faults.uncorrected_imbalance import _thinned
from rung.inputs.planted import Healthy, Planted


@fault("metric-mismatch")
def metric_mismatch(healthy: Healthy, severity: FaultSeverity, rng: np.random.Generator) -> Planted:
    """Accuracy under a rare class (mild), hard labels in AUC (medium), the other class's probabilities (severe); else a metric of the other task."""
    if healthy.task != "binary":
        metric = "accuracy" if healthy.task == "regression" else "rmse"
        case = with_model(replace(healthy, declared={"metric": metric}), learner(healthy.task))
        return Planted(case=case, names=("RMSE" if metric == "rmse" else metric,), truth=f"{metric} does not measure {healthy.task}")
    positive = positive_label(healthy)
    if severity == "mild":
        parts = [_thinned(each, healthy.target, positive, 0.08, rng) for each in (healthy.train, healthy.test)]
        if (parts[1].frame[healthy.target] == positive).sum() < 5:
            raise Unavailable("too few rows of the rare class")
        case = with_model(replace(healthy, train=parts[0], test=parts[1], declared={"metric": "accuracy"}), learner("binary"))
        return Planted(case=case, names=("accuracy",), truth="accuracy is ruled by the frequent class")
    fitted = with_model(healthy, learner("binary"))
    names, model = feature_names(fitted), fitted.model
    tables = []
    for table in (fitted.train, fitted.test):
        frame = as_frame(table, names)
        place = [str(each) for each in model.classes_].index(str(positive))  # type: ignore[attr-defined]
        p = model.predict_proba(frame)[:, place]  # type: ignore[attr-defined]
        tables.append(table.with_column("score", (p >= 0.5).astype(float) if severity == "medium" else 1 - p))
    declared = {"metric": "roc_auc", "prediction": "score", "positive": plain_label(positive)}
    case = replace(fitted, train=tables[0], test=tables[1], model=None, declared=declared)
    return Planted(
        case=case, names=("ROC AUC",), truth="hard labels as scores" if severity == "medium" else "the probability of the other class"
    )
