"""How often the model fails inside each of the user's own categories, against outside: a rate, never a share of the errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.facts.scored import Scored
from rung.inputs.categories import Categories
from rung.stats.intervals import Interval, newcombe, wilson

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRate:
    """One category. inside, outside : share of its rows (of the other rows) that are wrong, NaN where there are none.

    difference : inside minus outside, simultaneous over the categories.   lift : inside over outside, NaN where outside is 0.   n : rows inside.
    of_errors : share of all errors that lie inside; categories overlap, so these need not add to 1.
    """

    name: str
    n: int
    n_wrong: int
    inside: Interval
    outside: Interval
    difference: Interval
    lift: float
    of_errors: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCategories:
    """rates : in the order given.   uncategorised : share of the errors in no category, NaN without errors.   what : what counts as an error."""

    rates: tuple[CategoryRate, ...]
    uncategorised: float
    n_errors: int
    n: int
    what: str


@fact(cost="pass")
def error_categories(scored: Scored, categories: Categories) -> ErrorCategories:
    """Ask each predicate about the scored rows. Wrong rows count as errors; for numbers the largest tenth of residuals."""
    table = scored.table.take(scored.rows)
    size = np.abs(scored.residual) if not scored.target.is_classification else None
    wrong = scored.wrong if size is None else size >= np.quantile(size, 0.9)
    members = {name: _asked(name, predicate, table) for name, predicate in categories.predicates.items()}
    if not members:
        raise Unavailable("no category is declared")
    covered = np.any(list(members.values()), axis=0)
    n_errors = int(wrong.sum())
    return ErrorCategories(
        rates=tuple(_rate(name, inside, wrong, len(members)) for name, inside in members.items()),
        uncategorised=float((wrong & ~covered).sum() / n_errors) if n_errors else float("nan"),
        n_errors=n_errors,
        n=scored.n,
        what="wrong rows" if size is None else "the largest tenth of the residuals",
    )


def _asked(name: str, predicate: object, table: object) -> Bools:
    assert callable(predicate)
    try:
        answer = np.asarray(predicate(table)).astype(bool)
    except Exception as error:
        raise Unavailable(
            f"category '{name}' cannot be worked out: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        ) from error
    if answer.shape != (getattr(table, "n_rows", -1),):
        raise Unavailable(f"category '{name}' gives {answer.shape} answers for {getattr(table, 'n_rows', 0)} rows")
    return answer


def _rate(name: str, inside: Bools, wrong: Bools, looked_at: int) -> CategoryRate:
    n, hits = int(inside.sum()), int((inside & wrong).sum())
    rest, missed = len(wrong) - n, int((~inside & wrong).sum())
    share, other = wilson(hits, n), wilson(missed, rest)
    return CategoryRate(
        name=name,
        n=n,
        n_wrong=hits,
        inside=share,
        outside=other,
        difference=newcombe(hits, n, missed, rest, 1 - 0.05 / looked_at),
        lift=share.value / other.value if rest and missed else float("nan"),
        of_errors=hits / (hits + missed) if hits + missed else float("nan"),
    )
