"""One run of the score card: a clean table or a planted one goes through rung's main job; what came out, as a plain record."""

from __future__ import annotations

import time
import zlib
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from benchmarks import healthy_models
from benchmarks.realtable import RealTable
from benchmarks.tables import by_name, split
from rung.adapters.frames import to_table
from rung.core.errors import Unavailable
from rung.core.finding import Finding
from rung.core.report import Report
from rung.engine import discover
from rung.inputs.contract import Contract
from rung.inputs.planted import Healthy, Planted
from rung.inputs.settings import Settings
from rung.interfaces.api import report_on
from rung.interfaces.build import build_case

Record = dict[str, object]
SHOWN = 6
#: Share of the training rows among the rows that a run may have.
TRAIN_SHARE = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to run. fault : name of a fault, empty for the clean table. limit_rows : rows of both tables together."""

    table: str
    fault: str = ""
    severity: Literal["mild", "medium", "severe"] = "medium"
    seed: int = 0
    limit_rows: int = 20_000
    experiments: bool = True

    @property
    def key(self) -> str:
        """Unique among the runs of one results file."""
        what = f"{self.fault}/{self.severity}" if self.fault else "clean"
        return f"{self.table}/{what}/seed {self.seed}/{self.limit_rows} rows/{'with' if self.experiments else 'without'} experiments"


def fault_name(fault: discover.Fault) -> str:
    """The slug; with the function's name behind it where a rule has several faults."""
    function = getattr(fault.plant, "__name__", "")
    return fault.name if function.replace("_", "-") == fault.name else f"{fault.name}@{function}"


def run_job(job: Job) -> Record:
    """The record of one run: the job, its state, and what was found."""
    entry = by_name(job.table)
    train, test = (_capped(part, size) for part, size in zip(split(entry, job.seed), _sizes(job.limit_rows), strict=True))
    if not job.fault:
        return {**asdict(job), "key": job.key, "half": entry.half, **_clean(job, entry, train, test)}
    return {**asdict(job), "key": job.key, "half": entry.half, **_planted(job, entry, train, test)}


def _sizes(limit: int) -> tuple[int, int]:
    return int(limit * TRAIN_SHARE), limit - int(limit * TRAIN_SHARE)


def _capped(frame: pd.DataFrame, rows: int) -> pd.DataFrame:
    """At most so many rows, in their order."""
    if len(frame) <= rows:
        return frame
    return frame.iloc[np.sort(np.random.default_rng(0).choice(len(frame), rows, replace=False))].reset_index(drop=True)


def _clean(job: Job, entry: RealTable, train: pd.DataFrame, test: pd.DataFrame) -> Record:
    kind = healthy_models.kind_for(entry.name)
    model = healthy_models.fitted(entry, train, kind) if kind else None
    healthy = _healthy(entry, train, test, model)
    report, seconds = _report(healthy, job)
    alarms = [_plain(each, place) for place, each in enumerate(report.findings) if each.weight]
    return {
        "state": "done",
        "model": kind or "",
        "seconds": seconds,
        "alarms": [each for each in alarms if each["name"] not in entry.tolerated],
        "tolerated": [each for each in alarms if each["name"] in entry.tolerated],
        "notes": sorted({each.name for each in report.findings if not each.weight}),
        **_crashes(report),
    }


def _planted(job: Job, entry: RealTable, train: pd.DataFrame, test: pd.DataFrame) -> Record:
    fault = next(each for each in discover.faults() if fault_name(each) == job.fault)
    broken = _plant(fault, job, entry, train, test)
    if isinstance(broken, str):
        return {"state": "not plantable", "why": broken}
    report, seconds = _report(broken.case, job)
    # A rule of harmless things speaks in notes; any other must warn.
    weight = min((min(rule.severity.weight, 1) for rule in discover.rules() if rule.name == fault.name), default=1)
    named = [(place, each) for place, each in enumerate(report.findings) if each.name == fault.name]
    right = [pair for pair in named if not broken.names or set(broken.names) & set(pair[1].subject.names)]
    return {
        "state": "done",
        "seconds": seconds,
        "truth": broken.truth,
        "names": list(broken.names[:SHOWN]),
        "named": bool(named),
        "warned": any(each.weight >= weight for _, each in named),
        "right": bool(right),
        "right_warned": any(each.weight >= weight for _, each in right),
        "first": bool(report.findings) and report.findings[0].name == fault.name,
        "own": [_plain(each, place) for place, each in named[:3]],
        "above": [_plain(each, place) for place, each in enumerate(report.findings[: min([p for p, _ in named], default=3)])][:3],
        "outcome": next(
            ({"state": run.outcome, "reason": run.reason} for run in report.runs if run.name == fault.name), {"state": "no such rule"}
        ),
        **_crashes(report),
    }


def _plant(fault: discover.Fault, job: Job, entry: RealTable, train: pd.DataFrame, test: pd.DataFrame) -> Planted | str:
    """The broken case; first without a model, then with one, then with production rows: as much as the fault needs, no more."""
    why = ""
    for offer in ("tables", "model", "current"):
        rng = np.random.default_rng([job.seed, zlib.crc32(f"{job.fault}/{job.table}/{job.severity}".encode())])
        try:
            planted = fault.plant(_offered(entry, train, test, offer), job.severity, rng)
        except Unavailable as reason:
            why = why or reason.message
            continue
        assert isinstance(planted, Planted)  # the mark's contract
        return planted
    return why


def _offered(entry: RealTable, train: pd.DataFrame, test: pd.DataFrame, offer: str) -> Healthy:
    if offer == "tables":
        return _healthy(entry, train, test, None)
    model = healthy_models.fitted(entry, train, healthy_models.kind_for(entry.name) or "boosting")
    if offer == "model":
        return _healthy(entry, train, test, model)
    half = len(test) // 2
    healthy = _healthy(entry, train, test.iloc[:half].reset_index(drop=True), model)
    return replace(healthy, current=to_table(test.iloc[half:].reset_index(drop=True), "current"))


def _healthy(entry: RealTable, train: pd.DataFrame, test: pd.DataFrame, model: object) -> Healthy:
    return Healthy(
        train=to_table(train, "train"),
        test=to_table(test, "test"),
        target=entry.target,
        task=entry.task,
        model=model,
        time=entry.time,
        groups=entry.group,
    )


def _report(given: Healthy, job: Job) -> tuple[Report, float]:
    settings = Settings(seed=job.seed, experiments=job.experiments)
    contract = Contract(target=given.target, time=given.time, groups=given.groups, **given.declared)  # type: ignore[arg-type]
    started = time.process_time()
    case = build_case(
        given.train, contract=contract, settings=settings, test=given.test, current=given.current, model=given.model, trust=True
    )
    report = report_on(case, settings)
    return report, round(time.process_time() - started, 2)


def _plain(finding: Finding, place: int) -> Record:
    return {
        "place": place,
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "confidence": str(finding.confidence),
        "verdict": str(finding.verdict),
        "subject": list(finding.subject.names[:SHOWN]),
        "message": finding.message[:300],
    }


def _crashes(report: Report) -> Record:
    """Rules that crashed, and the five that took longest."""
    slow = sorted(report.runs, key=lambda run: -run.seconds)[:5]
    return {
        "crashed": [f"{run.name}: {run.reason[:200]} | {run.traceback.strip()[-300:]}" for run in report.runs if run.outcome == "failed"],
        "slow": {run.name: round(run.seconds, 2) for run in slow},
    }
