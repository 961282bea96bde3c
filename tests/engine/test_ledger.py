"""The ledger: asks once, remembers reasons, and forgets only what a change touched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from rung.core.errors import PluginError, Unavailable
from rung.core.marks import fact, mark_of
from rung.engine.ledger import Ledger
from rung.inputs.case import Case


@dataclass(frozen=True)
class Rows:
    """An input."""

    count: int


@dataclass(frozen=True)
class Labels:
    """Another input."""

    count: int


@dataclass(frozen=True)
class Doubled:
    """A fact that reads rows."""

    value: int
    array: np.ndarray


@dataclass(frozen=True)
class Named:
    """A fact that reads labels."""

    value: int


@dataclass(frozen=True)
class Both:
    """A fact that reads both through others, labels only where there are any."""

    value: int


@dataclass(frozen=True)
class Pair:
    """A fact that cannot do without labels."""

    value: int


@dataclass(frozen=True)
class Never:
    """A fact that cannot exist."""


@dataclass(frozen=True)
class Egg:
    """Half of a circle."""


@dataclass(frozen=True)
class Hen:
    """The other half."""


CALLS: list[str] = []


@fact()
def doubled(rows: Rows) -> Doubled:
    CALLS.append("doubled")
    return Doubled(value=2 * rows.count, array=np.zeros(3))


@fact()
def named(labels: Labels) -> Named:
    CALLS.append("named")
    return Named(value=labels.count)


@fact()
def both(doubled: Doubled, named: Named | None) -> Both:
    CALLS.append("both")
    return Both(value=doubled.value + (named.value if named else 0))


@fact()
def pair(doubled: Doubled, named: Named) -> Pair:
    return Pair(value=doubled.value + named.value)


@fact()
def never(rows: Rows) -> Never:
    CALLS.append("never")
    raise Unavailable(f"cannot be with {rows.count} rows")


@fact()
def egg(hen: Hen) -> Egg:
    return Egg()


@fact()
def hen(egg: Egg) -> Hen:
    return Hen()


PROVIDERS = {mark_of(each).yields: (each, mark_of(each)) for each in (doubled, named, both, pair, never, egg, hen)}


def ledger(*inputs) -> Ledger:
    """A ledger over these inputs; the list of calls starts empty."""
    CALLS.clear()
    return Ledger(Case(*inputs), PROVIDERS)


def test_works_a_fact_out_once():
    """The second ask is answered from memory."""
    book = ledger(Rows(3))
    book.ask(Doubled)

    assert (book.ask(Doubled).value, CALLS) == (6, ["doubled"])


def test_remembers_the_reason_why_there_is_none():
    """A fact that cannot exist is tried once, and says why each time."""
    book = ledger(Rows(3))
    for _ in range(2):
        with pytest.raises(Unavailable, match="cannot be with 3 rows"):
            book.ask(Never)

    assert CALLS == ["never"]


def test_names_the_input_that_is_missing():
    """The reason travels through facts to whoever asked."""
    with pytest.raises(Unavailable, match="needs 'Rows'"):
        ledger().ask(Doubled)


def test_works_nothing_out_for_who_lacks_an_input():
    """Labels are missing two facts below: rows are not doubled for nothing."""
    book = ledger(Rows(3))
    with pytest.raises(Unavailable, match="needs 'Labels'"):
        book.ask(Pair)

    assert CALLS == []
    assert book.vary(Labels(1)).ask(Pair).value == 7


def test_an_optional_need_may_be_missing():
    """Both works without labels."""
    assert ledger(Rows(3)).ask(Both).value == 6


def test_vary_keeps_what_the_change_does_not_touch():
    """New labels leave the fact on rows alone."""
    book = ledger(Rows(3), Labels(1))
    book.ask(Both)
    CALLS.clear()
    changed = book.vary(Labels(10))

    assert (changed.ask(Both).value, CALLS) == (16, ["named", "both"])


def test_vary_leaves_the_first_ledger_alone():
    """The original answers as before."""
    book = ledger(Rows(3), Labels(1))
    book.vary(Rows(100)).ask(Both)

    assert book.ask(Both).value == 7


def test_an_input_given_later_changes_the_answer_of_who_missed_it():
    """A missing optional input counts as read."""
    book = ledger(Rows(3))
    book.ask(Both)

    assert book.vary(Labels(5)).ask(Both).value == 11


def test_reads_are_tracked_through_other_facts_even_from_memory():
    """A fact answered from memory still hands on what it once read."""
    book = ledger(Rows(3), Labels(1))
    book.ask(Doubled)
    book.ask(Both)

    assert {Rows, Labels} == set(book.entries[Both].reads)


def test_a_circle_is_named_and_does_not_hang():
    """The error shows the way round."""
    with pytest.raises(PluginError, match="Egg -> Hen -> Egg"):
        ledger().ask(Egg)


def test_a_circle_leaves_the_ledger_usable():
    """After the error other facts still work."""
    book = ledger(Rows(3))
    with pytest.raises(PluginError):
        book.ask(Egg)

    assert book.ask(Doubled).value == 6


def test_arrays_are_handed_out_read_only():
    """Nobody changes what others read."""
    book = ledger(Rows(3))

    with pytest.raises(ValueError, match="read-only"):
        book.ask(Doubled).array[0] = 1.0


def test_a_fact_must_say_what_it_yields():
    """A function without a class as its return annotation is refused at import."""
    with pytest.raises(PluginError, match="must be annotated"):

        @fact()
        def nothing(rows: Rows):
            return rows
