"""Reports on training runs, whatever recorded them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rung.engine.run import Progress, quiet
from rung.inputs.case import Case
from rung.inputs.history import History
from rung.inputs.rerun import Rerun
from rung.inputs.settings import Settings
from rung.interfaces.api import report_on
from rung.interfaces.configuration import knobs_from_project

if TYPE_CHECKING:
    from rung.core.report import Report

Words = str | tuple[str, ...] | list[str]


def check(
    history: History | str | Path | Mapping[str, object] | list[object], *, select: Words = (), ignore: Words = (), seed: int = 0,
) -> Report:  # fmt: skip
    """The training rules on a recorded run.

    history : a History, a file or folder that `rung check` reads (its help lists the formats), or plain lists: Keras' `history.history`,
    XGBoost's `evals_result()`, LightGBM's record, a Trainer's `state.log_history`.
    Raises BadInput for what holds no curves.
    """
    from rung.adapters.histories.read import history_of, read_history

    if isinstance(history, str | Path):
        history = read_history(history)
    elif not isinstance(history, History):
        history = history_of(history)
    return report_on_history(history, select=select, ignore=ignore, seed=seed)


def report_on_history(
    history: History, *, rerun: Rerun | None = None, select: Words = (), ignore: Words = (), seed: int = 0, budget: float = 0.0,
    progress: Progress = quiet,
) -> Report:  # fmt: skip
    """The report on a history at hand; with `rerun` and a budget, fixes are tried on the run itself."""
    settings = Settings(
        seed=seed, budget=budget, experiments=budget > 0, select=_words(select), ignore=_words(ignore), knobs=knobs_from_project(Path.cwd()),
    )  # fmt: skip
    return report_on(Case(history, rerun, settings), settings, progress)


def _words(given: Words) -> tuple[str, ...]:
    return tuple(word.strip() for word in given.split(",") if word.strip()) if isinstance(given, str) else tuple(given)
