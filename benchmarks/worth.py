"""What the score is worth, measured: is the honest score near the truth, do forecasts cover, do guards tell both states apart?

``python -m benchmarks.worth`` runs every part on a dozen tables; ``--parts honest,guards``, ``--tables 4`` and ``--rows 1500`` make it smaller.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks import worth_jobs as jobs
from benchmarks.realtable import RealTable
from benchmarks.tables import CLEAN
from benchmarks.worth_resampled import RULES
from benchmarks.worth_resampled import resampled as balanced

GUARDED = (
    "target-leakage", "split-overlap", "duplicate-rows", "label-misalignment", "sentinel-values", "inconsistent-units", "category-variants", "outliers",
    "target-encoding-leakage", "group-leakage", "temporal-leakage", "label-errors", "identifier-feature", "evaluated-on-training-data", "mixed-types", "infinite-values", *jobs.MODEL_FAULTS,
)  # fmt: skip
FAULTS = (("target-leakage",), ("split-overlap",), ("target-leakage", "split-overlap"))
PARTS = ("repeats", "honest", "resampled", "curves", "guards")


def chosen(half: str, count: int, task: str | None = None) -> list[RealTable]:
    """Tables of this half with enough rows, spread over the catalogue."""
    found = [each for each in CLEAN if each.half == half and each.rows >= 400 and (task is None or each.task == task)]
    return [found[place] for place in np.unique(np.linspace(0, len(found) - 1, min(count, len(found))).astype(int))]


def honest(half: str, count: int, rows: int) -> Iterator[jobs.Record]:
    """Each table with one leak, and with two at once."""
    for place, entry in enumerate(chosen(half, count, "binary")):
        yield jobs.honest(entry, FAULTS[place % len(FAULTS)], rows)
        yield jobs.honest(entry, FAULTS[-1], rows, "severe")


def resampled(half: str, count: int, rows: int) -> Iterator[jobs.Record]:
    """Each table balanced before the split by repeated rows, and by rows made up."""
    for entry in chosen(half, count, "binary"):
        yield from (balanced(entry, how, rows) for how in RULES)  # type: ignore[misc]


def curves(half: str, count: int, rows: int) -> Iterator[jobs.Record]:
    for entry in chosen(half, 2 * count):
        yield jobs.curve(entry, rows)


def guards(half: str, count: int, rows: int, faults: tuple[str, ...] = GUARDED) -> Iterator[jobs.Record]:
    """Each fault on the first of these tables that it can be planted into and confirmed on."""
    tables = chosen(half, count, "binary")
    for number, fault in enumerate(faults):
        for entry in [*tables[number % len(tables) :], *tables][:3]:
            found = jobs.guards(entry, fault, rows)
            if found["state"] == "done":
                break
        yield found


def summary(part: str, records: list[jobs.Record]) -> jobs.Record:
    done = [each for each in records if each.get("state") == "done"]
    if part == "honest":
        errors = np.array([each["error"] for each in done])
        both = [each for each in done if "+" in str(each["faults"])]
        right = [each for each in both if {"D301", "D304"} <= set(each["culprits"])]  # type: ignore[call-overload]
        return {
            "cases": len(records), "measured": len(done), "median abs error": _round(np.median(np.abs(errors))), "within 0.02": _round(np.mean(np.abs(errors) <= 0.02)),
            "interval covers": _round(np.mean([each["covered"] for each in done])), "two faults, both named": f"{len(right)} of {len(both)}",
            "share of the gap unexplained, most": _round(max((each["unexplained"] for each in done), default=float("nan"))),
        }  # fmt: skip
    if part == "resampled":
        errors = np.array([each["error"] for each in done])
        return {
            "cases": len(records), "measured": len(done), "median abs error": _round(np.median(np.abs(errors))), "within 0.02": _round(np.mean(np.abs(errors) <= 0.02)),
            "interval covers": _round(np.mean([each["covered"] for each in done])), "median flattery": _round(np.median([each["reported"] - each["truth"] for each in done])),  # type: ignore[operator]
        }  # fmt: skip
    if part == "curves":
        abstained = sum(str(each["state"]).startswith("abstained") for each in records)
        return {"tables": len(done), "abstained": abstained, "80 % interval covers": _round(np.mean([each["inside"] for each in done]))}
    if part == "guards":
        confirmed, proven = (sum(int(each[key]) for each in done) for key in ("confirmed", "proven"))  # type: ignore[call-overload]
        return {"faults": len(records), "confirmed on": len(done), "findings": confirmed, "proven both ways": proven}
    return records[0]


def _round(value: object) -> float:
    return round(float(value), 4)  # type: ignore[arg-type]


def main() -> None:
    """Print a line a case and a summary a part; keep them with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--half", default="held-out")
    parser.add_argument("--tables", type=int, default=12)
    parser.add_argument("--rows", type=int, default=2_500)
    parser.add_argument("--faults", default=",".join(GUARDED), help="faults to guard against, by commas")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    jobs.threads()
    warnings.simplefilter("ignore")
    runs: dict[str, Callable[[], Iterator[jobs.Record]]] = {
        "repeats": lambda: iter([jobs.repeats()]),
        "honest": lambda: honest(given.half, given.tables, given.rows),
        "resampled": lambda: resampled(given.half, given.tables, given.rows),
        "curves": lambda: curves(given.half, given.tables, 2 * given.rows),
        "guards": lambda: guards(given.half, given.tables, min(given.rows, 1_500), tuple(given.faults.split(","))),
    }
    kept: dict[str, object] = {}
    for part in given.parts.split(","):
        started, records = time.process_time(), []
        for each in runs[part]():
            records.append(each)
            print(part, json.dumps(each, default=str), flush=True)
        kept[part] = {"summary": summary(part, records), "cpu_seconds": round(time.process_time() - started, 1), "records": records}
        print(f"== {part}: {json.dumps(kept[part]['summary'])}", flush=True)  # type: ignore[index]
    if given.json is not None:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(kept, indent=1, default=str) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
