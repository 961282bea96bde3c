"""The model's answers for rows with a known target that it should not have been fitted on: asked once, read by every rule of evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.matrix import Encoder, Matrix, encode, encoder_of
from rung.facts.own_model import OnTest, OnTrain, Predicted
from rung.facts.schema import Schema
from rung.facts.target import Target
from rung.inputs.case import Test, Train
from rung.inputs.contract import Contract
from rung.inputs.model import Model
from rung.inputs.table import Rows, Table

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
FEWEST = 10  # rows below which nothing can be said of a model


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Answers beside the truth.

    where : 'test', or 'table' where the only table given carries its predictions along.   table, rows : the table and the positions scored.
    y, labels : true and predicted codes (or numbers), shape (n,), never missing.   score : as `Predicted.score`; has_scores : more than labels.
    p : probabilities, shape (n, n_classes), None where the model gives none.   sums : whether they are honest ones that sum to 1.
    target : the target as understood.   model : who answered.
    """

    where: Literal["test", "table"]
    table: Table
    rows: Rows
    y: Floats
    labels: Floats
    score: Floats
    has_scores: bool
    p: Floats | None
    target: Target
    model: Model

    @property
    def n(self) -> int:
        """Rows scored."""
        return len(self.y)

    @property
    def wrong(self) -> Bools:
        """Classification: rows whose predicted class is another one, shape (n,)."""
        return np.asarray(self.labels != self.y)

    @property
    def confidence(self) -> Floats | None:
        """Probability of the class that was predicted, whichever it is; None without probabilities."""
        if self.p is None:
            return None
        return self.p[np.arange(self.n), self.labels.astype(np.int64)]

    @property
    def residual(self) -> Floats:
        """Regression: truth minus prediction, in the unit of the target."""
        return self.y - self.labels


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredFeatures:
    """The columns of the scored rows as numbers, categories as codes.

    x : shape (n, k), NaN for missing.   names, categorical : the k columns.   levels : for each column its categories by code, empty for numbers.
    described : columns that are no features (time, group), kept because errors may hang on them.   dates : columns in days since 1970.
    lengths : columns of text, which stand here by their number of characters.
    """

    x: Floats
    names: tuple[str, ...]
    categorical: Bools
    levels: tuple[tuple[str, ...], ...]
    described: tuple[str, ...]
    dates: tuple[str, ...]
    lengths: tuple[str, ...] = ()


@fact(cost="pass")
def scored(model: Model, target: Target, train: Train, test: Test | None, on_test: OnTest | None, on_train: OnTrain | None) -> Scored:
    """The test rows; the table itself where it carries its predictions along and there is no test set that does."""
    if on_test is not None and test is not None:
        return _scored("test", test.table, on_test.predicted, target, model)
    if model.predicts_column is not None and on_train is not None:
        return _scored("table", train.table, on_train.predicted, target, model)
    if test is None:
        raise Unavailable("needs a test set")
    raise Unavailable("the model does not answer for the test set")


def _scored(where: Literal["test", "table"], table: Table, said: Predicted, target: Target, model: Model) -> Scored:
    told = np.isfinite(said.labels) & np.isfinite(said.y)
    told &= np.isfinite(said.score).all(axis=1) if said.score.ndim == 2 else np.isfinite(said.score)
    if told.sum() < FEWEST:
        raise Unavailable(f"only {int(told.sum())} rows of '{table.source}' have a target and a usable prediction")
    score = said.score[told]
    return Scored(
        where=where,
        table=table,
        rows=said.rows[told],
        y=said.y[told],
        labels=said.labels[told],
        score=score,
        has_scores=said.has_scores,
        p=_probabilities(score, said.has_scores and not model.ranks_only, target),
        target=target,
        model=model,
    )


def _probabilities(score: Floats, has_scores: bool, target: Target) -> Floats | None:
    """One column a class; None for scores outside 0..1, for bare labels, and for columns that do not sum to 1."""
    if not has_scores or not target.is_classification or score.min() < 0 or score.max() > 1 or bool(np.isin(score, (0.0, 1.0)).all()):
        return None
    if score.ndim == 1:
        return np.column_stack([1 - score, score] if target.positive == 1 else [score, 1 - score])
    return score if bool(np.all(np.abs(score.sum(axis=1) - 1) < 1e-3)) else None


@fact(cost="pass")
def scored_features(scored: Scored, matrix: Matrix, schema: Schema, train: Train, contract: Contract) -> ScoredFeatures:
    """Encode the scored rows as the training rows were; columns of time, of the entity and protected ones are added."""
    others = [each for each in schema.columns if each.name not in matrix.names and each.kind not in ("empty", "text")]
    wanted = [each for each in others if each.role in ("time", "group") or each.name in contract.protected]
    added = tuple(encoder_of(each, train.table) for each in wanted if each.name in scored.table.columns)
    encoders = (*matrix.encoders, *added)
    return ScoredFeatures(
        x=encode(scored.table.take(scored.rows), encoders),
        names=tuple(each.column for each in encoders),
        categorical=np.array([each.labels is not None for each in encoders]),
        levels=tuple(_levels(each) for each in encoders),
        described=tuple(each.column for each in added),
        dates=tuple(each.column for each in encoders if each.kind == "datetime"),
        lengths=tuple(each.column for each in encoders if each.kind == "text"),
    )


def _levels(encoder: Encoder) -> tuple[str, ...]:
    """Categories by code; those that share the last code are named by the first of them."""
    if encoder.labels is None:
        return ()
    named: dict[int, str] = {}
    for label, code in encoder.labels.items():
        named.setdefault(code, label)
    return tuple(named[code] for code in sorted(named))
