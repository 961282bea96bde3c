"""Writes a history's numbers where people already look: TensorBoard, W&B, MLflow. Names are the same in all three."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rung.core.errors import BadSetting, MissingExtra
from rung.inputs.history import History

TARGETS = ("tensorboard", "wandb", "mlflow")
Number = tuple[str, int, float]


def numbers(history: History) -> Iterator[Number]:
    """Every finite number of a history as (name, step, value), by name and then by step.

    'rung/train/loss', 'rung/gradient_norm', 'rung/layers/<path>/gradient_norm' and so on.
    """
    for curve in history.curves:
        yield from (
            (f"rung/{curve.name}", int(step), float(value))
            for step, value in zip(curve.step, curve.value, strict=True)
            if math.isfinite(value)
        )
    seen = history.steps.step
    for name in ("gradient_norm_before", "gradient_norm", "update_ratio"):
        values = getattr(history.steps, name)
        yield from ((f"rung/{name}", int(step), float(value)) for step, value in zip(seen, values, strict=False) if math.isfinite(value))
    for layer in history.layers:
        for name in ("gradient_norm", "weight_norm", "update_ratio", "activation_mean", "activation_std", "zero_share", "saturated_share"):
            values = getattr(layer, name)
            yield from (
                (f"rung/layers/{layer.path or 'model'}/{name}", int(step), float(value))
                for step, value in zip(seen, values, strict=False)
                if math.isfinite(value)
            )


def write(history: History, target: str, folder: str | Path = "runs/rung") -> int:
    """Write the numbers; returns how many. Raises BadSetting for another target, MissingExtra where its library is not installed.

    tensorboard : event files in `folder`.   wandb : the run in progress (`wandb.run`), else a new one.   mlflow : the active run.
    """
    if target not in TARGETS:
        raise BadSetting(f"'{target}' is nowhere that rung writes to.", hint=f"Known are {', '.join(TARGETS)}.")
    try:
        return {"tensorboard": _tensorboard, "wandb": _wandb, "mlflow": _mlflow}[target](history, Path(folder))
    except ImportError as error:
        raise MissingExtra(f"'{target}' is needed to write there and is not installed.", hint=f"pip install {target}") from error


def _tensorboard(history: History, folder: Path) -> int:
    from torch.utils.tensorboard import SummaryWriter

    count = 0
    writer: Any = SummaryWriter(str(folder))
    for name, step, value in numbers(history):
        writer.add_scalar(name, value, step)
        count += 1
    writer.close()
    return count


def _wandb(history: History, _folder: Path) -> int:
    import wandb  # pyright: ignore[reportMissingImports]

    run: Any = wandb.run or wandb.init(project="rung")
    run.define_metric("rung/step")
    run.define_metric("rung/*", step_metric="rung/step")  # steps of the history, whatever was logged before
    rows: dict[int, dict[str, float]] = {}
    for name, step, value in numbers(history):
        rows.setdefault(step, {})[name] = value
    for step in sorted(rows):
        run.log({"rung/step": step, **rows[step]})
    return sum(map(len, rows.values()))


def _mlflow(history: History, _folder: Path) -> int:
    import mlflow  # pyright: ignore[reportMissingImports]

    found = list(numbers(history))
    for name, step, value in found:
        mlflow.log_metric(name, value, step=step)
    return len(found)
