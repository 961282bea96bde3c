"""Classes balanced before the split, by repeating rows or by making some up: does the honest score find back to the measured rows?"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

import rung
from benchmarks.realtable import RealTable
from rung.experiments.honest import counts
from rung.stats.metrics import roc_auc

How = Literal["repeated", "made up"]
RULES = {"repeated": "split-overlap", "made up": "resampling-before-split"}
RARE = 0.4  # share of the rarer class above which nobody balances
SPLITS = 5


def resampled(entry: RealTable, how: How, rows: int) -> dict[str, object]:
    """The numbers of a real table with its target as 0 and 1. The truth: the same forest on the measured rows alone, mean over five splits of them."""
    frame = _numbers(entry, rows)
    if frame is None or not 20 / rows < frame.y.mean() < RARE:
        return {"table": entry.name, "faults": how, "state": "not imbalanced, or fewer than three columns of numbers"}
    truth = float(np.mean([_auc(*train_test_split(frame, test_size=0.3, random_state=seed, stratify=frame.y)) for seed in range(SPLITS)]))
    train, test = train_test_split(_balanced(frame, how), test_size=0.3, random_state=0)
    model = _forest().fit(train.drop(columns="y"), train.y)
    report = rung.diagnose(train.reset_index(drop=True), test=test.reset_index(drop=True), model=model, target="y", budget=60)
    found, confirmed = report.honest, {each.name for each in report.findings if counts(each)}
    record = {"table": entry.name, "faults": how, "truth": round(truth, 4), "reported": round(_score(model, test), 4)}
    if found is None or RULES[how] not in confirmed:
        return {**record, "state": f"not confirmed: {RULES[how]}"}
    value = found.value
    return {
        **record,
        "state": "done",
        "honest": round(value.value, 4),
        "error": round(value.value - truth, 4),
        "covered": value.low <= truth <= value.high,
    }


def _numbers(entry: RealTable, rows: int) -> pd.DataFrame | None:
    frame = entry.build().drop(columns=[name for name in (entry.time, entry.group) if name])
    counted = frame[entry.target].value_counts()
    y = (frame[entry.target] == counted.index[-1]).astype(int)
    x = frame.drop(columns=entry.target).select_dtypes("number")
    x = x.fillna(x.median()).dropna(axis=1)
    if x.shape[1] < 3:
        return None
    made = x.assign(y=y.to_numpy())
    return made.sample(n=min(rows, len(made)), random_state=0).reset_index(drop=True)


def _balanced(frame: pd.DataFrame, how: How) -> pd.DataFrame:
    if how == "repeated":
        rare = frame[frame.y == 1]
        extra = rare.sample(n=len(frame) - 2 * len(rare), replace=True, random_state=0)
        return pd.concat([frame, extra], ignore_index=True)
    x, y = SMOTE(random_state=0).fit_resample(frame.drop(columns="y"), frame.y)
    return x.assign(y=y)


def _forest() -> RandomForestClassifier:
    return RandomForestClassifier(100, min_samples_leaf=2, random_state=0)


def _auc(train: pd.DataFrame, test: pd.DataFrame) -> float:
    return _score(_forest().fit(train.drop(columns="y"), train.y), test)


def _score(model: RandomForestClassifier, test: pd.DataFrame) -> float:
    return roc_auc(test.y.to_numpy() == 1, model.predict_proba(test.drop(columns="y"))[:, 1])
