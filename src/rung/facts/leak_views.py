"""Ways in which single columns, and pairs, could give the target away: each scored alone, out of fold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.leak_differences import differences
from rung.facts.matrix import Matrix
from rung.facts.sample import row_keys
from rung.facts.schema import Column, Schema
from rung.facts.score import Metric
from rung.inputs.case import Train
from rung.inputs.settings import Settings
from rung.stats.arrays import midranks
from rung.stats.association import equal_frequency_codes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MAX_ROWS = 4_000  # tells skills 0.02 apart, and keeps 200 columns within a second
N_PARTS = 5
BINS = 50  # enough for 25 alternations of the class along a number
KEPT = 12  # strongest views that keep their predictions
MAX_LEVELS = 6  # levels of a column in the scan of pairs
MAX_SCANNED = 120  # columns in the scan of pairs: 7,140 pairs by two matrix products


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One way to read a column (or a pair), and how well the target follows from it alone.

    kind : 'value', 'missing', 'parity', 'text' or 'pair'.   skill : 0 for chance, 1 for perfect, out of fold.
    pure_share : share of a class that lies in cells which hold that class alone;   pure_class its code, -1 for none.
    prediction : shape (n,) or (n, n_classes), for the strongest views; empty for the others.   cells : shape (n,).
    """

    names: tuple[str, ...]
    kind: str
    skill: float
    pure_share: float
    pure_class: int
    prediction: Floats
    cells: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakViews:
    """Views by skill, best first.   places : rows of the matrix that were looked at;   part : their fold, 0..4.
    y : the target of these rows; ranks (0..1) where a hundredth of the rows holds most of its variance.
    """

    views: tuple[View, ...]
    places: Ints
    part: Ints
    y: Floats


@fact(cost="pass")
def leak_views(matrix: Matrix, schema: Schema, train: Train, metric: Metric, settings: Settings) -> LeakViews:
    """Score values, missingness, parity, parts of texts and pairs of columns, each on the same five parts."""
    n = len(matrix.y)
    places = np.arange(n) if n <= MAX_ROWS else np.linspace(0, n - 1, MAX_ROWS).astype(np.int64)
    keys = row_keys(matrix.rows[places], settings.seed + 7)
    part = np.empty(len(places), dtype=np.int64)
    part[np.argsort(keys, kind="stable")] = np.arange(len(places)) % N_PARTS
    y = _tamed(matrix.y[places], metric)
    found = [_view(names, kind, cells, x, y, part, metric) for names, kind, cells, x in _readings(matrix, schema, train, places, metric)]
    found += [_view(names, "pair", cells, None, y, part, metric) for names, cells in _pairs(matrix, places, y, metric)]
    found += [_view(names, "pair", cells, None, y, part, metric) for names, cells in differences(matrix, places)]
    found.sort(key=lambda each: -each.skill)
    kept = [each if place < KEPT or each.kind != "value" else _light(each) for place, each in enumerate(found)]
    return LeakViews(views=tuple(kept), places=places, part=part, y=y)


