"""MLflow: its file store (a file a metric under `metrics/`, lines of 'timestamp value step') and its SQLite store (table `metrics`)."""

from __future__ import annotations

import math
import sqlite3
from pathlib import Path

from rung.adapters.histories.names import curve, is_index
from rung.core.errors import BadInput
from rung.inputs.history import Curve


def read_run(folder: Path) -> list[Curve]:
    """Metrics of a run's folder, of its `metrics` folder, or of a store with a single run; [] where there are none."""
    places = (
        [folder] if folder.name == "metrics" else sorted(each for each in folder.rglob("metrics") if each.is_dir() and any(each.iterdir()))
    )
    if len(places) > 1:
        names = ", ".join(str(each.parent.relative_to(folder)) for each in places[:6])
        raise BadInput(f"'{folder}' holds {len(places)} runs: {names}.", hint="Name the folder of one run.")
    if not places:
        return []
    files = [each for each in sorted(places[0].rglob("*")) if each.is_file()]
    found = [_metric(each, str(each.relative_to(places[0]))) for each in files]
    return [each for each in found if each is not None]


def read_store(path: Path) -> list[Curve]:
    """Metrics of the run that was logged to last. Raises BadInput for another kind of database."""
    from contextlib import closing

    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            last = store.execute("SELECT run_uuid FROM metrics ORDER BY timestamp DESC LIMIT 1").fetchone()
            rows = store.execute(
                "SELECT key, step, value, is_nan FROM metrics WHERE run_uuid = ? ORDER BY key, step, timestamp", last or ("",)
            ).fetchall()
    except sqlite3.Error as error:
        raise BadInput(f"'{path}' is no MLflow store: {error}.") from error
    found: dict[str, tuple[list[float], list[float]]] = {}
    for name, step, value, is_nan in rows:
        steps, values = found.setdefault(name, ([], []))
        steps.append(float(step))
        values.append(math.nan if is_nan else float(value))
    return [curve(name, steps, values) for name, (steps, values) in found.items() if not is_index(name)]


def _metric(file: Path, name: str) -> Curve | None:
    steps, values = [], []
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines()):
        parts = line.split()
        try:
            value = float(parts[1])
            step = float(parts[2]) if len(parts) > 2 else float(number)
        except (IndexError, ValueError):
            return None
        steps.append(step)
        values.append(value)
    return curve(name, steps, values) if values and not is_index(name) else None
