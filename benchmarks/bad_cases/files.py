"""Files that are missing, empty, cut off or of another kind."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from benchmarks.bad_cases.base import case, csv, good


@case("no such file", "error", "train.csv")
def _(folder: Path) -> list[str]:
    csv(folder, good(), "training.csv")
    return ["train.csv"]


@case("a folder instead of a file", "error", "folder")
def _(folder: Path) -> list[str]:
    (folder / "data").mkdir()
    return ["data"]


@case("empty file", "error", "empty")
def _(folder: Path) -> list[str]:
    (folder / "train.csv").touch()
    return ["train.csv", "--target", "y"]


@case("only blank lines", "error")
def _(folder: Path) -> list[str]:
    (folder / "train.csv").write_text("\n\n\n")
    return ["train.csv", "--target", "y"]


@case("header only", "either")
def _(folder: Path) -> list[str]:
    return [csv(folder, good().head(0)), "--target", "target"]


@case("unknown ending", "error", ".xlsx", ".csv")
def _(folder: Path) -> list[str]:
    (folder / "train.xlsx").write_bytes(b"PK\x03\x04")
    return ["train.xlsx"]


@case("binary data that calls itself CSV", "error", "binary")
def _(folder: Path) -> list[str]:
    (folder / "train.csv").write_bytes(np.random.default_rng(0).bytes(5_000))
    return ["train.csv"]


@case("a Parquet file that is none", "error", "train.parquet")
def _(folder: Path) -> list[str]:
    good().to_csv(folder / "train.parquet")
    return ["train.parquet", "--target", "target"]


@case("a Parquet file that was cut off", "error", "train.parquet")
def _(folder: Path) -> list[str]:
    good().to_parquet(folder / "whole.parquet")
    (folder / "train.parquet").write_bytes((folder / "whole.parquet").read_bytes()[:2_000])
    return ["train.parquet", "--target", "target"]


@case("a gzip file that was cut off", "error", "train.csv.gz")
def _(folder: Path) -> list[str]:
    (folder / "train.csv.gz").write_bytes(gzip.compress(good().to_csv(index=False).encode())[:1_000])
    return ["train.csv.gz", "--target", "target"]


@case("a gzip ending on a plain file", "error", "train.csv.gz")
def _(folder: Path) -> list[str]:
    (folder / "train.csv.gz").write_bytes(good().to_csv(index=False).encode())
    return ["train.csv.gz", "--target", "target"]


@case("JSON lines that are one JSON object", "error", "train.jsonl")
def _(folder: Path) -> list[str]:
    (folder / "train.jsonl").write_text(good().to_json(indent=2))
    return ["train.jsonl", "--target", "target"]


@case("Latin-1 text", "report", "UTF-8")
def _(folder: Path) -> list[str]:
    frame = good().assign(site=np.where(np.arange(200) % 3 == 0, "Nord-Süd", "Öresund"))
    return [csv(folder, frame, encoding="latin-1"), "--target", "target"]


@case("UTF-16 text", "report", "UTF-16")
def _(folder: Path) -> list[str]:
    return [csv(folder, good(), encoding="utf-16"), "--target", "target"]


@case("UTF-16 text without a byte-order mark", "either")
def _(folder: Path) -> list[str]:
    return [csv(folder, good(), encoding="utf-16-le"), "--target", "target"]


@case("UTF-8 with a byte-order mark", "report")
def _(folder: Path) -> list[str]:
    frame = good()[["target", "mean_radius", "mean_texture", "site"]]
    return [csv(folder, frame, encoding="utf-8-sig"), "--target", "target"]


@case("lines of different length", "error", "train.csv")
def _(folder: Path) -> list[str]:
    lines = good().to_csv(index=False).splitlines()
    lines[7] += ",1,2,3"
    (folder / "train.csv").write_text("\n".join(lines))
    return ["train.csv", "--target", "target"]


@case("semicolons and decimal commas", "report")
def _(folder: Path) -> list[str]:
    return [csv(folder, good(), sep=";", decimal=","), "--target", "target"]
