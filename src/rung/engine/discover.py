"""Finds every marked function: by walking the package's leaf rooms, and through entry points of plugins."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import entry_points
from types import ModuleType

from rung.core.errors import PluginError
from rung.core.marks import ExperimentMark, FactMark, FaultMark, Help, HelpMark, RuleMark, WitnessMark, mark_of
from rung.core.rule import Rule, Way

ENTRY_POINT = "rung.plugins"
Function = Callable[..., object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """An experiment that the engine can run."""

    name: str
    summary: str
    run: Function


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault that can be planted."""

    name: str
    summary: str
    plant: Function


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Every rule, by code. Raises PluginError where a code or a name within a rung is used twice."""
    marks = [mark for _, mark in _marked("checks")]
    found = [mark.rule for mark in marks if isinstance(mark, RuleMark)]
    for attribute in ("code", "name"):
        _refuse_twice([getattr(each, attribute) if attribute == "code" else f"{each.rung}/{each.name}" for each in found])
    witnessed = _with_witnesses(found, [mark for mark in marks if isinstance(mark, WitnessMark)])
    return tuple(sorted(witnessed, key=lambda rule: (list("DPMTEO").index(rule.code[0]), rule.code)))


def _with_witnesses(rules: list[Rule], marks: list[WitnessMark]) -> list[Rule]:
    orphans = {mark.code for mark in marks} - {rule.code for rule in rules}
    if orphans:
        raise PluginError(f"Witnesses of rules that do not exist: {', '.join(sorted(orphans))}.", hint="A witness needs its rule's check.")
    ways: dict[str, tuple[Way, ...]] = {}
    for mark in marks:
        ways[mark.code] = (*ways.get(mark.code, ()), mark.way)
    return [replace(rule, witnesses=ways.get(rule.code, ())) for rule in rules]


@lru_cache(maxsize=1)
def facts() -> dict[type, tuple[Function, FactMark]]:
    """Fact type -> the function that works it out."""
    found = [(function, mark) for function, mark in _marked("facts") if isinstance(mark, FactMark)]
    _refuse_twice([mark.yields.__name__ for _, mark in found])
    return {mark.yields: (function, mark) for function, mark in found}


@lru_cache(maxsize=1)
def experiments() -> dict[str, Experiment]:
    """Experiments by slug."""
    found = [(function, mark) for function, mark in _marked("experiments") if isinstance(mark, ExperimentMark)]
    return {mark.name: Experiment(name=mark.name, summary=mark.summary, run=function) for function, mark in found}


@lru_cache(maxsize=1)
def faults() -> tuple[Fault, ...]:
    """Every plantable fault, by slug of the rule that should find it."""
    found = [(function, mark) for function, mark in _marked("faults") if isinstance(mark, FaultMark)]
    return tuple(
        sorted((Fault(name=mark.name, summary=mark.summary, plant=function) for function, mark in found), key=lambda each: each.name)
    )


@lru_cache(maxsize=3)
def helpers(kind: Help) -> dict[str, Function]:
    """What is done about faults: 'take-out' and 'mend' by slug of the rule, 'lever' by its own name."""
    pairs = [
        (name, function)
        for function, mark in _marked("experiments")
        if isinstance(mark, HelpMark) and mark.kind == kind
        for name in mark.names
    ]
    _refuse_twice([name for name, _ in pairs])
    return dict(pairs)


def _marked(room: str) -> Iterator[tuple[Function, object]]:
    seen: set[int] = set()
    for module in _modules(room):
        for value in list(vars(module).values()):
            mark = mark_of(value)
            if mark is not None and id(value) not in seen and value.__module__ == module.__name__:
                seen.add(id(value))
                yield value, mark


def _modules(room: str) -> Iterator[ModuleType]:
    package = importlib.import_module(f"rung.{room}")
    for entry in pkgutil.walk_packages(package.__path__, f"rung.{room}."):
        yield importlib.import_module(entry.name)
    for plugin in entry_points(group=ENTRY_POINT):
        if plugin.name.partition(".")[0] == room:
            yield plugin.load()


def _refuse_twice(names: list[str]) -> None:
    twice = sorted({each for each in names if names.count(each) > 1})
    if twice:
        raise PluginError(f"Used twice: {', '.join(twice)}.", hint="Give each rule, fact type and code its own name.")
