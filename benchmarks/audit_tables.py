"""Look at every real table once: is the target learnable, what did the removed columns give away, what is true of it?

``python -m benchmarks.audit_tables [NAME ...]`` writes benchmarks/tables_audit.csv, one row a table.
The score is AUC (macro, one against the rest) or R2 of a default HistGradientBoosting on the honest split of seed 0.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import r2_score, roc_auc_score

from benchmarks.realtable import RealTable, split
from benchmarks.tables import CLEAN, by_name

OUT = Path(__file__).with_name("tables_audit.csv")
#: Enough for a score within about 0.01, and minutes instead of hours for the whole catalogue.
MAX_TRAIN, MAX_TEST, MAX_SINGLE = 20_000, 10_000, 60


def audit(entry: RealTable) -> dict[str, str | int | float]:
    """The figures of one table."""
    frame = entry.build()
    train, test = _capped(entry, frame)
    features = frame.columns.drop(entry.target)
    single = {c: _score(entry, train[[c, entry.target]], test[[c, entry.target]]) for c in features[:MAX_SINGLE]}
    best = max(single, key=lambda c: single[c])
    return {
        "name": entry.name,
        "half": entry.half,
        "task": entry.task,
        "rows": len(frame),
        "columns": len(features),
        "score": round(_score(entry, train, test), 3),
        "score_with_removed": round(_score(entry, *_capped(entry, entry.build_whole())), 3),
        "best_single_column": best,
        "best_single_score": round(single[best], 3),
        "repeated_rows": round(float(frame.duplicated().mean()), 3),
        "most_missing": round(float(frame[features].isna().mean().max()), 3),
        "highest_correlation": round(_highest_correlation(frame[features]), 3),
        "rarest_class": _rarest(entry, frame),
    }


def _capped(entry: RealTable, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    train, test = split(entry, frame, seed=0)
    return train.sample(min(len(train), MAX_TRAIN), random_state=0), test.sample(min(len(test), MAX_TEST), random_state=0)


def _score(entry: RealTable, train: pd.DataFrame, test: pd.DataFrame) -> float:
    x, x_test = _encoded(train.drop(columns=entry.target), test.drop(columns=entry.target))
    leaf = int(np.clip(len(train) // 15, 2, 20))
    if entry.task == "regression":
        model = HistGradientBoostingRegressor(min_samples_leaf=leaf, max_iter=60, random_state=0).fit(x, train[entry.target])
        return float(r2_score(test[entry.target], model.predict(x_test)))
    y, y_test = train[entry.target].astype("str"), test[entry.target].astype("str")
    classes = HistGradientBoostingClassifier(min_samples_leaf=leaf, max_iter=60, random_state=0).fit(x, y)
    shares = classes.predict_proba(x_test)
    if entry.task == "binary":
        return float(roc_auc_score(y_test == classes.classes_[1], shares[:, 1]))
    seen = [k for k, c in enumerate(classes.classes_) if 0 < (y_test == c).sum() < len(y_test)]
    return float(np.mean([roc_auc_score(y_test == classes.classes_[k], shares[:, k]) for k in seen]))


def _encoded(train: pd.DataFrame, test: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    pairs = [_column(train[c], test[c]) for c in train.columns]
    return np.column_stack([p[0] for p in pairs]), np.column_stack([p[1] for p in pairs])


def _column(train: pd.Series, test: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    if pd.api.types.is_datetime64_any_dtype(train):
        return train.astype("int64").to_numpy(float), test.astype("int64").to_numpy(float)
    if pd.api.types.is_numeric_dtype(train):
        return train.to_numpy(float, na_value=np.nan), test.to_numpy(float, na_value=np.nan)
    # Codes by frequency in training; what training never saw is missing.
    codes = {value: k for k, value in enumerate(train.astype("str").value_counts().index)}
    return train.astype("str").map(codes).to_numpy(float), test.astype("str").map(codes).to_numpy(float)


def _highest_correlation(features: pd.DataFrame) -> float:
    numbers = features.select_dtypes("number").iloc[:, :400]
    if numbers.shape[1] < 2:
        return 0.0
    matrix = np.nan_to_num(numbers.sample(min(len(numbers), MAX_TRAIN), random_state=0).corr().abs().to_numpy(float))
    return float((matrix - np.eye(len(matrix))).max())


def _rarest(entry: RealTable, frame: pd.DataFrame) -> int | str:
    return "" if entry.task == "regression" else int(frame[entry.target].value_counts().min())


def main() -> None:
    """Audit the tables named, or all, and write the file when it was all."""
    chosen = [by_name(n) for n in sys.argv[1:]] or CLEAN
    found = []
    for entry in chosen:
        found.append(audit(entry))
        print(found[-1], flush=True)
    if not sys.argv[1:]:
        with OUT.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, fieldnames=list(found[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(found)


if __name__ == "__main__":
    main()
