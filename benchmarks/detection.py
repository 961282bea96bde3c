"""The score card: false alarms on clean real tables, and how well planted faults are found, named and ranked.

    python -m benchmarks.detection --half dev --limit-rows 20000 --jobs 2

Every run is a line of a results file in the cache; runs that are there for the same code are not repeated.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.detection_card import figures, page
from benchmarks.detection_jobs import Job, fault_name, run_job
from benchmarks.realtable import RealTable
from benchmarks.sources import cache_dir
from benchmarks.tables import BASE, CLEAN
from benchmarks.workers import code_of, read_lines, run_all
from rung.engine import discover

SOURCE = Path(__file__).parents[1] / "src" / "rung"
SEVERITIES = ("mild", "medium", "severe")


def main() -> None:
    """Run what is wanted and not yet known, then print the card."""
    wanted = _arguments()
    jobs = list(_jobs(wanted))
    path = wanted.results or cache_dir() / "runs" / "detection.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    code, known = code_of(SOURCE), read_lines(path)
    open_jobs = [] if wanted.card_only else _open(jobs, known, code, any_code=wanted.any_code)
    print(f"{len(jobs)} runs, {len(jobs) - len(open_jobs)} known; code {code}; results in {path}", file=sys.stderr)
    with path.open("a", encoding="utf-8") as stream:
        for done, record in enumerate(_runs(open_jobs, wanted), start=1):
            stream.write(json.dumps({**record, "code": code}) + "\n")
            stream.flush()
            if not wanted.quiet:
                print(f"{done}/{len(open_jobs)} {_line(record)}", file=sys.stderr, flush=True)
    every = read_lines(path)
    _show([every[job.key] for job in jobs if job.key in every], wanted)


def _open(jobs: list[Job], known: dict[str, dict[str, object]], code: str, *, any_code: bool) -> list[Job]:
    """Jobs to run: those without a result first, then those whose result is oldest."""
    age = {key: place for place, key in enumerate(known, start=1)}
    fresh = {key for key, record in known.items() if record["state"] != "failed" and (any_code or record["code"] == code)}
    waiting = sorted((job for job in jobs if job.key not in fresh), key=lambda job: age.get(job.key, 0))
    clean, planted = [job for job in waiting if not job.fault], [job for job in waiting if job.fault]
    both = [job for pair in zip(clean, planted, strict=False) for job in pair]  # in turn, so that a short run sees something of each
    return both + clean[len(planted) :] + planted[len(clean) :]


def _runs(jobs: list[Job], wanted: argparse.Namespace) -> Iterator[dict[str, object]]:
    return run_all(jobs, run_job, workers=wanted.jobs, limit=wanted.timeout, end=time.monotonic() + 60 * wanted.minutes)


def _show(records: list[dict[str, object]], wanted: argparse.Namespace) -> None:
    text = page(records)
    (wanted.text.write_text(text, encoding="utf-8") if wanted.text else print(text))
    if wanted.json:
        from rung.interfaces.api import version

        command = f"python -m benchmarks.detection {' '.join(sys.argv[1:])}"
        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        wanted.json.write_text(
            json.dumps({"command": command, "version": version(), **figures(records)}, indent=1) + "\n", encoding="utf-8"
        )


def _line(record: dict[str, object]) -> str:
    head = f"{record['table']} {record['fault']} {record['severity'] if record['fault'] else 'clean'}: "
    if record["state"] != "done":
        return f"{head}{record['state']}: {record['why']}"
    return f"{head}{record['seconds']} s, " + (_planted(record) if record["fault"] else f"{len(record['alarms'])} alarms")  # type: ignore[arg-type]


def _planted(record: dict[str, object]) -> str:
    return ", ".join(f"{name} {'yes' if record[name] else 'NO'}" for name in ("warned", "right", "first"))


def _jobs(wanted: argparse.Namespace) -> list[Job]:
    names = set(wanted.tables.split(",")) if wanted.tables else None
    common = {"limit_rows": wanted.limit_rows, "experiments": not wanted.no_experiments}
    tables = [each for each in CLEAN if wanted.half in (each.half, "all") and (names is None or each.name in names)]
    ground = [each for each in tables if each in BASE]
    known = {rule.name for rule in discover.rules()}
    slugs = [fault_name(each) for each in discover.faults() if each.name in known]
    chosen = [
        each
        for each in slugs
        if not wanted.faults or each in wanted.faults.split(",") or each.partition("@")[0] in wanted.faults.split(",")
    ]
    clean = [Job(table=each.name, **common) for each in tables] if wanted.part != "planted" else []
    severities = wanted.severity.split(",") if wanted.severity else SEVERITIES
    planted = [
        Job(table=each.name, fault=slug, severity=how, **common)
        for row, how in enumerate(severities)
        for column, slug in enumerate(chosen)
        for each in _drawn(ground, wanted.sample, row * len(chosen) + column)
    ]
    return clean + (planted if wanted.part != "clean" else [])


def _drawn(ground: list[RealTable], sample: int, place: int) -> list[RealTable]:
    """All base tables, or `sample` of them: the next ones of one shuffled ring, so that every table comes up equally often."""
    if not sample or sample >= len(ground):
        return ground
    ring = [ground[each] for each in np.random.default_rng(0).permutation(len(ground))]
    return [ring[(place * sample + step) % len(ring)] for step in range(sample)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=["dev", "held-out", "all"], default="dev")
    parser.add_argument("--part", choices=["clean", "planted", "both"], default="both")
    parser.add_argument("--severity", default="", help="mild, medium, severe, by commas")
    parser.add_argument("--faults", default="", help="slugs by commas")
    parser.add_argument("--tables", default="", help="names by commas")
    parser.add_argument("--sample", type=int, default=0, help="base tables a fault and severity, in rotation; 0 for all")
    parser.add_argument("--limit-rows", type=int, default=20_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds a run may take")
    parser.add_argument("--minutes", type=float, default=1e6, help="start no run after that time")
    parser.add_argument("--no-experiments", action="store_true")
    parser.add_argument("--any-code", action="store_true", help="take results of earlier code for known")
    parser.add_argument("--card-only", action="store_true", help="run nothing, print what is known")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--results", type=Path, help="file of the runs; default: in the cache")
    parser.add_argument("--text", type=Path, help="write the card there instead of printing it")
    parser.add_argument("--json", type=Path, help="write the figures there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
