"""The report as JSON, schema 1, and back: `read(render(report)) == report`.

The codec is pydantic's over the core types; the mapping here only moves what the outer contract places elsewhere: findings
carry their experiment and their next command, `blind` stands at the top, runs are called `checks`. Extra fields may be added
in any release; a field that leaves or changes its meaning raises the schema number.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rung.core.errors import BadInput
from rung.core.report import SCHEMA_VERSION, Report

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Tree = dict[str, Any]  # JSON as Python reads it; pydantic checks it on the way in

ORDER = ("schema", "rung", "command", "started", "seconds", "seed", "interrupted", "case", "ladder", "findings", "checks")
WRITE = "Write one with `rung diagnose ... -o report.json`."
NOT_FINITE = re.compile(r"\\*-?(nan|inf)")  # cells of these texts are written with a backslash more, so that they come back as texts
SURROGATE = re.compile("[\ud800-\udfff]")  # from a broken file name or cell: cannot be written as UTF-8, only escaped
CELL_SHAPES = {"row-sample": "values", "ranking": "rows"}


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Report]:
    from pydantic import TypeAdapter

    return TypeAdapter(Report)


def render(report: Report, *, indent: int | None = 2) -> str:
    """The report as a JSON text of schema 1."""
    tree = _plain(_adapter().dump_python(report, warnings=False), _written)
    outward = _outward(tree)
    text = json.dumps(outward, indent=indent, ensure_ascii=False, allow_nan=False)
    return json.dumps(outward, indent=indent, allow_nan=False) if SURROGATE.search(text) else text


def plain(tree: object) -> Any:
    """A tree of dataclasses as dictionaries, with plain JSON values: NaN and infinity as strings."""
    return _plain(tree, _written)


def read(text: str | bytes) -> Report:
    """The report that `render` wrote. Raises BadInput where the text is none, or of a newer schema."""
    from pydantic import ValidationError

    try:
        tree = json.loads(text)
    except ValueError as error:
        raise BadInput(f"The report is not JSON: {error}.", hint=WRITE) from error
    _require_schema(tree)
    try:
        return _adapter().validate_python(_inward(tree))
    except (ValidationError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"The JSON is not a report of schema {SCHEMA_VERSION}: {_first(error)}.", hint=WRITE) from error


def _first(error: Exception) -> str:
    """The first thing that is wrong, in one line."""
    if isinstance(error, KeyError):
        return f"it has no field {error}"
    every = getattr(error, "errors", None)  # pydantic's
    if every is None:
        return str(error)
    return f"{'.'.join(map(str, every()[0]['loc']))}: {every()[0]['msg'].lower()}"


def _require_schema(tree: object) -> None:
    if isinstance(tree, dict) and "snapshot" in tree:
        raise BadInput(
            "This is a snapshot of a reference, no report.", hint="`rung compare SNAPSHOT CURRENT -o report.json` makes a report with it."
        )
    found = tree.get("schema") if isinstance(tree, dict) else None
    if found != SCHEMA_VERSION:
        hint = "Update rung." if isinstance(found, int) and found > SCHEMA_VERSION else WRITE
        raise BadInput(f"The report has schema {found!r}; this version reads schema {SCHEMA_VERSION}.", hint=hint)


# ---- values ---------------------------------------------------------------------------------------------------------


def _plain(value: Any, cell: Callable[[object], object]) -> Any:
    """The tree with plain JSON values; `cell` treats the cells of tables of evidence."""
    if isinstance(value, dict):
        table = CELL_SHAPES.get(str(value.get("shape")))
        return {str(key): _cells(each, cell) if key == table else _plain(each, cell) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, cell) for each in value]
    return _scalar(value)


def _cells(rows: Any, cell: Callable[[object], object]) -> list[list[object]]:
    return [[cell(each) for each in row] for row in rows] if isinstance(rows, list | tuple) else []


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, int | float):
        return value
    item = getattr(value, "item", None)  # a NumPy scalar that a check forgot to convert must not cost the whole report
    return _scalar(item()) if callable(item) else str(value)


def _written(value: object) -> object:
    return f"\\{value}" if isinstance(value, str) and NOT_FINITE.fullmatch(value) else _scalar(value)


def _read_cell(value: object) -> object:
    if not isinstance(value, str) or not NOT_FINITE.fullmatch(value):
        return value
    return value[1:] if value.startswith("\\") else float(value)


# ---- shape: core's tree <-> the outer contract ----------------------------------------------------------------------


def _outward(tree: Tree) -> Tree:
    diagnosis = dict(tree.pop("diagnosis"))
    by_key = {each["key"]: each for each in reversed(tree["outcomes"])}  # the first one of a key wins
    moved = {
        **tree,
        "rung": tree.pop("version"),
        "checks": tree.pop("runs"),
        "findings": [_finding(each, by_key.get(each["key"])) for each in tree["findings"]],
        "blind": diagnosis.pop("blind"),
        "diagnosis": diagnosis,
    }
    for name in ("version", "runs"):
        moved.pop(name, None)
    return {key: moved[key] for key in (*ORDER, *(key for key in moved if key not in ORDER))}


def _finding(finding: Tree, outcome: Tree | None) -> Tree:
    renamed = {"name": outcome["experiment"], **{key: each for key, each in outcome.items() if key != "experiment"}} if outcome else None
    return {**finding, "experiment": renamed, "next": f"rung explain {finding['code']}"}


def _inward(tree: Tree) -> Tree:
    found = dict(tree)
    found["version"] = found.pop("rung")
    found["runs"] = found.pop("checks")
    found["diagnosis"] = {**found.get("diagnosis", {}), "blind": found.pop("blind", [])}
    found.setdefault("outcomes", [_outcome(each) for each in found["findings"] if each.get("experiment")])
    kept = [{key: each[key] for key in each if key not in {"experiment", "next"}} for each in found["findings"]]
    found["findings"] = kept
    return _plain(found, _read_cell)


def _outcome(finding: Tree) -> Tree:
    experiment = dict(finding["experiment"])
    return {"key": finding["key"], **experiment, "experiment": experiment.pop("name")}


# ---- the schema of the schema ---------------------------------------------------------------------------------------


def schema() -> Tree:
    """The JSON Schema (2020-12) of what `render` writes."""
    core = _adapter().json_schema(mode="serialization")
    definitions = core["$defs"]
    own = core["properties"]
    properties = {
        **own,
        "schema": {"const": SCHEMA_VERSION},
        "rung": own["version"],
        "checks": own["runs"],
        "blind": definitions["Diagnosis"]["properties"].pop("blind"),
    }
    del properties["version"], properties["runs"]
    _move_outcome(definitions)
    core["properties"] = {key: properties[key] for key in (*ORDER, *(key for key in properties if key not in ORDER))}
    core["required"] = list(core["properties"])
    core["title"] = f"rung report, schema {SCHEMA_VERSION}"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_loosened(core)}


def _move_outcome(definitions: Tree) -> None:
    outcome = definitions["Outcome"]
    inline = {("name" if key == "experiment" else key): each for key, each in outcome["properties"].items()}
    required = ["name" if key == "experiment" else key for key in outcome["required"]]
    definitions["Experiment"] = {**outcome, "title": "Experiment", "properties": inline, "required": required}
    finding = definitions["Finding"]["properties"]
    finding["experiment"] = {"anyOf": [{"$ref": "#/$defs/Experiment"}, {"type": "null"}]}
    finding["next"] = {"type": "string"}


def _loosened(node: Any) -> Any:
    """Every number may also be one of the strings 'nan', 'inf' and '-inf'."""
    if isinstance(node, list):
        return [_loosened(each) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "number":
        rest = {key: each for key, each in node.items() if key != "type"}
        return {**rest, "anyOf": [{"type": "number"}, {"enum": ["nan", "inf", "-inf"]}]}
    return {key: _loosened(each) for key, each in node.items()}
