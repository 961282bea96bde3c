"""Knobs of rules from the project's pyproject.toml: [tool.rung.rules.D301]."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from rung.core.errors import BadSetting
from rung.core.rule import KnobValue, Rule
from rung.engine import discover


def knobs_from_project(folder: Path) -> Mapping[str, Mapping[str, KnobValue]]:
    """Knobs set in the nearest pyproject.toml, {} where there is none. Raises BadSetting for unknown rules and knobs."""
    found = next((each / "pyproject.toml" for each in (folder, *folder.parents) if (each / "pyproject.toml").is_file()), None)
    if found is None:
        return {}
    try:
        settings = tomllib.loads(found.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"'{found}' is no TOML: {error}.") from error
    given = settings.get("tool", {}).get("rung", {}).get("rules", {})
    book = {rule.code: rule for rule in discover.rules()} if given else {}
    for code, knobs in given.items():
        _require_known(code, knobs, book, found)
    return given


def _require_known(code: str, knobs: Mapping[str, KnobValue], book: Mapping[str, Rule], source: Path) -> None:
    if code not in book:
        raise BadSetting(f"[tool.rung.rules.{code}] in '{source}' names no rule.", hint="`rung rules` lists them.")
    known = [knob.name for knob in book[code].knobs]
    for name in knobs:
        if name not in known:
            raise BadSetting(f"Rule {code} has no knob '{name}'.", hint=f"It has {', '.join(known) or 'none'}.")
