"""What a run will do before it does it: which checks can speak, which cannot and what would unlock them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from rung.core.diagnosis import Blind
from rung.core.marks import FactMark
from rung.core.rule import Rule, Way
from rung.engine.ledger import SPOKEN

Providers = Mapping[type, tuple[object, FactMark]]


def inputs_needed(way: Way, providers: Providers) -> frozenset[type]:
    """The inputs without which a rule cannot be seen in this way, through facts too."""
    found: set[type] = set()
    for need in way.needs:
        if not need.optional:
            found |= _inputs_of(need.type, providers, frozenset())
    return frozenset(found)


def _inputs_of(wanted: type, providers: Providers, above: frozenset[type]) -> frozenset[type]:
    if wanted not in providers or wanted in above:
        return frozenset({wanted})
    _, mark = providers[wanted]
    parts = [_inputs_of(need.type, providers, above | {wanted}) for need in mark.needs if not need.optional]
    return frozenset().union(*parts)


def blind_spots(rules: Iterable[Rule], providers: Providers, given: frozenset[type]) -> tuple[Blind, ...]:
    """Inputs that were not given, with the checks that each alone would unlock, most first."""
    silent: dict[type, list[str]] = {}
    for rule in rules:
        for kind in _unlocked_by([inputs_needed(way, providers) - given for way in rule.ways]):
            silent.setdefault(kind, []).append(rule.name)
    found = [
        Blind(missing=SPOKEN.get(kind.__name__, kind.__name__), checks=len(names), names=tuple(names)) for kind, names in silent.items()
    ]
    return tuple(sorted(found, key=lambda each: -each.checks))


def _unlocked_by(missing: list[frozenset[type]]) -> set[type]:
    """Inputs that alone would let a rule speak; none where it speaks already."""
    return set() if not all(missing) else {next(iter(each)) for each in missing if len(each) == 1}


def by_cheapness(rules: Iterable[Rule], providers: Providers) -> list[Rule]:
    """Rules that need no model fits first, so that an interrupt leaves as much as possible."""
    return sorted(rules, key=lambda rule: (_fits(rule, providers), rule.rung.height, rule.code))


def _fits(rule: Rule, providers: Providers) -> int:
    seen: Counter[type] = Counter()

    def walk(wanted: type) -> int:
        if wanted not in providers or seen[wanted]:
            return 0
        seen[wanted] += 1
        mark = providers[wanted][1]
        return (mark.cost == "fits") + sum(walk(need.type) for need in mark.needs)

    return sum(walk(need.type) for way in rule.ways for need in way.needs)
