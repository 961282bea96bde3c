"""Test and production tables that do not fit the training table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.bad_cases.base import case, csv, good


@case("test without the target", "either")
def _(folder: Path) -> list[str]:
    frame = good()
    return [csv(folder, frame[:150]), "--test", csv(folder, frame[150:].drop(columns="target"), "test.csv"), "--target", "target"]


@case("test with one class", "report")
def _(folder: Path) -> list[str]:
    frame = good()
    test = frame[150:]
    return [csv(folder, frame[:150]), "--test", csv(folder, test[test["target"] == 1], "test.csv"), "--target", "target"]


@case("test with other columns", "error", "shares no column")
def _(folder: Path) -> list[str]:
    other = pd.DataFrame({"p": [1, 2, 3], "q": [4, 5, 6]})
    return [csv(folder, good()), "--test", csv(folder, other, "test.csv"), "--target", "target"]


@case("test that lacks a column", "report")
def _(folder: Path) -> list[str]:
    frame = good()
    return [csv(folder, frame[:150]), "--test", csv(folder, frame[150:].drop(columns="mean_radius"), "test.csv"), "--target", "target"]


@case("test with text where training has numbers", "report")
def _(folder: Path) -> list[str]:
    frame = good()
    test = frame[150:].assign(mean_radius="large")
    return [csv(folder, frame[:150]), "--test", csv(folder, test, "test.csv"), "--target", "target"]


@case("test with header only", "either")
def _(folder: Path) -> list[str]:
    frame = good()
    return [csv(folder, frame), "--test", csv(folder, frame.head(0), "test.csv"), "--target", "target"]


@case("production rows with one row", "report")
def _(folder: Path) -> list[str]:
    frame = good()
    return [csv(folder, frame), "--current", csv(folder, frame.tail(1).drop(columns="target"), "now.csv"), "--target", "target"]
