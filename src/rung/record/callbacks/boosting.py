"""XGBoost and LightGBM: the evaluation of each round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rung.core.errors import MissingExtra
from rung.record.callbacks.curves import Curves, kinds

TRAINING = ("train", "training", "dtrain", "learn")


def make_xgboost(curves: Curves, end: Callable[[], None]) -> Any:
    """An XGBoost `TrainingCallback`. Of several evaluation sets without telling names the first is taken for the training set."""
    try:
        from xgboost.callback import TrainingCallback  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise MissingExtra.named("xgboost", "boosting", "for this callback") from error

    class RungCallback(TrainingCallback):
        """Reads the evaluation log after each round."""

        def after_iteration(self, model: Any, epoch: int, evals_log: dict[str, dict[str, Any]]) -> bool:
            sets = list(evals_log)
            for place, name in enumerate(sets):
                for metric, values in evals_log[name].items():
                    last = values[-1][0] if isinstance(values[-1], tuple) else values[-1]
                    _log(curves, name, metric, epoch + 1, last, first=place == 0 and len(sets) > 1)
            return False

        def after_training(self, model: Any) -> Any:
            curves.ended = "finished"
            end()
            return model

    return RungCallback()


def make_lightgbm(curves: Curves) -> Any:
    """A LightGBM callback: a function of its environment."""

    def record(env: Any) -> None:
        results = env.evaluation_result_list or []
        several = len({each[0] for each in results}) > 1
        for name, metric, value, larger, *_ in results:
            _log(curves, name, metric, env.iteration + 1, value, first=several and name == results[0][0], larger=bool(larger))
        if env.iteration + 1 == env.end_iteration:
            curves.ended = "finished"

    record.order = 90  # type: ignore[attr-defined]  # after LightGBM's own evaluation, before early stopping raises
    return record


def _log(curves: Curves, name: str, metric: str, step: int, value: float, *, first: bool, larger: bool | None = None) -> None:
    _, quantity, rises = kinds([metric])[metric]
    if larger is not None:
        quantity, rises = ("metric", True) if larger else ("loss", False)
    trains = name.lower() in TRAINING or (first and name.lower().startswith(("validation_0", "eval_0", "valid_0")))
    curves.log("train" if trains else "valid", quantity, f"{name}/{metric}", step, value, larger=rises)
