"""What changed between two reports."""

from __future__ import annotations

from dataclasses import dataclass

from rung.core.experiment import Estimate
from rung.core.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A finding that stands in both reports, otherwise.

    what : in words, one entry a thing that changed.
    """

    before: Finding
    after: Finding
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreChange:
    """One score in both reports. difference : after minus before; its interval takes the two runs as independent, so that it is never too narrow."""

    name: str
    metric: str
    before: Estimate
    after: Estimate
    difference: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two reports compared.

    new, gone : findings of one report only, by key, gravest first.   changed : of both, with another severity or verdict.   kept : how many are the same.
    silenced : rules that spoke before and could not now: what is gone there may only be unseen.   notes : what makes the two hard to compare.
    """

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    changed: tuple[Change, ...]
    kept: int
    scores: tuple[ScoreChange, ...]
    silenced: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
