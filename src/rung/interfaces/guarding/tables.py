"""Tables written back in the format of the file that they came from."""

from __future__ import annotations

import gzip
from pathlib import Path

from rung.core.errors import Unavailable
from rung.inputs.table import Table

SEPARATORS = {".tsv": "\t"}


def write_table(table: Table, path: Path) -> None:
    """Write the rows so that rung and pandas read the same table again. Raises Unavailable for a format that cannot be written."""
    endings = [each.lower() for each in path.suffixes]
    kind = endings[-2] if endings[-1:] == [".gz"] and len(endings) > 1 else endings[-1] if endings else ""
    frame = table.frame
    if kind in (".csv", ".txt", ".tsv"):
        text = frame.write_csv(separator=SEPARATORS.get(kind, ",")).encode("utf-8")
        path.write_bytes(gzip.compress(text) if endings[-1] == ".gz" else text)
    elif kind in (".parquet", ".pq"):
        frame.write_parquet(path)
    elif kind in (".feather", ".arrow", ".ipc"):
        frame.write_ipc(path)
    elif kind in (".jsonl", ".ndjson"):
        frame.write_ndjson(path)
    else:
        raise Unavailable(f"a mended copy cannot be written as '{path.name}'")
