"""Imports run in the directions that ARCHITECTURE.md draws, and the start stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "rung"
HEAVY = ("numpy", "scipy", "pandas", "polars", "sklearn", "torch", "pydantic", "rich", "jinja2", "joblib")


def room_table() -> dict[str, set[str]]:
    """Room -> rooms it may import, as the table of ARCHITECTURE.md says."""
    rows = re.findall(r"^\| `(\w+)/` \| ([^|]+) \|", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"), re.MULTILINE)
    return {room: set(re.findall(r"\w+", allowed)) for room, allowed in rows}


def imported_rooms(path: Path) -> set[str]:
    """Rooms of rung that a file imports, anywhere in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return {name.split(".")[1] for name in names if name.startswith("rung.")}


def foreign_imports(path: Path) -> set[str]:
    """Libraries that a file imports, anywhere in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return {name.partition(".")[0] for name in names}


FILES = sorted(SOURCE.rglob("*.py"))


def test_every_room_stands_in_the_table():
    """No folder without a row, no row without a folder."""
    folders = {each.name for each in SOURCE.iterdir() if each.is_dir() and any(each.rglob("*.py"))}

    assert set(room_table()) == folders


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_follow_the_table(path):
    """A room imports itself and the rooms that the table allows."""
    room = path.relative_to(SOURCE).parts[0]
    if room.endswith(".py"):
        return
    allowed = room_table()[room]
    stray = set() if "everything" in allowed else imported_rooms(path) - allowed - {room}

    assert set() == stray


@pytest.mark.parametrize("path", sorted((SOURCE / "core").rglob("*.py")), ids=lambda path: path.name)
def test_core_imports_the_standard_library_only(path):
    """The nouns depend on nothing."""
    assert set() == foreign_imports(path) - set(sys.stdlib_module_names) - {"rung"}


@pytest.mark.parametrize("path", sorted((SOURCE / "checks").rglob("*.py")), ids=lambda path: path.name)
def test_checks_know_no_model_library(path):
    """A check reads facts; it never trains."""
    assert set() == foreign_imports(path) & {"torch", "sklearn", "pandas", "lightgbm", "xgboost", "catboost"}


@pytest.mark.parametrize("path", sorted((SOURCE / "checks").rglob("*.py")), ids=lambda path: path.name)
def test_checks_do_not_import_each_other(path):
    """Deleting any one check leaves a working program."""
    assert "checks" not in imported_rooms(path)


@pytest.mark.parametrize("statement", ["import rung", "import rung.interfaces.cli.main"])
def test_start_pulls_in_nothing_heavy(statement):
    """`import rung` and the command's start load no numeric or display library."""
    code = f"{statement}\nimport sys\nprint(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert set() == set(HEAVY) & set(loaded)
