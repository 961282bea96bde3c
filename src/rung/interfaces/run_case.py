"""The case of a script that was run: its trace, a reading of its source, and the tables it really trained and scored on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from rung.adapters.frames import to_table
from rung.core.errors import BadInput
from rung.core.finding import Finding, Severity, Verdict, Where
from rung.core.report import Report
from rung.diagnosis.rank import rank
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.engine.plan import inputs_needed
from rung.facts.group_gap import ENTITY_NAME
from rung.facts.identifiers import ID_NAME
from rung.facts.run_edits import diff_of
from rung.facts.run_history import RunHistory
from rung.facts.run_scorings import Scorings
from rung.facts.run_tables import RunTables
from rung.facts.run_target import maker_of
from rung.inputs.case import Case, Test, Train
from rung.inputs.contract import Contract
from rung.inputs.reading import Reading
from rung.inputs.settings import Settings
from rung.inputs.table import Table
from rung.inputs.trace import Trace
from rung.record.reading.read import read_source
from rung.record.runner import Ran

# Rules on tables that speak of what a script did with them. The others are the business of `rung diagnose`.
ON_TABLES = ("D112", "D208", "D301", "D302", "D303", "P202")
SAME_ROWS = ("P101", "D304")  # what these see in the tables is what the act that the run saw left there
MAX_DISTINCT_TIMES = 3  # a time column needs more moments than this


def case_of(inputs: tuple[object, ...], settings: Settings, reading: Reading | None = None, *, static: bool = False) -> Case:
    """Everything that a run gives rules to read; of a script that was only read, its reading in the place of the trace."""
    if static:
        return Case(*(each for each in inputs if not isinstance(each, Trace)), settings, reading.trace if reading is not None else None)
    trace = next((each for each in inputs if isinstance(each, Trace)), None)
    tables = _tables(trace) if trace is not None else ()
    return Case(*inputs, settings, *tables, reading if trace is not None else None)


def reading_of(ran: Ran) -> Reading | None:
    """The source of the program, read; None where that is not possible."""
    source = ran.running.sources[0] if ran.running.sources else None
    if source is None:
        return None
    try:
        return Reading(trace=read_source(source.path, source.text, tuple(source.cells), folder=Path(ran.running.places.main).parent))
    except BadInput:
        return None


def with_lines(report: Report, case: Case) -> Report:
    """The report with a line of the source in every finding on the tables of the run."""
    ledger = Ledger(case, discover.facts())
    # What a model on these tables would score is another question than what the script's own score is worth.
    told = [(each, placed(each, ledger)) for each in report.findings]
    by_tables = {after.key for before, after in told if before.subject.where is None}
    findings, names = _merged([after for _, after in told], by_tables)
    trace = trace_of(case)
    outcomes = tuple(replace(each, key=names.get(each.key, each.key)) for each in report.outcomes)
    findings = tuple(with_patch(each, trace, own=each.key not in by_tables) for each in findings)
    return replace(report, findings=findings, outcomes=outcomes, diagnosis=rank(findings, outcomes, report.diagnosis.blind), honest=None)


def _merged(findings: list[Finding], by_tables: set[str]) -> tuple[tuple[Finding, ...], dict[str, str]]:
    """One fault that the run and its tables both show is told once, in the words of the run, with what was measured on the tables; old key -> new."""
    kept, names = [each for each in findings if each.key not in by_tables], {}
    for each in (one for one in findings if one.key in by_tables):
        same = [
            one
            for one in kept
            if one.code == each.code and (one.subject.where == each.subject.where or each.code in SAME_ROWS) and one.weight
        ]
        if not same:
            kept.append(each)
            continue
        names[each.key] = same[0].key
        measured = (
            each.verdict is Verdict.CONFIRMED and same[0].verdict is Verdict.SUSPECTED
        )  # what row identity proves no measurement refutes
        verdict = {"verdict": each.verdict, "verdict_reason": each.verdict_reason} if measured else {}
        kept[kept.index(same[0])] = replace(same[0], evidence=(*same[0].evidence, *each.evidence), **verdict)
    return tuple(sorted(kept, key=findings_order(findings, names))), names


def findings_order(findings: list[Finding], names: dict[str, str]) -> Callable[[Finding], int]:
    """The place of a finding, or of what was merged into it, in the order as ranked."""
    places = {}
    for number, each in enumerate(findings):
        places.setdefault(names.get(each.key, each.key), number)
    return lambda each: places[each.key]


def trace_of(case: Case) -> Trace | None:
    """The trace of a case."""
    found = case.inputs.get(Trace)
    return found if isinstance(found, Trace) else None


def with_patch(finding: Finding, trace: Trace | None, *, own: bool) -> Finding:
    """The remedy as a diff of the user's own source, where one is known to be safe.

    own : whether the rule saw the run itself; what it would have written for tables names what is not there in a line of a script.
    """
    patch = diff_of(trace, finding) if trace is not None else None
    return replace(finding, remedy=replace(finding.remedy, patch=patch if patch is not None or not own else finding.remedy.patch))


def with_rules(settings: Settings) -> Settings:
    """Where the user chose no rules: those that read a run, and some on the tables it used."""
    return settings if settings.select else replace(settings, select=tuple(sorted({*_of_runs(), *ON_TABLES})))


def _of_runs() -> set[str]:
    facts = discover.facts()
    found = set()
    for rule in discover.rules():
        needs = [inputs_needed(way, facts) for way in rule.ways]
        if any({each.__name__ for each in need} & {"Trace", "Reading", "History"} for need in needs):
            found.add(rule.code)
    return found


def _tables(trace: Trace) -> tuple[object, ...]:
    ledger = Ledger(Case(trace), discover.facts())
    found = ledger.ask_or_none(RunTables)
    if found is None:
        return ()
    try:
        train = _table(found.features, found.labels, found.target, found.others, "rows fitted on")
        test = (
            _table(found.test_features, found.test_labels, found.target, found.test_others, "rows scored")
            if found.test_labels is not None
            else None
        )
    except (BadInput, pl.exceptions.PolarsError, TypeError, ValueError):
        return ()
    time, groups = _time(train, found), _groups(train, found)
    kept = [*found.features, found.target, *(each for each in (time, groups) if each is not None)]
    contract = Contract(target=found.target, time=time, groups=groups)
    parts: list[object] = [Train(replace(train, frame=train.frame.select(list(dict.fromkeys(kept))), native=None)), contract]
    return (
        (*parts, Test(replace(test, frame=test.frame.select(list(dict.fromkeys(kept))), native=None))) if test is not None else tuple(parts)
    )


def _table(features: dict[str, np.ndarray], labels: np.ndarray, target: str, others: dict[str, np.ndarray], source: str) -> Table:
    import pandas as pd

    columns = {**others, **features, target: labels}
    return to_table(pd.DataFrame({name: _plain(values) for name, values in columns.items()}), source)


def _plain(values: np.ndarray) -> np.ndarray:
    return values.astype(object) if values.dtype.kind in ("U", "S") else values


def _time(train: Table, found: RunTables) -> str | None:
    """The one column of moments, of the table or of the features."""
    dates = [name for name in (*found.others, *found.features) if train.frame[name].dtype.is_temporal() or _parses(train.frame[name])]
    return dates[0] if len(dates) == 1 else None


def _parses(series: pl.Series) -> bool:
    if series.dtype != pl.String:
        return False
    head = series.drop_nulls().head(200)
    return bool(head.len()) and bool(head.str.contains(r"^\d{4}-\d{2}-\d{2}").all()) and head.n_unique() > MAX_DISTINCT_TIMES


def _groups(train: Table, found: RunTables) -> str | None:
    """A column left out of the features whose name is that of an entity, and whose values come back."""
    named = [name for name in found.others if ID_NAME.search(name) or ENTITY_NAME.search(name)]
    named = [name for name in named if not re.search(r"row|index|order", name, re.IGNORECASE)]
    back = [
        name for name in named if 1.5 <= train.n_rows / max(1, train.frame[name].n_unique()) <= 200 and train.frame[name].n_unique() >= 10
    ]
    return back[0] if back else None


def placed(finding: Finding, ledger: Ledger) -> Finding:
    """A finding on the tables of a run, with the line that brought its column in, or that split the rows."""
    history, scored, tables = ledger.ask_or_none(RunHistory), ledger.ask_or_none(Scorings), ledger.ask_or_none(RunTables)
    if finding.subject.where is not None or history is None or scored is None or tables is None:
        return finding
    where = _line(finding, history, tables)
    finding = replace(finding, severity=Severity.ERROR) if _done(finding, tables) else finding
    return replace(finding, subject=replace(finding.subject, where=where)) if where is not None else finding


def _done(finding: Finding, tables: RunTables) -> bool:
    """What is a note on a table that nobody has split yet is a fault where the script's folds part entities, or mix past and future."""
    split = tables.scoring.split.split if tables.scoring.split is not None else None
    if split is None or tables.scoring.many < 2 or any(each in tables.features for each in finding.subject.names[:1]):
        return False
    return (finding.code == "D303" and not split.grouped) or (finding.code == "D302" and not split.by_time and bool(split.shuffle))


def _line(finding: Finding, history: RunHistory, tables: RunTables) -> Where | None:
    scoring = tables.scoring
    if finding.code in ("D303", "D302") and finding.subject.names[:1] and finding.subject.names[0] not in tables.features:
        return scoring.split.where if scoring.split is not None else scoring.event.where
    column = finding.subject.names[0] if finding.subject.names else ""
    wrote = [each for each in history.events_behind(scoring.x_fit) if each.kind == "assign" and column in each.columns]
    act = (wrote[-1] if wrote else None) or maker_of(history, scoring.x_fit, column) or scoring.fit
    return act.where if act is not None and finding.code != "P202" else scoring.fit.where if scoring.fit is not None else None
