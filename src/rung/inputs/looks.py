"""The looks that were taken at test sets: one entry an evaluation, as the ledger file holds them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One evaluation of one model on one test set.

    test : fingerprint of the test set's content, whatever the order of its rows.   model : fingerprint of its predictions there.
    name : of the model.   score, error : on all its rows, larger is better.   n_rows : scored.
    sketch : shape (64,), sums of the rows' influence on the score under fixed random signs: from two of them follows how alike two models err,
    no row can be read from them.
    """

    when: str
    test: str
    model: str
    name: str
    metric: str
    score: float
    error: float
    n_rows: int
    sketch: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TestLooks:
    """All entries of a ledger file, oldest first; `file` as given."""

    __test__ = False  # not a pytest class
    looks: tuple[Look, ...]
    file: str = ""
