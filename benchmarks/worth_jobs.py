"""The measurements behind `benchmarks.worth`: honest scores, culprits, guards, learning curves and repeats, each with its truth."""

from __future__ import annotations

import contextlib
import os
import tempfile
import warnings
import zlib
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

import rung
from benchmarks import healthy_models
from benchmarks.realtable import RealTable
from benchmarks.tables import split
from rung.adapters.frames import to_table
from rung.core.errors import Unavailable
from rung.core.report import Report
from rung.core.worth import repeats_needed
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.experiments.honest import counts
from rung.facts.contestant import Contestant
from rung.facts.learning_curve import LearningCurve
from rung.facts.matrix import Matrix
from rung.facts.score import Metric
from rung.facts.seed_lottery import seed_spread
from rung.inputs.contract import Contract
from rung.inputs.planted import Healthy
from rung.inputs.settings import Settings
from rung.interfaces.build import build_case
from rung.stats.learning_curve import curve_points, forecast
from rung.stats.metrics import roc_auc

Record = dict[str, object]
LEAKS = ("target-leakage", "split-overlap")
MODEL_FAULTS = (
    "over-regularised", "not-converged", "underfitting", "unscaled-features", "preprocessing-leakage", "constant-predictions", "linear-beats-nonlinear",
    "not-better-than-baseline", "overfitting", "uncorrected-imbalance", "wrong-model-type",
)  # fmt: skip


