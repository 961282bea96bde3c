"""Where tables come in: files that are read, and frames built from what the program holds."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from rung.inputs.trace_parts import Rows, Use
from rung.record.script import values
from rung.record.script.parents import Given, Named, bound
from rung.record.script.recorder import Draft, Recorder, Work

PARTS = {"nrows", "skiprows", "skipfooter", "chunksize", "iterator", "sheet_name", "header", "comment"}  # two reads may give other rows


def construct(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """DataFrame(...), Series(...): rows of what it is built from, or a new table."""
    from rung.record.script.lists import told  # lists look at chance, which looks at sources

    given = bound(("data", "index", "columns"), args, kwargs)
    data = given.get("data")
    parts = list(data.values()) if isinstance(data, dict) else [data]
    known = [
        recorder.read(draft, f"data[{place}]", each)
        for place, each in enumerate(parts[:200])
        if values.kind_of(each) not in ("", "list") or told(recorder, draft, each)
    ]
    yield
    made = args[0]
    n = values.n_rows(made)
    found = [rows for number in known if (rows := recorder.rows(number)) is not None and len(rows) == n]
    rows = rows_of_columns(found) if isinstance(data, dict) else next(iter(found), None)
    if rows is not None:
        draft.kind = "derive"
        recorder.write(draft, "result", made, rows)
    elif n <= 0:
        draft.keep = False
    elif isinstance(data, dict) or not known:
        new_source(recorder, draft, made, draft.call, "literal")
    else:  # one array of nobody's knowing
        draft.kind = "derive"
        number = recorder.write(draft, "result", made, None)
        if number is not None:
            recorder.first_seen(number, made, draft)
            recorder.objects.excerpt(number, made)


def rows_of_columns(found: list[Rows]) -> Rows | None:
    """Rows of a table by those of its columns. Columns that each repeat other rows, as keys beside each other do, make a table of its own."""
    whole = next((each for each in found if len(np.unique(each)) == len(each)), None)
    alike = len(found) > 1 and all(np.array_equal(each, found[0]) for each in found[1:])
    return whole if whole is not None else found[0] if alike else None


def load(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """pd.read_csv and its like: a table comes in."""
    path = args[0] if args else next(iter(kwargs.values()), "")
    draft.settings["path"] = values.plain(path if isinstance(path, str) else str(getattr(path, "name", None) or path)[:200])
    result = yield
    tables = result.values() if isinstance(result, dict) else [result]
    tables = [each for each in tables if values.kind_of(each) in ("frame", "series")]
    draft.keep = bool(tables)
    for each in tables:
        file = os.path.abspath(str(draft.settings["path"]))
        rows = recorder.rows(recorder.files.get(file, (None, None))[0])
        if rows is not None and len(rows) == len(each):  # this very program wrote the file, or read it before
            recorder.write(draft, "result", each, rows)
            continue
        number = new_source(recorder, draft, each, str(draft.settings["path"]), "file")
        if len(tables) == 1 and os.path.isfile(file) and not PARTS & set(kwargs):
            recorder.files.setdefault(file, (number, None))


def new_source(recorder: Recorder, draft: Draft, value: Any, name: str, kind: Any, role: str = "result") -> int:
    number = recorder.objects.source(value, name, kind, draft.id)
    draft.writes.append(Use(role=role, item=number))
    recorder.objects.excerpt(number, value)
    return number
