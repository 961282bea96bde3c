"""Categories that were written in another way: other case, other blanks, other number formats, codes for texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from rung.facts.column_shift import Shift
from rung.facts.matrix import numbers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One column, and the operation that turns training values into what the other table holds.

    kind : 'unit', 'scaled', 'refitted', 'logged', 'negated', 'swapped', 'rounded', 'filled', 'recoded' or 'retyped'.
    what : in words.   undo : a line of code on a frame called `rows`.   other : the second column of a swap.
    before, after : distance to training as it is and once undone, 0..1.   p_after : of the latter.
    """

    name: str
    kind: str
    what: str
    undo: str
    before: float
    after: float
    p_after: float
    n: int
    m: int
    other: str = ""


def recoded(shift: Shift, x: pl.Series, y: pl.Series) -> Change | None:
    """Categories that meet training's once case, blanks or number formats are undone; numbers that became texts, or texts that became codes."""
    a, b = (series.drop_nulls().cast(pl.String) for series in (x, y))
    known = a.unique()
    new = 1 - float(b.is_in(known.implode()).mean() or 0.0) if b.len() else 0.0  # type: ignore[arg-type]
    if new < 0.05 or b.len() < 20:
        return None
    for what, undo, tidy in _tidies(shift.name):
        fixed = b.to_frame("v").select(tidy(pl.col("v"))).to_series()
        target = a.to_frame("v").select(tidy(pl.col("v"))).to_series().unique()
        left = 1 - float(fixed.is_in(target.implode()).mean() or 0.0)  # type: ignore[arg-type]
        if left < 0.2 * new:
            return Change(name=shift.name, kind="recoded", what=what, undo=undo, before=new, after=left, p_after=1.0, n=0, m=0)
    return _coded(shift, x, y)


def _tidies(name: str) -> Iterator[tuple[str, str, Callable[[pl.Expr], pl.Expr]]]:
    column = f"rows[{name!r}]"
    yield "written with other blanks", f"{column} = {column}.str.strip()", lambda v: v.str.strip_chars()
    yield "written in other case", f"{column} = {column}.str.lower()  # in training too", lambda v: v.str.strip_chars().str.to_lowercase()
    yield (
        "written as other numbers ('1.0' for '1')",
        f"{column} = {column}.astype(float)",
        lambda v: pl.coalesce(v.str.strip_chars().cast(pl.Float64, strict=False).cast(pl.String), v),  # what is no number stays itself
    )
    yield (
        "written with other signs",
        f"{column} = {column}.str.lower().str.replace('[^a-z0-9]', '', regex=True)  # in training too",
        lambda v: v.str.to_lowercase().str.replace_all("[^\\p{L}\\p{N}]", ""),
    )


def _coded(shift: Shift, x: pl.Series, y: pl.Series) -> Change | None:
    """Texts in training, whole numbers from nought in the other rows, as many as there are categories."""
    if x.dtype.is_numeric() or not y.dtype.is_numeric():
        return None
    codes = np.unique(numbers_of(y.drop_nulls(), "numeric"))
    levels = sorted(x.drop_nulls().cast(pl.String).unique().to_list())
    if not codes.size or codes.min() < 0 or codes.max() > len(levels) or (codes != np.round(codes)).any():
        return None
    undo = f"rows[{shift.name!r}] = rows[{shift.name!r}].map(dict(enumerate({levels[:8]!r})))"
    return Change(
        name=shift.name, kind="recoded", what="codes where training has texts", undo=undo, before=1.0, after=0.0, p_after=1.0, n=0, m=0
    )
