"""Reports that were made before: read, compared, shown in a notebook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rung.core.difference import Difference
from rung.core.errors import BadInput
from rung.core.guard import Proof
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


def write_report(report: Report, path: str | Path) -> Path:
    """Write a report; the ending tells the format: .json, .html, .md, .sarif, .xml (JUnit) or .txt. Raises BadSetting for any other."""
    from importlib import import_module

    from rung.interfaces.cli.output import by_ending

    place = Path(path)
    form = by_ending(place)
    options: dict[str, object] = {"colour": False, "unicode": True} if form == "terminal" else {}
    text = import_module(f"rung.render.{form}").render(report, **options)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return place


def diff(before: Report | str | Path, after: Report | str | Path) -> Difference:
    """What is new, gone and changed from one report to the next; reports or their JSON files."""
    first, second = (each if isinstance(each, Report) else read_report(each) for each in (before, after))
    return compare(first, second)


def guard(
    report: Report | str | Path,
    output: str | Path = "tests/test_model_guard.py",
    *,
    root: str | Path | None = None,
    trust: bool = False,
    say: Callable[[str], None] = lambda _text: None,
) -> Proof:
    """Write a pytest file that fails while a confirmed fault is there and passes once it is mended; both were tried before it is written.

    report : a report that was made from files, or its JSON file.   root : folder that its relative paths start from, the present one where left out.
    trust : load the model file, which can run code.   Returns what was proven and what was left out; writes nothing where nothing was proven.
    """
    from rung.interfaces.guarding.plan import prove_guards

    given = report if isinstance(report, Report) else read_report(report)
    place = Path(output)
    proof = prove_guards(given, place.resolve(), root=Path(root) if root is not None else Path.cwd(), trust=trust, say=say)
    if proof.text:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(proof.text, encoding="utf-8")
    return proof


# The core knows no renderer, so that a report learns here, at the rim, how a notebook shows it.
Report._repr_html_ = notebook.render  # type: ignore[attr-defined]
