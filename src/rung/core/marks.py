"""The marks by which the engine knows a leaf: `@check`, `@fact`, `@experiment`, `@fault`.

A mark registers nothing; it only writes on the function. The engine finds marked functions by walking the package.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from rung.core.errors import PluginError
from rung.core.finding import Severity
from rung.core.rule import CheckFunction, Need, Rule, Way, needs_of, rule_of

MARK = "__rung__"
Leaf = TypeVar("Leaf", bound=Callable[..., object])
FactCost = Literal["instant", "pass", "fits"]
FaultSeverity = Literal["mild", "medium", "severe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactMark:
    """How a fact is worked out: what it yields, what it reads, what it costs.

    cost : 'instant' (no pass over the rows), 'pass' (a bounded number of passes) or 'fits' (trains models).
    """

    yields: type
    needs: tuple[Need, ...]
    cost: FactCost


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentMark:
    """An experiment's slug and its one-line summary. The function takes (lab, finding) and returns an Outcome."""

    name: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultMark:
    """A plantable fault: the slug of the rule that should find it, and what it needs to be planted."""

    name: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMark:
    """A check's rule."""

    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessMark:
    """Another way to see the fault of the rule with this code."""

    code: str
    way: Way


Help = Literal["take-out", "mend", "lever"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpMark:
    """What is done about a fault: it is taken out of a measurement, mended in a copy, or a lever on the score is tried."""

    kind: Help
    names: tuple[str, ...]


Mark = FactMark | ExperimentMark | FaultMark | RuleMark | WitnessMark | HelpMark


def check(
    code: str,
    *,
    severity: Literal["note", "warning", "error", "critical"] = "warning",
    explains: tuple[str, ...] = (),
    since: str = "0.1.0",
    instrument: bool = False,
) -> Callable[[CheckFunction], CheckFunction]:
    """Mark a function as the check of one rule.

    code : letter and three digits, never used before.   severity : taken by findings that state none.
    explains : slugs of faults that this one would cause; the diagnosis folds them under it.
    instrument : it checks row identity, split or metric; the ladder shows it before the first rung too.
    """

    def mark(function: CheckFunction) -> CheckFunction:
        rule = rule_of(function, code, Severity(severity), explains, since, instrument=instrument)
        setattr(function, MARK, RuleMark(rule=rule))
        return function

    return mark


def witness(code: str) -> Callable[[CheckFunction], CheckFunction]:
    """Mark a function as another way to see the fault of rule `code`, from other inputs than its check reads.

    One rule, one page, one line in the report: found where any way finds it, skipped only where none can look.
    Knobs that it names are those of the rule's check.
    """

    def mark(function: CheckFunction) -> CheckFunction:
        setattr(function, MARK, WitnessMark(code=code, way=Way(needs=needs_of(function), check=function)))
        return function

    return mark


def fact(*, cost: FactCost = "pass") -> Callable[[Leaf], Leaf]:
    """Mark a function as the one way to work out the type that it returns."""

    def mark(function: Leaf) -> Leaf:
        yields = typing.get_type_hints(function).get("return")
        if not isinstance(yields, type):
            raise PluginError(f"Fact '{function.__name__}' must be annotated with the class it returns; got {yields!r}.")
        setattr(function, MARK, FactMark(yields=yields, needs=needs_of(function), cost=cost))
        return function

    return mark


def experiment(name: str) -> Callable[[Leaf], Leaf]:
    """Mark a function (lab, finding) -> Outcome as an experiment with this slug."""

    def mark(function: Leaf) -> Leaf:
        setattr(function, MARK, ExperimentMark(name=name, summary=_summary(function)))
        return function

    return mark


def fault(name: str) -> Callable[[Leaf], Leaf]:
    """Mark a function (healthy case, severity, seed) -> planted case as the fault that rule `name` must find."""

    def mark(function: Leaf) -> Leaf:
        setattr(function, MARK, FaultMark(name=name, summary=_summary(function)))
        return function

    return mark


def take_out(*rules: str) -> Callable[[Leaf], Leaf]:
    """Mark a function (lab, finding) -> Judging | None: how the faults of these rules are kept out of a measurement of the score."""
    return _helping("take-out", rules)


def mend(*rules: str) -> Callable[[Leaf], Leaf]:
    """Mark a function (lab, finding) -> inputs: the case's tables or model as they are once the faults of these rules are mended."""
    return _helping("mend", rules)


def lever(name: str) -> Callable[[Leaf], Leaf]:
    """Mark a function (lab) -> Lever: one way to a better score, tried."""
    return _helping("lever", (name,))


def _helping(kind: Help, names: tuple[str, ...]) -> Callable[[Leaf], Leaf]:
    def mark(function: Leaf) -> Leaf:
        setattr(function, MARK, HelpMark(kind=kind, names=names))
        return function

    return mark


def mark_of(value: object) -> Mark | None:
    """The mark on a function, None where it bears none."""
    found = getattr(value, MARK, None)
    return found if isinstance(found, Mark) else None


def _summary(function: Callable[..., object]) -> str:
    return (function.__doc__ or "").strip().partition("\n")[0]
