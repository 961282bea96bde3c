"""The ledger of looks at test sets: a text file, one JSON object a line, only ever appended to."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from rung.core.errors import BadInput, BadSetting
from rung.inputs.looks import Look, TestLooks

BESIDE = "auto"
ENDING = ".looks.jsonl"


def ledger_path(given: str | Path, test: object) -> Path:
    """The file as given; for 'auto' the one beside the test file. Raises BadSetting where the test set is no file."""
    if str(given) != BESIDE:
        return Path(given)
    if not isinstance(test, str | Path):
        raise BadSetting("test_ledger='auto' needs a test file to stand beside.", hint="Name a file for the ledger.")
    return Path(f"{test}{ENDING}")


def read_looks(path: Path) -> TestLooks:
    """All entries; none where the file is not there yet. Raises BadInput for a line that is no entry."""
    if not path.exists():
        return TestLooks(looks=(), file=str(path))
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            found.append(_look(line, number, path))
    return TestLooks(looks=tuple(found), file=str(path))


def _look(line: str, number: int, path: Path) -> Look:
    try:
        entry = json.loads(line)
        return Look(**{**entry, "sketch": tuple(float(each) for each in entry.get("sketch", ()))})
    except (ValueError, TypeError, AttributeError) as error:
        raise BadInput(
            f"Line {number} of '{path}' is no entry of a test ledger: {error}.", hint="Give another file, or take the line out."
        ) from error


def add_look(path: Path, look: Look) -> None:
    """Append one entry; the folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(look)) + "\n")
