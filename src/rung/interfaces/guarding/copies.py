"""The mended copy: files of the state without the faults."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rung.core.report import Report
from rung.engine.ledger import Ledger
from rung.facts.target import Target
from rung.inputs.case import Test, Train
from rung.inputs.mended import Mended
from rung.inputs.table import Table
from rung.interfaces.guarding import models
from rung.interfaces.guarding.tables import write_table


@dataclass(slots=True)
class Work:
    """The case as it stands and as it becomes, mend by mend."""

    report: Report
    broken: Ledger
    mended: Ledger
    how: list[Mended]
    files: dict[str, Path]
    trust: bool


def write_mended(work: Work, folder: Path, with_model: bool) -> dict[str, Path]:
    """Files of the mended state; what did not change is the user's own."""
    found = dict(work.files)
    for role, kind in (("train", Train), ("test", Test)):
        if role in work.files and work.mended.ask(kind).table is not work.broken.ask(kind).table:
            found[role] = folder / role / work.files[role].name
            found[role].parent.mkdir(parents=True)
            write_table(work.mended.ask(kind).table, found[role])
    if with_model and "model" in work.files:
        found["model"] = _write_model(work, folder, found)
    return found


def _write_model(work: Work, folder: Path, found: dict[str, Path]) -> Path:
    import joblib

    estimator = models.load(work.files["model"])
    target = work.mended.ask(Target)
    frame = _as_pandas(work.mended.ask(Train).table, found["train"])
    known = frame[target.name].notna()
    for how in work.how:
        if how.model is not None:
            estimator = models.mended(
                estimator, how, frame.loc[known].drop(columns=target.name), frame.loc[known, target.name], target.classes
            )
    place = folder / "model" / work.files["model"].name
    place.parent.mkdir(parents=True)
    joblib.dump(estimator, place)
    return place


def _as_pandas(table: Table, path: Path) -> Any:
    """As the model's author reads the file: by pandas where it is CSV, else from the engine's frame."""
    import pandas as pd

    if path.suffix.lower() in (".csv", ".gz") and path.exists():
        return pd.read_csv(path)
    return table.frame.to_pandas()
