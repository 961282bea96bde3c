"""Reads tables from files: CSV (plain or gzip), Parquet, Feather/Arrow, JSON lines."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Collection
from pathlib import Path

import numpy as np
import polars as pl

from rung.adapters.frames import to_table, unique_names
from rung.core.errors import BadInput
from rung.inputs.table import Table

# The spellings that pandas.read_csv takes for missing, so that both read the same table.
MISSING = [
    "",
    "NA",
    "N/A",
    "n/a",
    "NaN",
    "nan",
    "-NaN",
    "-nan",
    "NULL",
    "null",
    "None",
    "<NA>",
    "#N/A",
    "#NA",
    "#N/A N/A",
    "1.#IND",
    "1.#QNAN",
    "-1.#IND",
    "-1.#QNAN",
]
DELIMITERS = ",;\t|"
READERS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".feather": "arrow",
    ".arrow": "arrow",
    ".ipc": "arrow",
    ".jsonl": "lines",
    ".ndjson": "lines",
}
TEXT = (".csv", ".tsv", ".txt")


def read_table(path: str | Path, texts: Collection[str] = ()) -> Table:
    """The table in a file. Raises BadInput that says what is wrong with the file and what rung reads.

    texts : columns to leave as they are written where the file knows no types: a code such as '01067' is no number because it looks like one.
    """
    path = Path(path)
    if not path.exists():
        raise BadInput(f"There is no file '{path}'.", hint=_neighbours(path))
    if path.is_dir():
        raise BadInput(f"'{path}' is a folder; rung reads one file.", hint="Name the file, for instance a Parquet or CSV file in it.")
    if path.stat().st_size == 0:
        raise BadInput(f"'{path}' is empty (0 bytes).", hint="Write the table again; the export may have failed.")
    ending = "".join(path.suffixes[-2:]).lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    kind = (
        "csv"
        if ending.removesuffix(".gz") in TEXT
        else READERS.get(ending, "lines" if ending.removesuffix(".gz") in (".jsonl", ".ndjson") else "")
    )
    if not kind:
        raise BadInput(
            f"'{path}' ends in '{ending}', which rung does not read.",
            hint="It reads .csv, .tsv, .csv.gz, .parquet, .feather, .arrow and .jsonl; save the table as one of these.",
        )
    try:
        return _read(path, kind, texts)
    except (pl.exceptions.PolarsError, OSError, EOFError, ValueError, csv.Error, zlib.error) as error:
        raise BadInput(
            f"'{path}' cannot be read as {kind}: {str(error).splitlines()[0]}", hint="Open the file and look at its first lines."
        ) from error


def _neighbours(path: Path) -> str:
    folder = path.parent
    found = sorted(each.name for each in folder.iterdir() if each.suffix in (*TEXT, *READERS, ".gz"))[:6] if folder.is_dir() else []
    return f"In '{folder}' there are {', '.join(found)}." if found else "Check the path."


def _read(path: Path, kind: str, texts: Collection[str]) -> Table:
    if kind == "csv":
        return _read_csv(path, texts)
    reader = {"parquet": pl.read_parquet, "arrow": pl.read_ipc, "lines": pl.read_ndjson}[kind]
    source = gzip.open(path) if path.suffix == ".gz" else path  # noqa: SIM115 - polars reads it to the end and drops it
    frame = reader(source)  # type: ignore[operator]
    return _from_file(frame, path, ())


def _from_file(frame: pl.DataFrame, path: Path, notes: tuple[str, ...]) -> Table:
    if not frame.width:
        raise BadInput(f"'{path}' holds no columns.", hint="Write the table again; the export may have failed.")
    table = to_table(frame, path.name)
    return Table(frame=table.frame, source=path.name, notes=(*table.notes, *notes))


def _read_csv(path: Path, texts: Collection[str]) -> Table:
    text, notes = _decoded(path)
    header = text[: text.find(b"\n")] if b"\n" in text else text
    delimiter = max(DELIMITERS, key=lambda mark: header.count(mark.encode()))
    given = next(csv.reader([header.decode("utf-8").strip("\r\n\ufeff")], delimiter=delimiter), [])
    if not any(name.strip() for name in given):
        raise BadInput(f"The first line of '{path}' names no columns.", hint="The first line must be the header.")
    names, renamed = unique_names(given)
    frame = _parsed(text, names, delimiter, path, [name for name in names if name in texts])
    twice = (f"Column names stand more than once; the later ones are read as {', '.join(renamed)}.",) if renamed else ()
    return _from_file(frame, path, (*notes, *twice))


def _parsed(text: bytes, names: list[str], delimiter: str, path: Path, texts: list[str]) -> pl.DataFrame:
    options = {
        "separator": delimiter,
        "has_header": True,
        "new_columns": names,
        "schema_overrides": dict.fromkeys(texts, pl.String),
        "null_values": MISSING,
        "try_parse_dates": True,
        "truncate_ragged_lines": False,
    }
    if text.count(b"\n", 0, 4096) <= 1 and not text[text.find(b"\n") + 1 :].strip():
        return pl.DataFrame({name: [] for name in names}, schema=dict.fromkeys(names, pl.Float64))
    try:
        return pl.read_csv(text, infer_schema_length=20_000, **options)
    except pl.exceptions.ComputeError:
        try:
            return pl.read_csv(text, infer_schema_length=None, **options)
        except pl.exceptions.ComputeError as error:
            raise BadInput(
                f"'{path}' is no regular table: {str(error).splitlines()[0]}",
                hint="Each line must have as many values as the header; quote values that hold the delimiter.",
            ) from error


def _decoded(path: Path) -> tuple[bytes, tuple[str, ...]]:
    """The file's bytes as UTF-8, and a note where they were something else."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16").encode(), (f"'{path.name}' is UTF-16; it was read as such.",)
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in raw[:4096]:
        return _without_mark(raw, path)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace").encode(), (
            f"'{path.name}' is not UTF-8; it was read as Windows-1252. Check names and texts.",
        )
    return raw, ()


def _without_mark(raw: bytes, path: Path) -> tuple[bytes, tuple[str, ...]]:
    """Bytes that hold zeros: UTF-16 without its mark, where each letter of a Western text has one, or no text at all."""
    zeros = np.frombuffer(raw[:4096], dtype=np.uint8) == 0
    later = zeros[1::2].mean() > zeros[0::2].mean()
    try:
        text = raw.decode("utf-16-le" if later else "utf-16-be")
    except UnicodeDecodeError:
        text = ""
    # Half of the bytes are zero in plain UTF-16, few in anything else; 0.3 leaves room for other letters.
    if zeros.mean() < 0.3 or "\x00" in text or not text:
        raise BadInput(f"'{path}' holds binary data, not text.", hint="Check that its ending tells what it is.")
    return text.encode(), (f"'{path.name}' is UTF-16 without a mark; it was read as such.",)
