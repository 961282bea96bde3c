"""Cases for the evaluation rung: a table whose truth is known, a model fitted on its first half, and the planted faults on real tables."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from cases.build import case_from, case_of, planted
from cases.real import healthy as real
from rung.adapters.frames import to_table
from rung.inputs.planted import Healthy, Planted


def table(n: int = 4000, seed: int = 0, task: str = "binary") -> pd.DataFrame:
    """Four numbers and two categories; the log-odds (or the value) are known: x0 + 0.8 x1 + (kind = a)."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({f"x{place}": rng.normal(size=n).round(4) for place in range(4)})
    frame["kind"], frame["site"] = rng.choice(list("abcd"), n), rng.choice(["north", "south", "west"], n)
    signal = frame.x0 + 0.8 * frame.x1 + (frame.kind == "a")
    if task == "regression":
        return frame.assign(target=signal + rng.normal(0, 0.7, n))
    return frame.assign(target=(rng.random(n) < 1 / (1 + np.exp(-1.5 * signal))).astype(int))


def sound(task: str = "binary") -> Healthy:
    """The table in two halves, declared nothing, no model."""
    frame = table(task=task)
    half = len(frame) // 2
    return Healthy(train=to_table(frame[:half]), test=to_table(frame[half:].reset_index(drop=True)), target="target", task=task)


def model_for(frame: pd.DataFrame, *, linear: bool = True):
    """A pipeline fitted on this frame."""
    texts = [name for name in frame.columns if frame[name].dtype.kind not in "if"]
    kinds = make_column_transformer((OneHotEncoder(handle_unknown="ignore", sparse_output=False), texts), remainder="passthrough")
    regression = frame.target.nunique() > 2
    boosted = (HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier)(max_iter=50, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make_pipeline(kinds, LogisticRegression(max_iter=300) if linear and not regression else boosted).fit(
            frame.drop(columns="target"), frame.target
        )


def judged(frame: pd.DataFrame, change=None, *, linear: bool = True, **declared):
    """Fit on the first half; `change` may alter the second half afterwards; the case with both."""
    half = len(frame) // 2
    train, test = frame[:half].reset_index(drop=True), frame[half:].reset_index(drop=True)
    model = model_for(train, linear=linear)
    return case_of(train, test=change(test) if change else test, model=model, target="target", **declared)


def broken_by(name: str, task: str = "binary", severity: str = "medium", seed: int = 3, function: str = ""):
    """The planted fault on the sound table, as a case."""
    return case_from(plant(name, sound(task), severity, seed, function).case)


def plant(name: str, healthy: Healthy, severity: str = "medium", seed: int = 3, function: str = "") -> Planted:
    """One fault by slug, or by its function where a slug has several."""
    if not function:
        return planted(name, healthy, severity, seed)
    from rung.engine import discover

    fault = next(each for each in discover.faults() if each.plant.__name__ == function)
    return fault.plant(healthy, severity, np.random.default_rng(seed))


def sound_case(task: str = "binary", **declared):
    """The sound table with a sound model."""
    return judged(table(task=task), **declared)


def real_case(name: str = "breast_cancer", learner=None, **declared):
    """A real table with a pipeline fitted on its training part."""
    from rung.faults._estimators import with_model

    given = replace(real(name), declared=declared)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return case_from(with_model(given, learner) if learner is not None else given)
