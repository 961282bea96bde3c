"""Values that leave nothing to learn from, or that are of another kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.bad_cases.base import case, csv, good


@case("one row", "either")
def _(folder: Path) -> list[str]:
    return [csv(folder, good(1)), "--target", "target"]


@case("two rows", "either")
def _(folder: Path) -> list[str]:
    return [csv(folder, good(2)), "--target", "target"]


@case("one class", "either")
def _(folder: Path) -> list[str]:
    return [csv(folder, good().assign(target=1)), "--target", "target"]


@case("target missing in every row", "either")
def _(folder: Path) -> list[str]:
    return [csv(folder, good().assign(target=np.nan)), "--target", "target"]


@case("target missing in some rows", "report")
def _(folder: Path) -> list[str]:
    frame = good()
    return [csv(folder, frame.assign(target=frame["target"].where(np.arange(200) % 5 > 0))), "--target", "target"]


@case("a column without any value", "report")
def _(folder: Path) -> list[str]:
    return [csv(folder, good().assign(nothing=np.nan)), "--target", "target"]


@case("every feature missing", "either")
def _(folder: Path) -> list[str]:
    frame = good()
    return [csv(folder, frame.assign(**dict.fromkeys(frame.columns.drop("target"), np.nan))), "--target", "target"]


@case("text in a numeric column", "report")
def _(folder: Path) -> list[str]:
    frame = good().astype({"mean_radius": object})
    frame.loc[[3, 50, 77], "mean_radius"] = "n.a. (see note)"
    return [csv(folder, frame), "--target", "target"]


@case("numbers with thousands marks", "report")
def _(folder: Path) -> list[str]:
    frame = good()
    return [csv(folder, frame.assign(fee=[f"{1000 + 37 * place:,}" for place in range(200)])), "--target", "target"]


@case("infinite values", "report")
def _(folder: Path) -> list[str]:
    frame = good()
    frame.loc[[3, 9], "mean_radius"] = np.inf
    return [csv(folder, frame), "--target", "target"]


@case("10,000 categories", "report")
def _(folder: Path) -> list[str]:
    frame = pd.concat([good(500)] * 24, ignore_index=True)
    return [csv(folder, frame.assign(code=[f"k{place % 10_000}" for place in range(len(frame))])), "--target", "target"]


@case("2,000 columns and 60 rows", "report")
def _(folder: Path) -> list[str]:
    noise = np.random.default_rng(0).normal(size=(60, 2_000))
    frame = pd.DataFrame(noise, columns=[f"g{place}" for place in range(2_000)]).assign(target=np.arange(60) % 2)
    return [csv(folder, frame), "--target", "target"]


@case("dates that are no dates", "error", "when")
def _(folder: Path) -> list[str]:
    return [csv(folder, good().assign(when=["2024-13-45", "31.02.2024", "soon", ""] * 50)), "--target", "target", "--time", "when"]
