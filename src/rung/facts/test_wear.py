"""How often this test set was looked at, by which models, and what that adds to the score of the present one."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.judged import part_influence
from rung.facts.own_model import OnTest
from rung.facts.sample import row_keys
from rung.facts.score import Metric, predicted_rows
from rung.inputs.case import Test
from rung.inputs.looks import Look, TestLooks
from rung.inputs.model import Model
from rung.inputs.table import Table
from rung.stats.influence import error_of
from rung.stats.reuse import Optimism, optimism

Floats = NDArray[np.float64]
Hashes = NDArray[np.uint64]
BITS = 64  # signs that one hash of a row holds: so many projections make a sketch
DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentLook:
    """The look that this very run takes at the test set."""

    __test__ = False
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class TestWear:
    """Looks at the same test set, the present one included and last.

    looks : one a model, its latest; models are told apart by their predictions.   n_looks : evaluations in all.
    """

    __test__ = False
    looks: tuple[Look, ...]
    n_looks: int
    optimism: Optimism


@fact(cost="pass")
def present_look(test: Test, on_test: OnTest, metric: Metric, model: Model) -> PresentLook:
    """Score the model on the test rows, and fingerprint both."""
    said = on_test.predicted
    told = np.flatnonzero(predicted_rows(said.score))
    if len(told) < 2:
        raise Unavailable("the model answers for no test row")
    pull = part_influence(metric, said.y[told], said.score[told])
    keys = row_hashes(test.table)
    rows = keys[said.rows[told]]
    value = metric.value(said.y, said.score)
    if not np.isfinite(value):
        raise Unavailable("the test rows give no score")
    look = Look(
        when=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        test=fingerprint(test.table, keys),
        model=_of_predictions(said.score[told], rows),
        name=model.name,
        metric=metric.name,
        score=round(float(value), DIGITS),
        error=round(float(np.nan_to_num(error_of(pull))), DIGITS),
        n_rows=len(told),
        sketch=_sketch(pull, rows),
    )
    return PresentLook(look=look)


@fact(cost="instant")
def test_wear(past: TestLooks, present: PresentLook) -> TestWear:
    """Past looks at the same rows under the same metric, with the present one."""
    now = present.look
    same = [each for each in past.looks if each.test == now.test and each.metric == now.metric]
    latest = {each.model: each for each in same if each.model != now.model}
    looks = (*latest.values(), now)
    sketches = np.array([each.sketch for each in looks]) if len({len(each.sketch) for each in looks}) == 1 and now.sketch else None
    gained = optimism([each.score for each in looks], [each.error for each in looks], sketches, now.n_rows, len(looks) - 1)
    return TestWear(looks=looks, n_looks=len(same) + 1, optimism=gained)


def fingerprint(table: Table, keys: Hashes | None = None) -> str:
    """16 hex digits of the table's content: names and values, whatever the order of rows and columns and the kind of file."""
    hashes = row_hashes(table) if keys is None else keys
    mixed = _mixed(hashes, 1)
    summed = [int(hashes.sum(dtype=np.uint64)), int(mixed.sum(dtype=np.uint64)), table.n_rows]
    return hashlib.blake2b(repr((sorted(table.columns), summed)).encode(), digest_size=8).hexdigest()


def row_hashes(table: Table) -> Hashes:
    """One number a row, the same on every machine and in every version of rung; shape (n_rows,)."""
    total = np.zeros(table.n_rows, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for name in table.columns:
            total += _mixed(_cell_hashes(table.column(name)), _text_hash(name))
    return total


def _cell_hashes(series: pl.Series) -> Hashes:
    """Numbers and booleans by their value, everything else by its text; missing is a value of its own."""
    if series.dtype.is_numeric() or series.dtype == pl.Boolean:
        values = series.cast(pl.Float64).fill_null(np.nan).to_numpy() + 0.0
        bits = np.ascontiguousarray(values).view(np.uint64).copy()
        bits[np.isnan(values)] = 0x7FF8DEAD
        return bits
    texts = series.cast(pl.String, strict=False).fill_null("\0missing")
    distinct = texts.unique()
    codes = pl.Series([_text_hash(each) for each in distinct.to_list()], dtype=pl.UInt64)
    return texts.replace_strict(distinct, codes, return_dtype=pl.UInt64).to_numpy().copy()


def _text_hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _mixed(values: Hashes, salt: int) -> Hashes:
    with np.errstate(over="ignore"):
        return (row_keys((values ^ np.uint64(salt)).view(np.int64), 0) * 2.0**64).astype(np.uint64)


def _of_predictions(score: Floats, rows: Hashes) -> str:
    """Equal predictions for equal rows are one model."""
    rounded = np.round(score.reshape(len(score), -1).sum(axis=1), DIGITS) + 0.0
    mixed = _mixed(rows ^ np.ascontiguousarray(rounded).view(np.uint64), 2)
    return hashlib.blake2b(str(int(mixed.sum(dtype=np.uint64))).encode(), digest_size=8).hexdigest()


def _sketch(pull: Floats, rows: Hashes) -> tuple[float, ...]:
    """Influences summed under 64 random signs a row, over the root of n; the signs are bits of the row's own hash."""
    mixed = _mixed(rows, 3)
    signs = ((mixed[:, None] >> np.arange(BITS, dtype=np.uint64)) & np.uint64(1)).astype(np.float64) * 2 - 1
    return tuple(float(each) for each in np.round(pull @ signs / np.sqrt(len(pull)), DIGITS))
