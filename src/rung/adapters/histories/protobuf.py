"""Reads the wire format of protocol buffers, as far as logs need it. Source: protobuf.dev, "Encoding"."""

from __future__ import annotations

import struct
from collections.abc import Iterator

Field = tuple[int, int | bytes]


def fields(raw: bytes) -> Iterator[Field]:
    """(number, value) of each field: an integer for varints, bytes for everything else (fixed-width fields too).

    Raises ValueError where the bytes break off.
    """
    place = 0
    while place < len(raw):
        key, place = _varint(raw, place)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, place = _varint(raw, place)
            yield number, value
            continue
        if kind == 2:
            size, place = _varint(raw, place)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError(f"wire type {kind} is not known")
        if place + size > len(raw):
            raise ValueError("a field breaks off")
        yield number, raw[place : place + size]
        place += size


def _varint(raw: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(raw) or shift > 63:
            raise ValueError("a number breaks off")
        byte = raw[place]
        value |= (byte & 0x7F) << shift
        place += 1
        if not byte & 0x80:
            return value, place
        shift += 7


def number32(raw: int | bytes) -> float:
    """A 32-bit float field."""
    return struct.unpack("<f", raw)[0] if isinstance(raw, bytes) else float(raw)
