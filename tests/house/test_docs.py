"""Generated pages equal what the code generates; the project names nothing that it must not."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from rung.interfaces import book

ROOT = Path(__file__).parents[2]


def test_rule_pages_are_up_to_date():
    """Run `python -m rung.interfaces.book docs/rules` after a change of a check's docs."""
    stored = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "rules").glob("*.md")}

    assert sorted(book.pages()) == sorted(stored)
    assert [name for name, text in book.pages().items() if stored[name] != text] == []


def test_links_in_guides_lead_somewhere():
    """Every relative link of the hand-written pages names a file."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    dead = [
        f"{page.name}: {link}"
        for page in pages
        for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]

    assert dead == []


def test_no_path_of_a_machine_stands_in_the_project():
    """Sources, pages and results hold no absolute path of somebody's machine."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    texts = [name for name in tracked if name.endswith((".py", ".md", ".toml", ".html", ".css", ".json"))]
    pattern = re.compile(r"(?<![\w.])/(work|tmp|home|root)/\w")
    found = [
        name
        for name in texts
        if (ROOT / name).exists() and "test_docs" not in name and pattern.search((ROOT / name).read_text(encoding="utf-8"))
    ]

    assert found == []
