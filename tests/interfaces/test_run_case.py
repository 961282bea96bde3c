"""Findings on the tables of a run, put on a line of the script."""

from __future__ import annotations

from types import SimpleNamespace

from rung.core.finding import Finding, Remedy, Subject
from rung.interfaces.run_case import _done


def test_a_finding_on_rows_names_no_column():
    """Overlap between the folds of a loop is about rows: it has no name to look up among the features."""
    split = SimpleNamespace(split=SimpleNamespace(grouped=False, by_time=False, shuffle=True))
    tables = SimpleNamespace(scoring=SimpleNamespace(split=split, many=5), features={"a": None})
    finding = Finding(subject=Subject(kind="rows", names=()), message="rows are on both sides", remedy=Remedy(fix="part the rows once"))

    assert not _done(finding, tables)  # type: ignore[arg-type]
