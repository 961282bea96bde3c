"""Which rules run: by code, family prefix, slug or rung."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from rung.core.errors import BadSetting
from rung.core.rule import Rule


def matches(rule: Rule, word: str) -> bool:
    """Whether a word of --select or --ignore means this rule: 'D301', 'D3', 'target-leakage', 'data' or 'instrument'."""
    if rule.instrument and word.lower() == "instrument":  # the foot of the ladder: rules of several families
        return True
    return rule.code == word.upper() or rule.code.startswith(word.upper()) or word.lower() in (rule.name, str(rule.rung))


def selected(rule: Rule, select: Iterable[str], ignore: Iterable[str]) -> bool:
    """Whether the rule runs. What is ignored stays out even if it is selected."""
    wanted = list(select)
    return (not wanted or any(matches(rule, word) for word in wanted)) and not any(matches(rule, word) for word in ignore)


def refuse_unknown(words: Iterable[str], rules: Iterable[Rule]) -> None:
    """Raises BadSetting for a word that means no rule, naming the nearest."""
    book = list(rules)
    for word in words:
        if not any(matches(rule, word) for rule in book):
            near = difflib.get_close_matches(word, [*(rule.name for rule in book), *(rule.code for rule in book)], n=3)
            hint = f"Did you mean {', '.join(near)}?" if near else "`rung rules` lists them."
            raise BadSetting(f"'{word}' is no rule, family or rung.", hint=hint)
