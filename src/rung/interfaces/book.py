"""The rule book as pages: one source, the checks' own docstrings and signatures."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

from rung.core.rule import HEADINGS, Rule
from rung.core.rung import Rung
from rung.engine import discover

WIDTH = 96


def as_plain(rule: Rule) -> dict[str, object]:
    """A rule as plain JSON values."""
    return {
        "code": rule.code,
        "name": rule.name,
        "rung": str(rule.rung),
        "severity": str(rule.severity),
        "summary": rule.summary,
        "needs": [{"name": need.name, "type": need.type.__name__, "optional": need.optional} for need in rule.needs],
        "witnesses": [[need.type.__name__ for need in way.needs] for way in rule.witnesses],
        "knobs": [{"name": knob.name, "default": knob.default, "doc": knob.doc} for knob in rule.knobs],
        "explains": list(rule.explains),
        "explained_by": list(explained_by(rule)),
        "since": rule.since,
        "doc": rule.doc,
    }


def explained_by(rule: Rule) -> tuple[str, ...]:
    """Slugs of the rules whose fault would bring this one about."""
    return tuple(other.name for other in discover.rules() if rule.name in other.explains)


def json_page(rule: Rule) -> str:
    """One rule as JSON."""
    return json.dumps(as_plain(rule), indent=1)


def _facts(rule: Rule) -> list[tuple[str, str]]:
    needs = "; or ".join(
        ", ".join(f"{need.type.__name__}{' (optional)' if need.optional else ''}" for need in way.needs) for way in rule.ways
    )
    pairs = [("Rung", str(rule.rung)), ("Severity", str(rule.severity)), ("Since", rule.since), ("Reads", needs)]
    pairs += [("Would cause", ", ".join(rule.explains))] if rule.explains else []
    pairs += [("May come from", ", ".join(explained_by(rule)))] if explained_by(rule) else []
    return pairs


def terminal_page(rule: Rule) -> str:
    """One rule as text of at most 96 columns."""
    lines = [f"{rule.code} {rule.name}", "", *textwrap.wrap(rule.summary, WIDTH), ""]
    lines += [f"  {name + ':':<14} {value}" for name, value in _facts(rule)]
    for heading in HEADINGS:
        lines += ["", heading, *textwrap.wrap(rule.doc.get(heading, ""), WIDTH, initial_indent="  ", subsequent_indent="  ")]
    if rule.knobs:
        lines += ["", f"Knobs ([tool.rung.rules.{rule.code}] in pyproject.toml)"]
        lines += [f"  {knob.name} = {knob.default!r}: {knob.doc}" for knob in rule.knobs]
    return "\n".join([*lines, "", f"Next: rung diagnose TRAIN --select {rule.code}"])


def markdown_page(rule: Rule) -> str:
    """One rule as a page of docs/rules/."""
    lines = [f"# {rule.code} {rule.name}", "", rule.summary, "", "| | |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in _facts(rule)]
    for heading in HEADINGS:
        lines += ["", f"## {heading}", "", rule.doc.get(heading, "")]
    if rule.knobs:
        lines += ["", "## Knobs", "", f"Set them under `[tool.rung.rules.{rule.code}]` in `pyproject.toml`.", ""]
        lines += ["| name | default | meaning |", "| --- | --- | --- |"]
        lines += [f"| `{knob.name}` | `{knob.default!r}` | {knob.doc} |" for knob in rule.knobs]
    return "\n".join(lines) + "\n"


def index_page(rules: tuple[Rule, ...]) -> str:
    """The table of all rules."""
    lines = ["# Rules", "", "Generated from the checks by `python -m rung.interfaces.book docs/rules`; edit the checks, not these pages."]
    for rung in Rung:
        own = [rule for rule in rules if rule.rung == rung]
        if own:
            lines += ["", f"## {rung}", "", "| code | fault | severity | what it is |", "| --- | --- | --- | --- |"]
            lines += [f"| {rule.code} | [{rule.name}]({rule.code}.md) | {rule.severity} | {rule.summary} |" for rule in own]
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """File name -> text of every generated page."""
    book = discover.rules()
    return {"README.md": index_page(book), **{f"{rule.code}.md": markdown_page(rule) for rule in book}}


def write(folder: Path) -> int:
    """Write all pages into a folder, remove pages of rules that are gone, and return how many were written."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = pages()
    for old in folder.glob("*.md"):
        if old.name not in fresh:
            old.unlink()
    for name, text in fresh.items():
        (folder / name).write_text(text, encoding="utf-8")
    return len(fresh)


if __name__ == "__main__":
    import sys

    print(f"wrote {write(Path(sys.argv[1] if len(sys.argv) > 1 else 'docs/rules'))} pages")
