"""Production cases for the operation rules: a reference, rows after it, a model, and labels as far as they have come."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cases.build import case_of
from cases.real import breast_cancer
from rung.inputs.case import Case, Current
from rung.inputs.contract import Contract
from rung.inputs.settings import Settings
from rung.inputs.snapshot import Reference
from rung.interfaces.build import build_case
from rung.interfaces.operate import snapshot

COLUMNS = ["mean radius", "mean texture", "mean smoothness", "mean symmetry", "worst concavity", "target"]


def halves(seed: int = 0, columns=None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two random halves of the breast cancer table: nothing differs."""
    frame = breast_cancer()[columns or COLUMNS].sample(frac=1.0, random_state=seed).reset_index(drop=True)
    return frame.iloc[:330].reset_index(drop=True), frame.iloc[330:].reset_index(drop=True)


def population(n: int, seed: int, *, shift: float = 0.0, slope: float = 1.0, noise: float = 1.0) -> pd.DataFrame:
    """Rows of a simulated population: two numbers that count, one that does not, a group, a date and a class."""
    rng = np.random.default_rng(seed)
    group = rng.choice(["north", "south", "west"], n, p=[0.5, 0.3, 0.2])
    income = rng.lognormal(0, 0.5, n) + (group == "south") * 0.8 + shift
    age = rng.normal(45, 12, n)
    idle = rng.normal(size=n)
    odds = slope * (1.5 * (income - 1.3) - 0.05 * (age - 45)) + noise * rng.logistic(size=n) * 0.6
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 200 * 24, n)), unit="h")
    return pd.DataFrame({"day": day, "income": income, "age": age, "idle": idle, "group": group, "late": (odds > 0).astype(int)})


def model_of(train: pd.DataFrame, target: str = "late", names=("income", "age", "idle")):
    """A logistic regression on the numbers."""
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(train[list(names)], train[target])


def later(frame: pd.DataFrame, days: int = 200) -> pd.DataFrame:
    """The same rows, so many days later."""
    return frame.assign(day=frame.day + pd.Timedelta(days=days))


def against_snapshot(train, current, *, model=None, test=None, **declared) -> Case:
    """The case in which only the snapshot of the reference is left."""
    kept = snapshot(train, model=model, test=test, **{name: value for name, value in declared.items() if name != "label_time"})
    contract = Contract(**{**declared, "target": kept.target, "time": kept.time})
    shell = build_case(current, contract=contract, settings=Settings(), model=model, trust=True)
    given = [each for kind, each in shell.inputs.items() if kind.__name__ != "Train"]
    return Case(Reference(kept), Current(shell.inputs[next(kind for kind in shell.inputs if kind.__name__ == "Train")].table), *given)


__all__ = ["against_snapshot", "case_of", "halves", "later", "model_of", "population"]