def tables_of(entry: RealTable, rows: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Train and test, cut to `rows` together."""
    parts = split(entry, 0)
    total = sum(map(len, parts))
    share = min(1.0, rows / total)
    return tuple(part.sample(n=max(30, int(len(part) * share)), random_state=0).reset_index(drop=True) for part in parts)  # type: ignore[return-value]


def planted(
    faults: tuple[str, ...], entry: RealTable, train: pd.DataFrame, test: pd.DataFrame, severity: str, model: object = None
) -> Healthy:
    """Several faults, one after the other."""
    case = Healthy(
        train=to_table(train), test=to_table(test), target=entry.target, task=entry.task, model=model, time=entry.time, groups=entry.group
    )
    for name in faults:
        fault = next(each for each in discover.faults() if each.name == name)
        rng = np.random.default_rng(zlib.crc32(f"{name}/{entry.name}".encode()))
        case = fault.plant(case, severity, rng).case  # type: ignore[attr-defined]
    return case


def frames(case: Healthy) -> tuple[pd.DataFrame, pd.DataFrame]:
    """As a file read by pandas has them."""
    made = [table.frame.to_pandas() for table in (case.train, case.test)]
    return tuple(frame.astype(dict.fromkeys(frame.select_dtypes("category"), "object")) for frame in made)  # type: ignore[return-value]


def auc(model: object, test: pd.DataFrame, entry: RealTable) -> float:
    """Of the class that comes last, whichever is called positive."""
    last = model.classes_[-1]  # type: ignore[attr-defined]
    said = model.predict_proba(test.drop(columns=entry.target))[:, -1]  # type: ignore[attr-defined]
    return roc_auc(test[entry.target].to_numpy() == last, said)


def _true_auc(entry: RealTable, train: pd.DataFrame, test: pd.DataFrame, kind: healthy_models.Kind, orders: int = 5) -> float:
    """Mean over orders of the training rows, which are no part of the truth: a forest or a boosted model moves by a point with them."""
    fits = (healthy_models.fitted_as(entry, train.sample(frac=1.0, random_state=order), kind) for order in range(orders))
    return float(np.mean([auc(each, test, entry) for each in fits]))


def honest(entry: RealTable, faults: tuple[str, ...], rows: int, severity: str = "medium") -> Record:
    """The honest score of a planted case against the same estimator fitted and scored on the unbroken tables."""
    train, test = tables_of(entry, rows)
    try:
        broken = planted(faults, entry, train, test, severity)
    except Unavailable as reason:
        return {"table": entry.name, "faults": "+".join(faults), "state": f"not plantable: {reason.message}"}
    given, given_test = frames(broken)
    kind = healthy_models.sound_kind(entry, given, healthy_models.kind_for(entry.name) or "boosting")
    truth, model = _true_auc(entry, train, test, kind), healthy_models.fitted_as(entry, given, kind)
    report = rung.diagnose(
        given,
        test=given_test,
        model=model,
        target=entry.target,
        time=entry.time,
        groups=entry.group,
        budget=60,
        select=[*LEAKS, "duplicate-rows"],
    )
    found = report.honest
    confirmed = {each.name for each in report.findings if counts(each)}
    if found is None or not set(faults) <= confirmed:
        return {
            "table": entry.name,
            "faults": "+".join(faults),
            "state": f"not confirmed: {sorted(set(faults) - confirmed)}",
            "truth": round(truth, 4),
        }
    shares = sum(each.share.value for each in found.taken_out)
    return {
        "table": entry.name,
        "faults": "+".join(faults),
        "state": "done",
        "truth": round(truth, 4),
        "reported": round(found.reported.value, 4),
        "honest": round(found.value.value, 4),
        "error": round(found.value.value - truth, 4),
        "covered": found.value.low <= truth <= found.value.high,
        "unexplained": round(abs(shares - found.gap.value) / max(abs(found.gap.value), 1e-9), 4),
        "culprits": sorted({key.partition(":")[0] for each in found.taken_out for key in each.keys}),
    }


def curve(entry: RealTable, rows: int) -> Record:
    """The gain from twice the rows, forecast from half of them, against the gain that is then measured on other rows."""
    frame = entry.build().drop(columns=[name for name in (entry.time, entry.group) if name])
    frame = frame.sample(frac=1.0, random_state=1).reset_index(drop=True)[:rows]
    third = len(frame) // 3
    half = frame[third : third + (len(frame) - third) // 2].reset_index(drop=True)
    seen = _ledger(half, entry)
    try:
        points = curve_points((found := seen.ask(LearningCurve)).sizes, found.scores)
    except Unavailable as reason:
        return {"table": entry.name, "state": reason.message}
    metric = seen.ask(Metric)
    told = forecast(points, 2.0, chance=metric.chance, best=metric.best)
    if told.gain is None:
        return {"table": entry.name, "state": f"abstained: {told.why}"}
    truth = _true_gain(_ledger(frame, entry), third, round(points.sizes[-1]))
    inside = told.gain.low <= truth <= told.gain.high
    return {"table": entry.name, "state": "done", "gain": round(told.gain.value, 4), "low": round(told.gain.low, 4), "high": round(told.gain.high, 4), "truth": round(truth, 4), "inside": bool(inside)}  # fmt: skip


def _ledger(frame: pd.DataFrame, entry: RealTable) -> Ledger:
    case = build_case(frame, contract=Contract(target=entry.target, task=entry.task), settings=Settings())
    return Ledger(case, discover.facts())


def _true_gain(whole: Ledger, third: int, size: int, draws: int = 5) -> float:
    """Mean over draws of the score with 2 x size rows minus that with size rows, on the first third of the table."""
    matrix, metric, who = whole.ask(Matrix), whole.ask(Metric), whole.ask(Contestant)
    held, rest = np.flatnonzero(matrix.rows < third), np.flatnonzero(matrix.rows >= third)
    rng, gains = np.random.default_rng(0), []
    for _ in range(draws):
        mixed = rng.permutation(rest)
        scores = [metric.value(matrix.y[held], who.fit_predict(np.sort(part), held, None)) for part in (mixed[:size], mixed[-2 * size :])]
        gains.append(scores[1] - scores[0])
    return float(np.mean(gains))


def repeats(runs: int = 400) -> Record:
    """Required repeats estimated from twenty seeds on five folds, against those that the true spread asks for."""
    rng, errors = np.random.default_rng(0), []
    for _ in range(runs):
        spread, ratio = rng.uniform(0.001, 0.02), rng.uniform(0.2, 1.5)
        seen = seed_spread(rng.normal(0, 0.03, (5, 1)) + rng.normal(0, spread * np.sqrt(5), (5, 20)))
        gain = ratio * spread
        told, truth = repeats_needed(np.sqrt(2) * seen, gain), repeats_needed(np.sqrt(2) * spread, gain)
        errors.append(abs((told or 0) - (truth or 1)) / (truth or 1))
    return {
        "runs": runs,
        "median_error": round(float(np.median(errors)), 3),
        "within_25": round(float(np.mean(np.array(errors) <= 0.25)), 3),
    }


def guards(entry: RealTable, fault: str, rows: int) -> Record:
    """A planted fault, as files: is each confirmed finding guarded, and does each guard tell both states apart?"""
    train, test = tables_of(entry, rows)
    kind = healthy_models.kind_for(entry.name) or "boosting"
    model = healthy_models.fitted(entry, train, kind) if fault in MODEL_FAULTS else None
    try:
        broken = planted((fault,), entry, train, test, "severe", model)
    except Unavailable as reason:
        return {"table": entry.name, "fault": fault, "state": f"not plantable: {reason.message}"}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        given: dict[str, object] = {"test": "test.csv"}
        for frame, name in zip(frames(broken), ("train.csv", "test.csv"), strict=True):
            frame.to_csv(name, index=False)
        if broken.model is not None:
            joblib.dump(broken.model, "model.joblib")
            given |= {"model": "model.joblib", "trust": True}
        declared = {"time": entry.time, "groups": entry.group}
        given |= {role: name for role, name in declared.items() if name in broken.train.columns}
        report = rung.diagnose("train.csv", **given, target=entry.target, select=[fault])  # type: ignore[arg-type]
        return {"table": entry.name, "fault": fault, **_guarded(report, "model" in given)}


def _guarded(report: Report, trust: bool) -> Record:
    confirmed = [each.key for each in report.findings if each.weight and each.verdict == "confirmed"]
    sure = [each for each in report.findings if each.weight and each.verdict != "refuted" and each.confidence == "near-certain"]
    confirmed = list(dict.fromkeys([*confirmed, *(each.key for each in sure)]))
    if not confirmed:
        return {"state": "not confirmed", "found": [f"{each.severity} {each.verdict}" for each in report.findings]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        proof = rung.guard(report, Path("tests") / "test_guard.py", trust=trust)
    return {
        "state": "done",
        "confirmed": len(confirmed),
        "proven": len(confirmed) - len(proof.left_out),
        "left_out": {key[:60]: why[:200] for key, why in proof.left_out.items()},
    }


def threads() -> None:
    """One thread for every library, so that CPU seconds can be compared."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"):
        os.environ.setdefault(name, "1")
