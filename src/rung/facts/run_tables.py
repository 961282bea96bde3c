"""The tables a script really trained and scored on, as a `Case` would hold them: features as handed to the model, the target, and the columns left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.run_history import RunHistory
from rung.facts.run_scorings import Scoring, Scorings
from rung.facts.run_target import named_features
from rung.inputs.trace_parts import Excerpt, Item, Rows

MIN_ROWS = 20
Column = NDArray[np.generic]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunTables:
    """One score's tables.

    scoring : the score.   features, test_features : name -> values as the model was given them.   labels, test_labels : the target, None for the test
    where it was not seen.   target : its name.   others, test_others : columns of the table the rows came from that are not features, row for row.
    """

    scoring: Scoring
    features: dict[str, Column]
    labels: Column
    target: str
    test_features: dict[str, Column]
    test_labels: Column | None
    others: dict[str, Column]
    test_others: dict[str, Column]


@fact(cost="pass")
def run_tables(scored: Scorings) -> RunTables:
    """The last score of a model on rows of its own. Unavailable where no values were kept."""
    for scoring in reversed(scored.held):
        found = _tables(scored.history, scoring)
        if found is not None:
            return found
    raise Unavailable("no values of a scored table were kept")


def _tables(history: RunHistory, scoring: Scoring) -> RunTables | None:
    train, labels = _values(history.item(scoring.x_fit)), _values(history.item(scoring.y_fit))
    rows = history.rows(scoring.x_fit)
    if train is None or labels is None or rows is None or len(rows) < MIN_ROWS or len(labels.columns) != 1:
        return None
    target_item = history.item(scoring.y_fit)
    target = (target_item.name if target_item is not None else "") or "target"
    features = _named(history, scoring.x_fit, train)
    y = next(iter(labels.columns.values()))
    size = {len(next(iter(train.columns.values()), ())), len(y), len(rows)}
    if len(size) != 1 or target in features:
        return None
    test = _test(history, scoring, tuple(features))
    test_rows = history.rows(scoring.x)
    if test is not None and test_rows is not None and len(test_rows) == len(next(iter(test[0].values()))):
        kept = _own_rows(history, test_rows)
        test = {name: values[kept] for name, values in test[0].items()}, None if test[1] is None else test[1][kept]
        test_rows = test_rows[kept]
    own = _own_rows(history, rows)
    own = own[np.isin(rows[own], scoring.fitted) | (rows[own] < 0)]  # rows handed over without their labels are not fitted on
    features, y, rows = {name: values[own] for name, values in features.items()}, y[own], rows[own]
    others = _others(history, rows, features, target)
    test_others = _others(history, test_rows, features, target) if test and test_rows is not None else {}
    return RunTables(
        scoring=scoring, features=features, labels=y, target=target, test_features=test[0] if test else {}, test_labels=test[1] if test else None,
        others={name: each for name, each in others.items() if not test or name in test_others},
        test_others={name: each for name, each in test_others.items() if name in others},
    )  # fmt: skip


def _own_rows(history: RunHistory, rows: Rows) -> NDArray[np.intp]:
    """Positions of the rows that came from outside, each once: what a sampler made up or repeated says nothing about the table. All where none is known."""
    made_up = [each for each in history.trace.sources if each.kind == "synthetic"]
    outside = np.ones(len(rows), dtype=bool)
    for each in made_up:
        outside &= (rows < each.first) | (rows >= each.first + each.n_rows)
    known = rows >= 0
    first = np.isin(np.arange(len(rows)), np.unique(rows, return_index=True)[1]) | ~known
    places = np.flatnonzero(outside & first)
    return places if len(places) >= MIN_ROWS else np.arange(len(rows))


def _values(item: Item | None) -> Excerpt | None:
    """Values of all rows, None where only some were kept."""
    if item is None or item.excerpt is None or len(item.excerpt.positions) != item.shape[0] or len(item.shape) > 2:
        return None
    return item.excerpt


def _named(history: RunHistory, item: int | None, excerpt: Excerpt) -> dict[str, Column]:
    """Columns under the names they bore before they became a plain array, where the number of columns is the same."""
    names = named_features(history, item)
    given = list(excerpt.columns)
    chosen = names if len(names) == len(given) and len(set(names)) == len(names) else given
    return {str(name): values for name, values in zip(chosen, excerpt.columns.values(), strict=True)}


def _test(history: RunHistory, scoring: Scoring, names: tuple[str, ...]) -> tuple[dict[str, Column], Column | None] | None:
    excerpt = _values(history.item(scoring.x))
    if scoring.folds or excerpt is None or len(excerpt.columns) != len(names):
        return None
    features = dict(zip(names, excerpt.columns.values(), strict=True))
    labels = _values(history.item(scoring.y))
    y = next(iter(labels.columns.values())) if labels is not None and len(labels.columns) == 1 else _mapped(history, scoring)
    return features, y if y is not None and len(y) == len(next(iter(features.values()))) else None


def _mapped(history: RunHistory, scoring: Scoring) -> Column | None:
    """Labels of the scored rows by their row numbers, from any object that held the labels of all of them with those of the fit."""
    wanted, known, y = history.rows(scoring.x), history.rows(scoring.y_fit), _values(history.item(scoring.y_fit))
    if wanted is None or known is None or y is None:
        return None
    fitted = next(iter(y.columns.values()))
    for item in history.trace.items:
        excerpt, rows = _values(item), history.rows(item.id)
        if excerpt is None or rows is None or not len(rows) or len(np.unique(rows)) < len(rows):
            continue
        order = np.argsort(rows)
        places = order[np.clip(np.searchsorted(rows, wanted, sorter=order), 0, len(rows) - 1)]
        again = order[np.clip(np.searchsorted(rows, known, sorter=order), 0, len(rows) - 1)]
        if not np.array_equal(rows[places], wanted) or not np.array_equal(rows[again], known):
            continue
        for values in excerpt.columns.values():
            if len(fitted) == len(again) and values.dtype.kind == fitted.dtype.kind and np.array_equal(values[again], fitted):
                return values[places]
    return None


def _others(history: RunHistory, rows: Rows, features: dict[str, Column], target: str) -> dict[str, Column]:
    """Columns of the source table that the features left out."""
    source = (
        next((each for each in history.trace.sources if each.first <= rows.min() and rows.max() < each.first + each.n_rows), None)
        if len(rows)
        else None
    )
    if source is None:
        return {}
    loaded = [
        item
        for item in history.trace.items
        if item.made_by == source.event
        and item.rows is not None
        and len(item.rows) == source.n_rows
        and item.kind == "frame"
        and _values(item) is not None
    ]
    if not loaded or loaded[0].excerpt is None or not np.array_equal(loaded[0].rows, np.arange(source.first, source.first + source.n_rows)):  # type: ignore[arg-type]
        return {}
    places = rows - source.first
    kept = loaded[0].excerpt
    columns = {
        **kept.columns,
        **({kept.moments[0]: kept.moments[1]} if kept.moments is not None and kept.moments[0] not in kept.columns else {}),
    }
    return {str(name): values[places] for name, values in columns.items() if name not in features and name != target}
