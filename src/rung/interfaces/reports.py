"""Reports that were made before: read, compared, shown in a notebook."""

from __future__ import annotations

from pathlib import Path

from rung.core.difference import Difference
from rung.core.errors import BadInput
from rung.core.report import Report
from rung.diagnosis.compare import compare
from rung.render import json as as_json
from rung.render import notebook


def read_report(path: str | Path) -> Report:
    """A report from its JSON file. Raises BadInput where there is none."""
    place = Path(path)
    if not place.is_file():
        raise BadInput(f"There is no report '{place}'.", hint="Write one with `rung diagnose ... -o report.json`.")
    return as_json.read(place.read_bytes())


def diff(before: Report | str | Path, after: Report | str | Path) -> Difference:
    """What is new, gone and changed from one report to the next; reports or their JSON files."""
    first, second = (each if isinstance(each, Report) else read_report(each) for each in (before, after))
    return compare(first, second)


# The core knows no renderer, so that a report learns here, at the rim, how a notebook shows it.
Report._repr_html_ = notebook.render  # type: ignore[attr-defined]
