"""Causes ranked over the whole run, and what could not be seen."""

from __future__ import annotations

from dataclasses import dataclass

from rung.core.rung import Rung


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One summand of a cause's score, so that a person can redo the sum."""

    reason: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One candidate root cause: a finding with what it explains and what speaks against it."""

    name: str
    rung: Rung
    key: str
    score: float
    terms: tuple[Term, ...]
    explains: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """An input that was not given, and how many checks it would unlock."""

    missing: str
    checks: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Causes ranked, first the likeliest root; symptoms folded under their cause."""

    causes: tuple[Cause, ...] = ()
    unexplained: tuple[str, ...] = ()
    blind: tuple[Blind, ...] = ()
