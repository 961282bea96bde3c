"""Models that cannot be loaded or do not fit the table."""

from __future__ import annotations

import pickle
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.bad_cases.base import case, csv, good, model


@case("model without --trust", "error", "--trust")
def _(folder: Path) -> list[str]:
    frame = good()
    return [csv(folder, frame), "--target", "target", "--model", model(folder, frame)]


@case("model file that is not there", "error", "model.joblib")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "--model", "model.joblib", "--trust"]


@case("corrupt model file", "error", "model.joblib")
def _(folder: Path) -> list[str]:
    frame = good()
    path = folder / model(folder, frame)
    path.write_bytes(path.read_bytes()[:300])
    return [csv(folder, frame), "--target", "target", "--model", "model.joblib", "--trust"]


@case("model file that is a text", "error", "model.pkl")
def _(folder: Path) -> list[str]:
    (folder / "model.pkl").write_text("this is my model\n")
    return [csv(folder, good()), "--target", "target", "--model", "model.pkl", "--trust"]


@case("model of an unknown ending", "error", ".h5")
def _(folder: Path) -> list[str]:
    (folder / "model.h5").write_bytes(b"\x89HDF\r\n")
    return [csv(folder, good()), "--target", "target", "--model", "model.h5", "--trust"]


@case("JSON that is no booster", "error", "model.json")
def _(folder: Path) -> list[str]:
    (folder / "model.json").write_text('{"a": 1}')
    return [csv(folder, good()), "--target", "target", "--model", "model.json"]


@case("pickle that holds no model", "error", "predict")
def _(folder: Path) -> list[str]:
    (folder / "model.pkl").write_bytes(pickle.dumps({"coef": [1, 2]}))
    return [csv(folder, good()), "--target", "target", "--model", "model.pkl", "--trust"]


@case("model that is not fitted", "error", "not fitted")
def _(folder: Path) -> list[str]:
    joblib.dump(LogisticRegression(), folder / "model.joblib")
    return [csv(folder, good()), "--target", "target", "--model", "model.joblib", "--trust"]


@case("model that needs other columns", "error", "mean_area_log")
def _(folder: Path) -> list[str]:
    frame = good()
    name = model(folder, frame.assign(mean_area_log=np.log(frame["mean_radius"])))
    return [csv(folder, frame), "--target", "target", "--model", name, "--trust"]


@case("model fitted on an array of other width", "either")
def _(folder: Path) -> list[str]:
    frame = good()
    joblib.dump(
        LogisticRegression(max_iter=2_000).fit(frame[["mean_radius", "mean_texture"]].to_numpy(), frame["target"]), folder / "m.joblib"
    )
    return [csv(folder, frame), "--target", "target", "--model", "m.joblib", "--trust"]


@case("regressor for a class target", "either")
def _(folder: Path) -> list[str]:
    from sklearn.linear_model import LinearRegression

    frame = good()
    x = frame.select_dtypes("number").drop(columns="target")
    joblib.dump(LinearRegression().fit(x, frame["mean_radius"]), folder / "m.joblib")
    return [csv(folder, frame), "--target", "target", "--model", "m.joblib", "--trust"]


@case("model for another target's classes", "either")
def _(folder: Path) -> list[str]:
    frame = good()
    x = frame.select_dtypes("number").drop(columns="target")
    joblib.dump(make_pipeline(StandardScaler(), LogisticRegression()).fit(x, frame["site"]), folder / "m.joblib")
    return [csv(folder, frame), "--target", "target", "--model", "m.joblib", "--trust"]


@case("module that is not there", "error", "nowhere")
def _(folder: Path) -> list[str]:
    return [csv(folder, good()), "--target", "target", "--model", "nowhere:model", "--trust"]


@case("module that breaks on import", "error", "train_it")
def _(folder: Path) -> list[str]:
    (folder / "train_it.py").write_text("model = 1 / 0\n")
    return [csv(folder, good()), "--target", "target", "--model", "train_it:model", "--trust"]
