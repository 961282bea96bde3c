"""Columns that are not there, or twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.bad_cases.base import case, csv, good


@case("target that is not there", "error", "targt", "target")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "targt"]


@case("time column that is not there", "error", "when")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "--time", "when"]


@case("group column that is not there", "error", "patient")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "--group", "patient"]


@case("prediction column that is not there", "error", "score")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "--prediction", "score"]


@case("positive class that is not there", "error", "yes")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "--positive", "yes"]


@case("target left out and not to be guessed", "either")
def _(folder: Path) -> list[str]:
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(100, 3)), columns=["a", "b", "c"])
    return [csv(folder, frame)]


@case("wrong target: a text that differs in every row", "report")
def _(folder: Path) -> list[str]:
    frame = good().assign(name=[f"person {place}" for place in range(200)])
    return [csv(folder, frame), "--target", "name"]


@case("regression asked of a text target", "either")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "site", "--task", "regression"]


@case("two classes asked of a numeric target", "either")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "mean_radius", "--task", "binary"]


@case("no feature: the target alone", "either")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()[["target"]]), "--target", "target"]


@case("two columns of one name", "report", "more than once")
def _(folder: Path) -> list[str]:
    frame = good()
    frame.columns = ["a", "b", "c", "d", "a", "target", "site"]
    return [csv(folder, frame), "--target", "target"]


@case("two columns with the target's name", "either")
def _(folder: Path) -> list[str]:
    frame = good()
    frame.columns = ["a", "b", "c", "target", "d", "target", "site"]
    return [csv(folder, frame), "--target", "target"]


@case("columns without names", "report")
def _(folder: Path) -> list[str]:
    text = good().to_csv(index=False).split("\n", 1)
    (folder / "train.csv").write_text(",,,,,target,\n" + text[1])
    return ["train.csv", "--target", "target"]
