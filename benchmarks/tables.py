"""The catalogue of real tables: ``CLEAN``, ``BASE``, ``EXCLUDED``, ``load`` and ``split``.

``python -m benchmarks.tables`` prints one line a table; ``--fetch`` fills the cache.
Rules are developed on the half marked 'dev'; the half marked 'held-out' is for the final score card alone.
"""

from __future__ import annotations

import sys

import pandas as pd

from benchmarks import realtable
from benchmarks.catalogue import large, medium, small, tiny, upper_medium
from benchmarks.catalogue.excluded import EXCLUDED
from benchmarks.realtable import RealTable

__all__ = ["BASE", "CLEAN", "EXCLUDED", "RealTable", "by_name", "load", "split"]

#: Healthy tables, about half of them 'dev' and half 'held-out'.
CLEAN: list[RealTable] = [*tiny.TABLES, *small.TABLES, *medium.TABLES, *upper_medium.TABLES, *large.TABLES]

#: Clean tables of at least 500 rows and mixed kinds: the ground that faults are planted into.
BASE: list[RealTable] = [t for t in CLEAN if t.base]

_BY_NAME = {t.name: t for t in CLEAN}


def by_name(name: str) -> RealTable:
    """The entry called ``name``; raises KeyError with the nearest names known."""
    if name not in _BY_NAME:
        raise KeyError(f"no table '{name}'; known: {', '.join(sorted(_BY_NAME))}")
    return _BY_NAME[name]


def load(name: str) -> pd.DataFrame:
    """The prepared frame: repaired, leaks and identifiers removed, target without missing values."""
    return by_name(name).build()


def split(table: RealTable, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(train, test), 75/25: forward in time, by whole groups, or stratified at random."""
    return realtable.split(table, table.build(), seed)


def main() -> None:
    """Print the catalogue, and with ``--fetch`` load every table once."""
    for entry in CLEAN:
        shape = entry.build().shape if "--fetch" in sys.argv else (entry.rows, "?")
        print(f"{entry.half:9}{entry.name:24}{entry.task:11}{shape[0]:>8} x {shape[1]!s:<5}{' '.join(sorted(entry.traits))}")


if __name__ == "__main__":
    main()
