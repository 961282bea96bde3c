"""What a case of bad input is, and the small files that the cases are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import joblib
import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

CASES: list[BadCase] = []
Expected = Literal["error", "report", "either"]


@dataclass(frozen=True, slots=True)
class BadCase:
    """One mistake. make : writes files into a folder and returns the arguments.

    expected : 'error' (exit 2 with message and hint), 'report' (exit 0 or 1), or 'either'.
    words : must all stand in what is said.   finding : one of these rules must have spoken.
    """

    name: str
    expected: Expected
    make: Callable[[Path], list[str]]
    words: tuple[str, ...] = ()
    finding: tuple[str, ...] = ()


def case(name: str, expected: Expected, *words: str, finding: tuple[str, ...] = ()) -> Callable[[Callable[[Path], list[str]]], None]:
    """Add the decorated function to the cases."""

    def add(make: Callable[[Path], list[str]]) -> None:
        CASES.append(BadCase(name, expected, make, words, finding))

    return add


def good(rows: int = 200) -> pd.DataFrame:
    """A sound small table: six columns of the breast-cancer data and a text column."""
    frame = datasets.load_breast_cancer(as_frame=True).frame
    frame = frame.iloc[:rows, [0, 1, 4, 5, 8, -1]].rename(columns=lambda name: name.replace(" ", "_"))
    return frame.assign(site=np.where(np.arange(len(frame)) % 3 == 0, "north", "south"))


def csv(folder: Path, frame: pd.DataFrame, name: str = "train.csv", **options: object) -> str:
    """Write the frame; its name."""
    frame.to_csv(folder / name, index=False, **options)  # type: ignore[call-overload]
    return name


def model(folder: Path, frame: pd.DataFrame, name: str = "model.joblib") -> str:
    """A fitted pipeline on the numeric columns but the target."""
    x = frame.select_dtypes("number").drop(columns="target")
    joblib.dump(make_pipeline(StandardScaler(), LogisticRegression()).fit(x, frame["target"]), folder / name)
    return name
