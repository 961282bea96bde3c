"""What the model says about production rows, beside what it says about the reference."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.current_drift import CurrentDrifts, Drift, drift_of, share_of, split_of
from rung.facts.goal import Goal
from rung.facts.own_model import Predicted, ask_model
from rung.facts.reference_columns import ReferenceColumns
from rung.facts.reference_scores import ReferenceScores, answered
from rung.inputs.case import Current
from rung.inputs.model import Model
from rung.inputs.settings import Settings
from rung.inputs.snapshot import Reference

MIN_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentScores:
    """Predictions for at most 20,000 production rows; `predicted.y` is nothing, `predicted.rows` are positions in the table."""

    predicted: Predicted


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDrift:
    """The model's score and, for classes, its answers: production against reference.

    trusted : whether the reference scores are those of rows the model had not seen;
    clones : whether they are those of clones fitted on fewer rows.   inputs : largest drift of a column that the model reads,
    None where none was compared.
    """

    score: Drift
    answers: Drift | None
    origin: str
    trusted: bool
    clones: bool
    inputs: Drift | None
    split: str


@fact(cost="pass")
def current_scores(current: Current, goal: Goal, model: Model | None, reference: Reference | None, settings: Settings) -> CurrentScores:
    """Ask the model; its features must be there. Unavailable with the reason where it fails on these rows."""
    if model is None:
        raise Unavailable("needs a model (--model)" if reference is None else "needs the model beside the snapshot (--model)")
    table = current.table
    predicted = ask_model(model, table, np.zeros(table.n_rows), goal.target, settings.seed)
    return CurrentScores(predicted=replace(predicted, y=np.full(len(predicted.rows), np.nan)))


@fact(cost="pass")
def score_drift(
    scores: CurrentScores, found: ReferenceScores, goal: Goal, columns: ReferenceColumns, drifts: CurrentDrifts | None, current: Current
) -> ScoreDrift:
    """Compare the two distributions. Unavailable below 20 rows on either side."""
    kept, predicted = found.scores, scores.predicted
    if min(kept.score.n, len(predicted.rows)) < MIN_ROWS:
        raise Unavailable(f"needs {MIN_ROWS} predictions on both sides")
    split, share = split_of(columns, current.table), share_of(columns, current.table)
    in_time = split == "forward" or (columns.time is not None and columns.time not in current.table.columns)
    flat = predicted.score.max(axis=1) if predicted.score.ndim == 2 else predicted.score
    import polars as pl

    series = pl.Series("score", flat).fill_nan(None)
    # What the model says about new rows lies between what clones say about rows held out and what it says about its own rows.
    ends = [each for each in (kept.score, kept.own) if each is not None]
    score = min((drift_of(each, series, share, in_time=in_time) for each in ends), key=lambda each: each.size)
    answers = drift_of(kept.shares, answered(predicted, goal.target), share, in_time=in_time) if kept.shares is not None else None
    moved = sorted(drifts.columns, key=lambda each: -each.size) if drifts is not None else []
    return ScoreDrift(
        score=score, answers=answers,
        origin=kept.origin, trusted=kept.trusted, clones=kept.own is not None, inputs=moved[0] if moved else None, split=split,
    )  # fmt: skip
