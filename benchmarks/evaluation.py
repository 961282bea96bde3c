"""The score card of the evaluation rung: thresholds, calibration, slices, triage, false alarms and time, on real tables.

``python -m benchmarks.evaluation`` runs the half that rules are developed on; ``--half held-out`` gives the published figures.
``--part clean,threshold,calibration,slices,triage,labels,time`` runs some of it. Every part prints its cases, then one line of figures.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
import zlib
from pathlib import Path

import numpy as np

from benchmarks import healthy_models
from benchmarks.detection_jobs import _capped, _healthy, _sizes
from benchmarks.evaluation_plants import SlicePlant, calibration_case, mixed_errors, slice_cases, threshold_case, told_label_errors
from benchmarks.realtable import RealTable
from benchmarks.tables import BASE, CLEAN, split
from rung.adapters.frames import to_table
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.engine.run import run_check
from rung.facts.scored import Scored, ScoredFeatures
from rung.facts.slice_scan import SliceScan
from rung.faults.weak_slice import SHARE
from rung.inputs.contract import Contract
from rung.inputs.planted import Healthy
from rung.inputs.settings import Settings
from rung.interfaces.build import build_case
from rung.stats.intervals import wilson

Figures = dict[str, object]
PARTS = ("clean", "threshold", "calibration", "slices", "triage", "labels", "time")
ENOUGH = 1_900
FAIR = 0.8  # power of a test that knows the slice, from which a planted slice can be asked for
LARGE = 20_000  # rows above which a table is left out of the planted parts: they need models, not size


def main() -> None:
    """Run the parts that were asked for and print one line of figures each."""
    asked = _arguments()
    figures: Figures = {"half": asked.half, "rows": asked.limit_rows}
    warnings.simplefilter("ignore")
    for part in asked.part.split(","):
        started = time.process_time()
        figures[part] = RUN[part](asked)
        print(f"{part}: {json.dumps(figures[part])} ({time.process_time() - started:.0f} CPU s)", flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")


def clean(asked: argparse.Namespace) -> Figures:
    """Sound models on clean tables: any finding of the rung of warning or worse is a false alarm."""
    tables = _tables(CLEAN, asked)
    alarmed, sliced, seconds = [], 0, 0.0
    for entry in tables:
        kind = healthy_models.KINDS[zlib.crc32(entry.name.encode()) % 3]
        train, test = _parts(entry, asked.limit_rows)
        ledger = _ledger(_healthy(entry, train, test, healthy_models.fitted(entry, train, kind)))
        started, found = time.process_time(), []
        for rule in discover.rules():
            if rule.code.startswith("E"):
                run, each = run_check(rule, ledger)
                found += [finding for finding in each if finding.weight]
                if run.outcome == "failed":
                    print(f"  {entry.name}: {rule.name} CRASHED {run.reason} {run.traceback[-400:]}")
        seconds += time.process_time() - started
        alarmed += [entry.name] if found else []
        sliced += any(each.name == "weak-slice" for each in found)
        for each in found:
            print(f"  {entry.name:18}{kind:9}{each.code} {each.name}: {each.message[:150]}", flush=True)
    return {
        "tables": len(tables),
        "silent": _share(len(tables) - len(alarmed), len(tables)),
        "no slice": _share(len(tables) - sliced, len(tables)),
        "alarmed": alarmed,
    }


def threshold(asked: argparse.Namespace) -> Figures:
    """Cost on all rows that chose nothing, at the threshold chosen and at the best one for those rows."""
    cases = []
    for entry in _large(asked, "binary"):
        for ratio in (0.2, 3.0, 10.0):
            result = threshold_case(entry, asked.limit_rows, ratio)
            if result is None:
                continue
            cases.append(result)
            shown = f"regret {result.chosen - 1:+.3f}, by luck alone {result.luck - 1:+.3f}, at one half {result.half - 1:+.3f}"
            print(f"  {entry.name:18}miss/alarm {ratio:<5}{shown}", flush=True)
    mean = {name: round(float(np.mean([getattr(each, name) for each in cases])) - 1, 4) for name in ("chosen", "luck", "half")}
    return {"cases": len(cases), "regret": mean["chosen"], "of it hindsight": mean["luck"], "regret at one half": mean["half"]}


def calibration(asked: argparse.Namespace) -> Figures:
    """Probabilities distorted in known ways: is the side named, and is the repair as good as the best of the four on fresh rows?"""
    sides = repairs = cases = 0
    for entry in _large(asked, "binary", "multiclass"):
        for slope, shift, side in (
            (1.0, 0.0, ""),
            (3.0, 0.0, "too extreme"),
            (0.35, 0.0, "too timid"),
            (1.0, 1.2, "too high"),
            (1.0, -1.2, "too low"),
        ):
            if shift and entry.task != "binary":
                continue
            result = calibration_case(entry, *_parts(entry, asked.limit_rows), slope, shift, side)
            if result is None:
                continue
            cases += 1
            sides, repairs = sides + result[0], repairs + result[1]
            if not all(result[:2]):
                print(
                    f"  {entry.name:18}{side or 'honest':12} side {'right' if result[0] else 'WRONG'}, repair {'right' if result[1] else 'WRONG'}: {result[2]}",
                    flush=True,
                )
    return {"cases": cases, "side right": _share(sides, cases), "repair right": _share(repairs, cases)}


def slices(asked: argparse.Namespace) -> Figures:
    """Slices of one and two conditions planted into the test rows at three severities: told at warning or worse with the right columns, or with
    as good as the right rows; of all, and of those that a test which knows the slice would confirm four times in five."""
    plants: list[SlicePlant] = []
    for entry in _tables(BASE, asked):
        if entry.task == "regression" and (entry.time or entry.group):
            continue  # other entities and later times move the level of numbers honestly: the rule gives notes only
        for conditions, limit in ((1, asked.limit_rows), (2, 3 * asked.limit_rows)):  # the meeting of two parts is a small part
            for plant in slice_cases(entry, *_parts(entry, limit), conditions, asked.seeds):
                plants.append(plant)
                if not (plant.named or plant.covered):
                    print(f"  {entry.name:18}{plant.severity:7}power {plant.power:.2f} missed {plant.truth}", flush=True)
    return {
        str(count): {severity: _slices_told([each for each in plants if each.conditions == count and each.severity in severity.split("+")]) for severity in ("medium+severe", *SHARE)}
        for count in (1, 2)
    }  # fmt: skip


def _slices_told(plants: list[SlicePlant]) -> Figures:
    fair = [each for each in plants if each.power >= FAIR]
    return {
        "cases": len(plants),
        "found": _share(sum(each.named or each.covered for each in plants), len(plants)),
        "with power": len(fair),
        "found of them": _share(sum(each.named or each.covered for each in fair), len(fair)),
        "right columns of them": _share(sum(each.named for each in fair), len(fair)),
    }


def triage(asked: argparse.Namespace) -> Figures:
    """A planted mix of the four kinds: macro F1 over the planted rows among the surest errors."""
    pairs = [
        pair
        for entry in _tables(BASE, asked)
        if entry.task != "regression"
        for pair in mixed_errors(entry, *_parts(entry, asked.limit_rows))
    ]
    kinds = sorted({truth for truth, _ in pairs})
    scores = {}
    for kind in kinds:
        hits = sum(truth == said == kind for truth, said in pairs)
        total = sum(truth == kind for truth, _ in pairs) + sum(said == kind for _, said in pairs)
        scores[kind] = round(2 * hits / total, 3) if total else float("nan")
    confused = {f"{truth} as {said}": sum(pair == (truth, said) for pair in pairs) for truth in kinds for said in kinds}
    return {
        "rows": len(pairs),
        "macro F1": round(float(np.mean(list(scores.values()))), 3) if scores else None,
        **scores,
        "confused": confused,
    }


def labels(asked: argparse.Namespace) -> Figures:
    """One test label in ten is turned: of the first k rows a table that are called label errors, how many are; what was wrong before counts against it."""
    told = [told_label_errors(entry, *_parts(entry, asked.limit_rows)) for entry in _tables(BASE, asked) if entry.task != "regression"]
    figures: Figures = {"tables": len(told)}
    for k in (10, 20, 50):
        rows = [hit for each in told for hit in each[:k]]
        bounds = wilson(sum(rows), len(rows))
        figures[f"precision at {k}"] = [round(each, 3) for each in (bounds.value, bounds.low, bounds.high)] + [len(rows)]
    return figures


def time_(_asked: argparse.Namespace) -> Figures:
    """The slice scan alone at 10,000 x 20."""
    rng = np.random.default_rng(0)
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    frame = pd.DataFrame(rng.normal(size=(12_000, 20)), columns=[f"x{place}" for place in range(20)])
    frame["target"] = (rng.random(12_000) < 1 / (1 + np.exp(-frame.x0))).astype(int)
    train, test = frame[:2_000], frame[2_000:].reset_index(drop=True)
    model = LogisticRegression().fit(train.drop(columns="target"), train.target)
    ledger = _ledger(Healthy(train=to_table(train), test=to_table(test), target="target", task="binary", model=model))
    ledger.ask(Scored)
    ledger.ask(ScoredFeatures)
    started = time.process_time()
    scan = ledger.ask(SliceScan)
    return {"slices": scan.looked_at, "seconds": round(time.process_time() - started, 3)}


RUN = {
    "clean": clean,
    "threshold": threshold,
    "calibration": calibration,
    "slices": slices,
    "triage": triage,
    "labels": labels,
    "time": time_,
}


def _tables(pool: list[RealTable], asked: argparse.Namespace, task: str = "") -> list[RealTable]:
    chosen = [
        each
        for each in pool
        if asked.half in (each.half, "all") and (not task or each.task == task) and (pool is CLEAN or each.rows <= LARGE)
    ]
    return chosen[: asked.tables] if asked.tables else chosen


def _large(asked: argparse.Namespace, *tasks: str) -> list[RealTable]:
    """Clean tables whose parts have some hundred rows: below that the best threshold or map of the fresh rows is itself a matter of luck."""
    chosen = [each for each in CLEAN if asked.half in (each.half, "all") and each.task in tasks and each.rows >= ENOUGH]
    return chosen[: asked.tables] if asked.tables else chosen


def _parts(entry: RealTable, limit: int) -> tuple:
    return tuple(_capped(part, size) for part, size in zip(split(entry, 0), _sizes(limit), strict=True))


def _ledger(given: Healthy) -> Ledger:
    contract = Contract(target=given.target, time=given.time, groups=given.groups, **given.declared)  # type: ignore[arg-type]
    case = build_case(given.train, contract=contract, settings=Settings(), test=given.test, model=given.model, trust=True)
    return Ledger(case, discover.facts())


def _share(count: int, of: int) -> float | None:
    return round(count / of, 3) if of else None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=["dev", "held-out", "all"], default="dev")
    parser.add_argument("--part", default=",".join(PARTS))
    parser.add_argument("--limit-rows", type=int, default=4_000, help="rows of training and test together")
    parser.add_argument("--tables", type=int, default=0, help="only the first so many tables of a part")
    parser.add_argument("--seeds", type=int, default=3, help="planted slices a table and number of conditions, each at three severities")
    parser.add_argument("--json", type=Path, help="write the figures there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