def _tamed(y: Floats, metric: Metric) -> Floats:
    """A few huge values would decide every R2: their ranks do not."""
    squares = np.sort((y - y.mean()) ** 2)[::-1]
    heavy = metric.task == "regression" and squares[: max(1, len(y) // 100)].sum() > 0.3 * squares.sum() and len(y) >= 100
    return midranks(y) / len(y) if heavy else y


Reading = tuple[tuple[str, ...], str, Ints, Floats | None]


def _readings(matrix: Matrix, schema: Schema, train: Train, places: Ints, metric: Metric) -> Iterator[Reading]:
    for place, name in enumerate(matrix.names):
        x = matrix.x[places, place]
        column = schema.column(name)
        smooth = x if metric.task == "regression" and not matrix.categorical[place] else None
        yield (name,), "value", _cells(x, bool(matrix.categorical[place])), smooth
        if column.n_missing:
            yield (name,), "missing", np.isnan(x).astype(np.int64), None
        if column.integer and column.n_distinct > 2 * BINS:
            yield (name,), "parity", _dense(np.where(np.isnan(x), 2, np.mod(np.nan_to_num(x), 2))), None
    rows = matrix.rows[places]
    for column in schema.features:
        if column.name not in matrix.names and column.kind in ("category", "text"):
            yield from _text_readings(column, train.table.column(column.name)[rows])


def _text_readings(column: Column, texts: pl.Series) -> Iterator[Reading]:
    """A text that names the row may still tell the class by its prefix, its last sign, its length or its number's place."""
    plain = texts.cast(pl.String).fill_null("")
    digits = plain.str.extract(r"(\d{1,15})").cast(pl.Float64, strict=False).to_numpy().astype(float)
    yield (column.name,), "text", _dense(plain.str.extract(r"^([^\d]{1,6})").fill_null("").rank("dense").to_numpy()), None
    yield (column.name,), "text", _dense(plain.str.tail(1).rank("dense").to_numpy()), None
    yield (column.name,), "text", _dense(plain.str.len_chars().to_numpy()), None
    if np.isfinite(digits).mean() > 0.9:
        yield (column.name,), "text", _cells(digits, categorical=False), None
        yield (column.name,), "parity", _dense(np.mod(np.nan_to_num(digits), 2)), None
    if column.n_missing:
        yield (column.name,), "missing", texts.is_null().cast(pl.Int64).to_numpy(), None


def _cells(x: Floats, categorical: bool) -> Ints:
    """Categories as they are, numbers in at most 50 bins of equal count; missing is a cell of its own."""
    known = ~np.isnan(x)
    cells = np.zeros(len(x), dtype=np.int64)
    if categorical or len(np.unique(x[known])) <= BINS:
        cells[known] = 1 + _dense(x[known])
    elif known.any():
        cells[known] = 1 + equal_frequency_codes(x[known], int(np.clip(known.sum() // 10, 2, BINS)))
    return cells


def _dense(values: NDArray[np.generic]) -> Ints:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _view(names: tuple[str, ...], kind: str, cells: Ints, x: Floats | None, y: Floats, part: Ints, metric: Metric) -> View:
    prediction = by_cell(cells, y, part, metric)
    skill = skill_of(metric, y, prediction, part)
    if x is not None:
        smooth = _interpolated(x, y, part)
        if (other := skill_of(metric, y, smooth, part)) > skill:
            prediction, skill = smooth, other
    share, label = _purity(cells, y, metric)
    return View(names=names, kind=kind, skill=skill, pure_share=share, pure_class=label, prediction=prediction, cells=cells)


def _light(view: View) -> View:
    keep = view.cells if view.pure_share > 0 else np.empty(0, dtype=np.int64)
    return View(
        names=view.names,
        kind=view.kind,
        skill=view.skill,
        pure_share=view.pure_share,
        pure_class=view.pure_class,
        prediction=np.empty(0),
        cells=keep,
    )


def skill_of(metric: Metric, y: Floats, prediction: Floats, part: Ints) -> float:
    """The mean score of the parts between chance (0) and perfect (1)."""
    values = np.array([metric.value(y[part == number], prediction[part == number]) for number in range(N_PARTS) if (part == number).any()])
    known = values[np.isfinite(values)]
    return float((known.mean() - metric.chance) / (metric.best - metric.chance)) if known.size else 0.0


def by_cell(cells: Ints, y: Floats, part: Ints, metric: Metric) -> Floats:
    """What the other parts' rows of the same cell say: class shares or the mean, drawn half a row towards the overall one."""
    n_cells = int(cells.max()) + 1 if len(cells) else 1
    columns = [y] if metric.task == "regression" else [(y == code).astype(float) for code in range(metric.n_classes)]
    if metric.task == "binary":
        columns = [columns[metric.positive]]
    found = np.column_stack([_left_out(cells, n_cells, each, part) for each in columns])
    return found if metric.task == "multiclass" else found[:, 0]


def _left_out(cells: Ints, n_cells: int, y: Floats, part: Ints) -> Floats:
    cell_part = cells * N_PARTS + part
    counts = np.bincount(cell_part, minlength=n_cells * N_PARTS).reshape(n_cells, N_PARTS)
    sums = np.bincount(cell_part, weights=y, minlength=n_cells * N_PARTS).reshape(n_cells, N_PARTS)
    others, total = counts.sum(axis=1, keepdims=True) - counts, sums.sum(axis=1, keepdims=True) - sums
    prior = (sums.sum() - sums.sum(axis=0)) / np.maximum(counts.sum() - counts.sum(axis=0), 1)
    return ((total + 0.5 * prior) / (others + 0.5))[cells, part]


def _interpolated(x: Floats, y: Floats, part: Ints) -> Floats:
    """The target read off the line through the other parts' points: exact for any continuous function of the column."""
    prediction, known = np.full(len(y), y.mean()), ~np.isnan(x)
    for number in range(N_PARTS):
        trained, scored = known & (part != number), known & (part == number)
        if trained.sum() > 1 and scored.any():
            points, inverse = np.unique(x[trained], return_inverse=True)
            means = np.bincount(inverse, weights=y[trained]) / np.bincount(inverse)
            prediction[scored] = np.interp(x[scored], points, means)
    return prediction


def _purity(cells: Ints, y: Floats, metric: Metric) -> tuple[float, int]:
    """The largest share of one class that lies in cells of at least five rows which hold no other class."""
    if metric.task == "regression" or not len(cells):
        return 0.0, -1
    table = np.bincount(cells * metric.n_classes + y.astype(np.int64), minlength=(int(cells.max()) + 1) * metric.n_classes)
    table = table.reshape(-1, metric.n_classes)
    size = table.sum(axis=1, keepdims=True)
    inside = np.where((table == size) & (size >= 5), table, 0).sum(axis=0) / np.maximum(table.sum(axis=0), 1)
    return float(inside.max()), int(inside.argmax())


def _pairs(matrix: Matrix, places: Ints, y: Floats, metric: Metric) -> list[tuple[tuple[str, str], Ints]]:
    """The three pairs that explain most beyond the sum of what their columns explain alone."""
    coded = [(name, codes) for name, codes in _coarse(matrix, places)][:MAX_SCANNED]
    if len(coded) < 2:
        return []
    widths = np.array([int(codes.max()) + 1 for _, codes in coded])
    starts = np.concatenate([[0], np.cumsum(widths)[:-1]])
    hot = np.zeros((len(places), int(widths.sum())), dtype=np.float32)
    for start, (_, codes) in zip(starts, coded, strict=True):
        hot[np.arange(len(places)), start + codes] = 1.0
    explained = _explained(hot, y, starts, metric)
    gain = np.triu(explained - np.diag(explained)[:, None] - np.diag(explained)[None, :], 1)
    best = np.argsort(gain, axis=None)[::-1][:3]
    found = [(int(each) // len(coded), int(each) % len(coded)) for each in best if gain.flat[each] > 0]
    return [
        ((coded[a][0], coded[b][0]), _dense(coded[a][1] * (widths[b] + 1) + coded[b][1])) for a, b in found if coded[a][0] != coded[b][0]
    ]


def _explained(hot: NDArray[np.float32], y: Floats, starts: Ints, metric: Metric) -> Floats:
    """Share of the target's variance between the cells of each pair of columns, shape (k, k); the diagonal is each alone."""
    columns = [y] if metric.task == "regression" else [(y == code).astype(float) for code in range(min(metric.n_classes, 10))]
    counts = np.maximum(hot.T @ hot, 1e-9)
    total, between = 0.0, np.zeros((len(starts), len(starts)))
    for each in columns:
        centred = (each - each.mean()).astype(np.float32)
        sums = hot.T @ (hot * centred[:, None])
        between += np.add.reduceat(np.add.reduceat(sums**2 / counts, starts, axis=0), starts, axis=1)
        total += float(centred @ centred)
    return between / max(total, 1e-12)


def _coarse(matrix: Matrix, places: Ints) -> Iterator[tuple[str, Ints]]:
    for place, name in enumerate(matrix.names):
        x = matrix.x[places, place]
        known = ~np.isnan(x)
        levels = np.unique(x[known])
        codes = np.zeros(len(x), dtype=np.int64)
        if known.any():
            codes[known] = 1 + (_dense(x[known]) if len(levels) <= MAX_LEVELS else _thinned(x[known], bool(matrix.categorical[place])))
            yield name, _dense(codes)
        if len(levels) > MAX_LEVELS and not matrix.categorical[place] and bool(np.all(levels[:200] == np.round(levels[:200]))):
            yield name, _dense(np.where(known, np.mod(np.nan_to_num(x), 2), 2))


def _thinned(x: Floats, categorical: bool) -> Ints:
    return np.minimum(x, MAX_LEVELS - 1).astype(np.int64) if categorical else equal_frequency_codes(x, 4)
