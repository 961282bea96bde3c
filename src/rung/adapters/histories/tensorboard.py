"""TensorBoard event files, read without TensorBoard: records of TFRecord framing, each an `Event` message.

Fields used (tensorflow/core/util/event.proto, framework/summary.proto, framework/tensor.proto): Event.step = 2, Event.summary = 5,
Summary.value = 1, Value.tag = 1, Value.simple_value = 2, Value.tensor = 8, TensorProto.dtype = 1, .tensor_content = 4, .float_val = 5,
.double_val = 6.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from rung.adapters.histories.names import curve, meaning
from rung.adapters.histories.protobuf import fields, number32
from rung.core.errors import BadInput
from rung.inputs.history import Curve


def read_events(path: Path) -> list[Curve]:
    """Scalars of one file. A last record that breaks off (the run was killed) is left out. Raises BadInput for another kind of file."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    try:
        for record in _records(path.read_bytes()):
            for tag, step, value in _scalars(record):
                steps, values = found.setdefault(tag, ([], []))
                steps.append(step)
                values.append(value)
    except (ValueError, struct.error) as error:
        raise BadInput(f"'{path}' is no TensorBoard event file: {error}.") from error
    known = {tag: each for tag, each in found.items() if meaning(tag)[1] != "other" or len(each[0]) > 1}
    return [curve(tag, steps, values) for tag, (steps, values) in known.items()]


def _records(raw: bytes) -> Iterator[bytes]:
    place = 0
    while place + 16 <= len(raw):
        size = struct.unpack_from("<Q", raw, place)[0]
        if place + 12 + size > len(raw):
            if place == 0:
                raise ValueError("its first record is larger than the file")
            return
        yield raw[place + 12 : place + 12 + size]
        place += 16 + size


def _scalars(record: bytes) -> Iterator[tuple[str, float, float]]:
    step, summaries = 0.0, []
    for number, value in fields(record):
        if number == 2 and isinstance(value, int):
            step = float(value)
        elif number == 5 and isinstance(value, bytes):
            summaries.append(value)
    for summary in summaries:
        for number, value in fields(summary):
            if number == 1 and isinstance(value, bytes):
                tag, scalar = _value(value)
                if scalar is not None:
                    yield tag, step, scalar


def _value(raw: bytes) -> tuple[str, float | None]:
    tag, scalar = "", None
    for number, value in fields(raw):
        if number == 1 and isinstance(value, bytes):
            tag = value.decode("utf-8", "replace")
        elif number == 2:
            scalar = number32(value)
        elif number == 8 and isinstance(value, bytes):
            scalar = _tensor(value)
    return tag, scalar


def _tensor(raw: bytes) -> float | None:
    """The one number of a scalar tensor of type float (1) or double (2)."""
    kind, content = 0, b""
    for number, value in fields(raw):
        if number == 1 and isinstance(value, int):
            kind = value
        elif number in (4, 5, 6) and isinstance(value, bytes):
            content = value
    if kind == 1 and len(content) == 4:
        return struct.unpack("<f", content)[0]
    return struct.unpack("<d", content)[0] if kind == 2 and len(content) == 8 else None
