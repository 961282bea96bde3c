"""W&B offline runs, read without wandb: a log of blocks as LevelDB frames it, each record a `Record` message.

Fields used (wandb_internal.proto): Record.history = 2, HistoryRecord.item = 1, .step = 2, HistoryStep.num = 1, HistoryItem.key = 1,
.nested_key = 2, .value_json = 16.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path

from rung.adapters.histories.names import curve, is_index
from rung.adapters.histories.protobuf import fields
from rung.core.errors import BadInput
from rung.inputs.history import Curve

BLOCK = 32_768
HEADER = 7  # checksum (4), length (2), kind (1)
WHOLE, FIRST, MIDDLE, LAST = 1, 2, 3, 4


def read_run(path: Path) -> list[Curve]:
    """What was logged with numbers. Raises BadInput where the file is another kind."""
    raw = path.read_bytes()
    if raw[:4] != b":W&B":
        raise BadInput(f"'{path}' is no W&B run file.")
    found: dict[str, tuple[list[float], list[float]]] = {}
    row = 0
    for record in _records(raw):
        for number, value in fields(record):
            if number == 2 and isinstance(value, bytes):
                row += 1
                _logged(value, row, found)
    return [curve(name, steps, values) for name, (steps, values) in found.items()]


def _logged(raw: bytes, row: int, found: dict[str, tuple[list[float], list[float]]]) -> None:
    step, items = float(row - 1), []
    for number, value in fields(raw):
        if number == 1 and isinstance(value, bytes):
            items.append(_item(value))
        elif number == 2 and isinstance(value, bytes):
            step = float(next((num for key, num in fields(value) if key == 1 and isinstance(num, int)), 0))
    for name, value in items:
        if value is not None and not name.startswith("_") and not is_index(name):
            steps, values = found.setdefault(name, ([], []))
            steps.append(step)
            values.append(value)


def _item(raw: bytes) -> tuple[str, float | None]:
    name, value = [], None
    for number, field in fields(raw):
        if number in (1, 2) and isinstance(field, bytes):
            name.append(field.decode("utf-8", "replace"))
        elif number == 16 and isinstance(field, bytes):
            value = _number(field)
    return "/".join(name), value


def _number(raw: bytes) -> float | None:
    """A number from its JSON; NaN and infinity come as bare words or as text."""
    try:
        value = json.loads(raw)
    except ValueError:
        return None
    if isinstance(value, str) and value.lower() in ("nan", "infinity", "-infinity", "inf", "-inf"):
        return float(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _records(raw: bytes) -> Iterator[bytes]:
    """Records joined over blocks; what breaks off at the end is left out."""
    place, parts = HEADER, b""  # the file begins with a header of its own: ':W&B', two magic bytes, a version
    while place + HEADER <= len(raw):
        room = BLOCK - place % BLOCK
        if room < HEADER:
            place += room
            continue
        size, kind = struct.unpack_from("<HB", raw, place + 4)
        content = raw[place + HEADER : place + HEADER + size]
        if len(content) < size or kind not in (WHOLE, FIRST, MIDDLE, LAST):
            return
        parts = content if kind in (WHOLE, FIRST) else parts + content
        if kind in (WHOLE, LAST):
            yield parts
        place += HEADER + size
