"""SARIF 2.1.0, as code-scanning services read it.

A finding becomes a result, a rule of the book a reporting descriptor, a crashed check a notification. Fingerprints come from
the finding's key, so that the same fault in the next run is the same alert.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import quote

from rung.core.finding import Finding, Severity, Subject
from rung.core.report import CheckRun, Report
from rung.render import words
from rung.render.outline import outline

Tree = dict[str, Any]
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.NOTE: "note", Severity.WARNING: "warning", Severity.ERROR: "error", Severity.CRITICAL: "error"}
TABLES = (".csv", ".gz", ".parquet", ".feather", ".arrow", ".jsonl", ".json", ".ipc")


def render(report: Report) -> str:
    """The report as a SARIF log with one run."""
    plan = outline(report)
    ranked = [each for entry in (*plan.entries, *plan.refuted) for each in (entry.finding, *entry.symptoms)] + list(plan.notes)
    index = {run.code: place for place, run in enumerate(report.runs)}
    run = {
        "tool": {"driver": _driver(report, ranked)},
        "invocations": [_invocation(report, plan.failed, index)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, each, index, rank) for rank, each in enumerate(ranked)],
        "properties": {
            "seed": report.seed,
            "seconds": report.seconds,
            "notSeen": [words.line(each.missing) for each in report.diagnosis.blind],
        },
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, allow_nan=False)


def _driver(report: Report, findings: list[Finding]) -> Tree:
    helps = {each.code: each for each in reversed(findings)}
    return {
        "name": "rung",
        "semanticVersion": report.version,
        "rules": [_rule(run, helps.get(run.code)) for run in report.runs],
    }


def _rule(run: CheckRun, example: Finding | None) -> Tree:
    rule: Tree = {
        "id": run.code,
        "name": "".join(part.capitalize() for part in run.name.split("-")),  # viewers expect one word in Pascal case
        "shortDescription": {"text": words.line(run.summary) or f"{words.title(run.name)}."},
        "help": {"text": f"rung explain {run.code}"},
        "properties": {"tags": [str(run.rung)], "slug": run.name},
    }
    if example is not None:
        rule["defaultConfiguration"] = {"level": LEVELS[example.severity or Severity.NOTE]}
    return rule


def _result(report: Report, finding: Finding, index: dict[str, int], rank: int) -> Tree:
    severity = finding.severity or Severity.NOTE
    fix = f" Fix: {words.line(finding.remedy.fix, 600)}" if finding.remedy.fix else ""
    result: Tree = {
        "ruleId": finding.code,
        "level": LEVELS[severity],
        "message": {"text": f"{words.line(finding.message, 1_000)}{fix}"},
        "locations": [_location(report, finding.subject)],
        "fingerprints": {"rung/v1": finding.key},
        "partialFingerprints": {"primaryLocationLineHash": hashlib.sha256(finding.key.encode("utf-8", "replace")).hexdigest()},
        "rank": max(0.0, 100.0 - rank),
        "properties": {"severity": severity, "confidence": finding.confidence, "verdict": finding.verdict, "why": finding.verdict_reason},
    }
    if finding.code in index:
        result["ruleIndex"] = index[finding.code]
    return result


def _location(report: Report, subject: Subject) -> Tree:
    where = subject.where
    uri = where.file if where is not None else _table(report)
    physical: Tree = {"artifactLocation": {"uri": _uri(uri)}}
    physical["region"] = {"startLine": max(1, where.line) if where is not None else 1}
    location: Tree = {"physicalLocation": physical}
    if subject.names:
        kind = "member" if subject.kind in {"column", "columns"} else "resource"
        location["logicalLocations"] = [{"name": words.line(name, 200), "kind": kind} for name in subject.names[:20]]
    if where is not None and where.cell is not None:
        location["message"] = {"text": f"cell {where.cell}"}
    return location


def _table(report: Report) -> str:
    """The table on the command line; frames handed over in Python have no file, and 'train' stands for them."""
    files = (part for part in report.command[1:] if part.lower().endswith(TABLES))
    return next(files, "train")


def _uri(path: str) -> str:
    """A relative reference as RFC 3986 wants it; a colon in the first part would read as a scheme."""
    clean = quote(words.clean(path).replace("\\", "/"), safe="/-._~")
    return clean.lstrip("/") or "train"


def _invocation(report: Report, failed: tuple[CheckRun, ...], index: dict[str, int]) -> Tree:
    found: Tree = {
        "executionSuccessful": not failed,
        "startTimeUtc": report.started.replace("+00:00", "Z"),
        "toolExecutionNotifications": [
            {
                "level": "error",
                "message": {"text": words.line(f"{run.name} crashed: {run.reason}", 1_000)},
                "associatedRule": {"id": run.code, "index": index[run.code]},
            }
            for run in failed
        ],
    }
    if report.command:
        found["commandLine"] = " ".join(words.line(part) for part in report.command)
        found["arguments"] = [words.line(part) for part in report.command[1:]]
    return found
