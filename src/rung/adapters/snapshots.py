"""Snapshots as small JSON files."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rung.core.errors import BadInput
from rung.inputs.snapshot import SNAPSHOT_VERSION, Reference, Snapshot

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Snapshot]:
    from pydantic import TypeAdapter

    return TypeAdapter(Snapshot)


def is_snapshot(path: Path) -> bool:
    """Whether this file is a snapshot by its ending; tables of JSON end in .jsonl."""
    return path.suffix.lower() == ".json"


def write_snapshot(snapshot: Snapshot) -> str:
    """The snapshot as JSON on one line a column, so that two of them can be compared by eye; fields at their defaults are left out."""
    tree = _adapter().dump_python(snapshot, mode="json", exclude_defaults=True)
    columns = tree.pop("columns", [])
    head = json.dumps({"snapshot": SNAPSHOT_VERSION, **tree}, ensure_ascii=False, separators=(",", ":"))[:-1]
    lines = ",\n".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in columns)
    return f'{head},\n"columns":[\n{lines}\n]}}\n'


def read_snapshot(path: Path | str) -> Reference:
    """The reference in a file. Raises BadInput with what to do for anything that is none."""
    from pydantic import ValidationError

    place = Path(path)
    hint = "Make one with `rung snapshot TRAIN --model FILE -o reference.json`."
    try:
        tree = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"There is no snapshot '{place}'.", hint=hint) from None
    except (ValueError, OSError) as error:
        raise BadInput(f"'{place}' cannot be read as a snapshot: {error}.", hint=hint) from error
    found = tree.get("snapshot") if isinstance(tree, dict) else None
    if found != SNAPSHOT_VERSION:
        newer = isinstance(found, int) and found > SNAPSHOT_VERSION
        raise BadInput(
            f"'{place}' is no snapshot that this version reads (its 'snapshot' is {found!r}, expected {SNAPSHOT_VERSION}).",
            hint="Update rung." if newer else f"{hint} A table of JSON lines should end in .jsonl.",
        )
    try:
        return Reference(_adapter().validate_python(tree), source=str(place))
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(f"'{place}' is a broken snapshot: {'.'.join(map(str, first['loc']))}: {first['msg']}.", hint=hint) from error
