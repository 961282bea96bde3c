"""Small real tables that ship with scikit-learn, as frames with named columns."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from sklearn import datasets

from rung.adapters.frames import to_table
from rung.inputs.planted import Healthy


@cache
def _frame(name: str) -> pd.DataFrame:
    return getattr(datasets, f"load_{name}")(as_frame=True).frame


def breast_cancer() -> pd.DataFrame:
    """569 x 31, binary, strong honest features."""
    return _frame("breast_cancer").copy()


def wine() -> pd.DataFrame:
    """178 x 14, three classes."""
    return _frame("wine").copy()


def diabetes() -> pd.DataFrame:
    """442 x 11, regression, modest signal."""
    return _frame("diabetes").copy()


def digits() -> pd.DataFrame:
    """1,797 x 65, ten classes, many constant corners."""
    return _frame("digits").copy()


TABLES = {
    "breast_cancer": (breast_cancer, "binary"),
    "wine": (wine, "multiclass"),
    "diabetes": (diabetes, "regression"),
    "digits": (digits, "multiclass"),
}


def healthy(name: str = "breast_cancer", seed: int = 0) -> Healthy:
    """A real table split at random, ready to be broken."""
    load, task = TABLES[name]
    frame = load().sample(frac=1.0, random_state=seed).reset_index(drop=True)
    cut = int(0.7 * len(frame))
    train, test = to_table(frame.iloc[:cut].reset_index(drop=True)), to_table(frame.iloc[cut:].reset_index(drop=True))
    return Healthy(train=train, test=test, target="target", task=task)


def rng(seed: int = 0) -> np.random.Generator:
    """A seeded generator."""
    return np.random.default_rng(seed)
