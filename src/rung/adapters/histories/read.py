"""Opens a log of training, whatever wrote it, as a `History` of curves."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from rung.adapters.histories import mlflow, tables, tensorboard, wandb
from rung.adapters.histories.names import Unit, curve, from_lists, ordered
from rung.core.errors import BadInput
from rung.inputs.history import Curve, History
from rung.inputs.history_file import is_history, load_history

Counted = Literal["optimizer.step", "epoch", "round"]
FORMATS = (
    "a history saved by rung (.json, .json.gz), a CSV of losses, TensorBoard event files or their folder, a W&B offline run (.wandb or its folder), "
    "an MLflow run, metrics folder or SQLite store, Lightning's metrics.csv, Hugging Face's trainer_state.json, or JSON of lists (Keras, XGBoost, LightGBM)"
)


def read_history(path: str | Path) -> History:
    """The history in a file or folder. Raises BadInput with the formats that can be read."""
    place = Path(path)
    if not place.exists():
        raise BadInput(f"There is no '{path}'.", hint=f"rung check reads {FORMATS}.")
    if place.is_dir():
        return _folder(place)
    return _file(place)


def _file(place: Path) -> History:
    name = place.name.lower()
    if not place.stat().st_size:
        raise BadInput(f"'{place}' is empty.")
    if "tfevents" in name:
        return _curves(place, "tensorboard", tensorboard.read_events(place))
    if name.endswith(".wandb"):
        return _curves(place, "wandb", wandb.read_run(place))
    if name.endswith((".db", ".sqlite")):
        return _curves(place, "mlflow", mlflow.read_store(place))
    if name.endswith((".json", ".json.gz")):
        return _json(place)
    if name.endswith((".csv", ".tsv", ".txt", ".log")):
        return _curves(place, "csv", tables.read_csv(place))
    raise BadInput(f"'{place}' has no ending that tells what logged it.", hint=f"rung check reads {FORMATS}.")


def _folder(place: Path) -> History:
    events = sorted(place.glob("*tfevents*")) or sorted(place.rglob("*tfevents*"))
    if events:
        folder = {each.parent for each in events}
        if len(folder) > 1:
            names = ", ".join(sorted(str(each.relative_to(place)) for each in folder)[:6])
            raise BadInput(f"'{place}' holds event files of {len(folder)} runs: {names}.", hint="Name one of these folders.")
        return _curves(place, "tensorboard", [each for file in events for each in tensorboard.read_events(file)])
    runs = sorted(place.rglob("*.wandb"))
    if runs:
        return _curves(runs[-1], "wandb", wandb.read_run(runs[-1]))
    for name in ("trainer_state.json", "metrics.csv", "history.json"):
        found = sorted(place.rglob(name))
        if found:
            return _file(found[-1])
    curves = mlflow.read_run(place)
    if curves:
        return _curves(place, "mlflow", curves)
    raise BadInput(f"The folder '{place}' holds no log that rung knows.", hint=f"rung check reads {FORMATS}.")


def _json(place: Path) -> History:
    raw = place.read_bytes()
    try:
        document = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
    except (ValueError, OSError) as error:
        raise BadInput(f"'{place}' is not JSON: {error}.") from error
    if is_history(document):
        return load_history(place)
    return history_of(document, str(place))


def history_of(document: object, source: str = "dictionary") -> History:
    """A history from plain lists: Keras' `history.history`, XGBoost's `evals_result`, LightGBM's record, a Trainer's state or its log.

    Raises BadInput where it is none of these.
    """
    if isinstance(document, Mapping) and isinstance(document.get("log_history"), list):
        return _made(source, "transformers", _log(document["log_history"]), "optimizer.step")
    if isinstance(document, list) and document and all(isinstance(each, Mapping) for each in document):
        return _made(source, "", _log(document), "optimizer.step")
    if isinstance(document, Mapping) and document:
        inner = {name: value for name, value in document.items() if isinstance(value, Mapping)}
        if inner and len(inner) == len(document):
            curves = [
                each
                for name, value in inner.items()
                for each in from_lists({f"{_set(name, len(inner))}/{key}": v for key, v in value.items()}, "round")
            ]
            return _made(source, "boosting", curves, "round")
        return _made(source, "", from_lists(document, "epoch"), "epoch")
    raise BadInput(f"'{source}' holds no curves.", hint=f"rung check reads {FORMATS}.")


def _set(name: str, n_sets: int) -> str:
    """XGBoost names its sets validation_0, validation_1 in the order of eval_set; the first of several is by custom the training set."""
    if n_sets > 1 and name in ("validation_0", "valid_0", "learn", "training"):
        return "train"
    return name


def _log(entries: list[Mapping[str, object]]) -> list[Curve]:
    """A list of what was logged, each entry with its step."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    unit: Unit = "step" if any("step" in each for each in entries) else "epoch"
    for place, each in enumerate(entries, 1):
        step = each.get(unit, place)
        for name, value in each.items():
            if (
                name not in ("step", "epoch")
                and isinstance(value, int | float)
                and not isinstance(value, bool)
                and isinstance(step, int | float)
            ):
                steps, values = found.setdefault(name, ([], []))
                steps.append(float(step))
                values.append(float(value))
    summaries = (
        "train_loss",
        "train_runtime",
        "train_samples_per_second",
        "train_steps_per_second",
        "total_flos",
    )  # the Trainer's last entry
    return [curve(name, steps, values, unit) for name, (steps, values) in found.items() if name not in summaries or len(steps) > 1]


def _made(source: str, framework: str, curves: list[Curve], counted: Counted) -> History:
    useful = ordered(curves)
    if not any(each.quantity in ("loss", "metric") for each in useful):
        names = ", ".join(f"'{each.name}'" for each in useful[:8]) or "none"
        raise BadInput(
            f"'{source}' holds no loss and no metric; what it logs: {names}.", hint="A loss has 'loss' in its name, or is a known metric's."
        )
    last = max(int(each.step[-1]) for each in useful if each.step.size)
    unit = next(each.unit for each in useful)
    count = {"epoch": "epoch", "round": "round"}.get(unit, counted)
    return History(
        source=source,
        framework=framework,
        counted=count,  # pyright: ignore[reportArgumentType]
        n_steps=last,
        n_epochs=last if unit == "epoch" else None,
        curves=useful,  # pyright: ignore[reportArgumentType]
    )  # type: ignore[arg-type]


def _curves(place: Path, framework: str, curves: list[Curve]) -> History:
    return _made(str(place), framework, curves, "optimizer.step")
