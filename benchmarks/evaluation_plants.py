"""Cases with a known truth for the score card of the evaluation rung."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import polars as pl
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks.detection_jobs import _healthy
from benchmarks.realtable import RealTable
from benchmarks.tables import split
from rung.adapters.frames import to_table
from rung.core.errors import Unavailable
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.engine.run import run_check
from rung.facts.decision import Decision
from rung.facts.expected_errors import ExpectedErrors
from rung.facts.how_split import HowSplit
from rung.facts.reliability import Reliability
from rung.facts.schema import Schema
from rung.facts.scored import Scored
from rung.facts.slice_scan import ALPHA, SliceScan, clusters
from rung.facts.worst_errors import WorstErrors
from rung.faults._estimators import as_frame, feature_names, with_model
from rung.faults._rows import condition, learner, mislabelled, plain_label, positive_label
from rung.faults.miscalibration import distorted
from rung.faults.weak_slice import SHARE
from rung.inputs.contract import Contract
from rung.inputs.planted import Healthy
from rung.inputs.settings import Settings
from rung.inputs.table import Table
from rung.interfaces.build import build_case
from rung.stats.clusters import independent_share
from rung.stats.decisions import Aim, best_threshold, row_costs
from rung.stats.distributions import normal_quantile, normal_tail
from rung.stats.recalibration import METHODS, fit, row_losses

FRESH = 50_000  # rows at most that a choice is judged on
SAME = 0.6  # shared over all rows of two slices, from which they are as good as the same


def ledger_of(given: Healthy) -> Ledger:
    """Facts of a case."""
    contract = Contract(target=given.target, time=given.time, groups=given.groups, **given.declared)  # type: ignore[arg-type]
    case = build_case(given.train, contract=contract, settings=Settings(), test=given.test, model=given.model, trust=True)
    return Ledger(case, discover.facts())


@dataclass(frozen=True)
class Costs:
    """Costs on rows that chose nothing, over those at the threshold that is best for these very rows.

    luck : the same for the threshold that is best in truth, when labels are drawn from known chances: hindsight, that no choice can reach.
    """

    chosen: float
    half: float
    luck: float


def threshold_case(entry: RealTable, limit: int, ratio: float) -> Costs | None:
    """A threshold chosen on three tenths of `limit` rows (two fifths are fitted on), judged on all rows left; None where a class is too rare.

    The best threshold is known the better the more rows are left: on as few as chose, most of the regret is the oracle's luck.
    """
    train, first, second = _thirds(*split(entry, 0), limit)
    given = _healthy(entry, train, first, None)
    positive = positive_label(given)
    if min((part[entry.target].astype(str) == str(positive)).sum() for part in (first, second)) < 20:
        return None
    declared = {"cost_fp": 1.0, "cost_fn": ratio, "positive": plain_label(positive)}
    fitted = with_model(replace(given, test=to_table(first), declared=declared), learner("binary"))
    try:
        chosen, unseen = ledger_of(fitted).ask(Decision), ledger_of(replace(fitted, test=_like(second, fitted))).ask(Scored)
    except Unavailable:
        return None
    y = unseen.y == unseen.target.positive
    costs = [
        float(row_costs(y, unseen.score >= each, chosen.aim).sum())
        for each in (chosen.tuned.threshold, best_threshold(y, unseen.score, chosen.aim), 0.5)
    ]
    return Costs(chosen=costs[0] / costs[1], half=costs[2] / costs[1], luck=_luck(y, unseen.score, chosen.aim)) if costs[1] > 0 else None


def _luck(y: np.ndarray, score: np.ndarray, aim: Aim, draws: int = 40) -> float:
    """Chances are the scores mended on these rows; the best threshold in truth is then the one the costs ask for."""
    chance = fit("sigmoid", y.astype(np.int64), np.column_stack([1 - score, score]))[0](np.column_stack([1 - score, score]))[:, 1]
    rng, ratios = np.random.default_rng(0), []
    for _ in range(draws):
        drawn = rng.random(len(chance)) < chance
        best = float(row_costs(drawn, chance >= best_threshold(drawn, chance, aim), aim).sum())
        ratios += [float(row_costs(drawn, chance >= aim.fair, aim).sum()) / best] if best > 0 else []
    return float(np.mean(ratios)) if ratios else 1.0


def _thirds(train: pd.DataFrame, test: pd.DataFrame, limit: int | None = None) -> tuple[pd.DataFrame, ...]:
    """All rows mixed: two fifths to fit on, three tenths to choose on (of at most `limit` rows), and what is left, which is fresh."""
    rows = pd.concat([train, test], ignore_index=True).sample(frac=1.0, random_state=0)
    used = min(len(rows), limit or len(rows))
    ends = (int(0.4 * used), int(0.7 * used), int(0.7 * used) + FRESH)
    return tuple(part.reset_index(drop=True) for part in (rows[: ends[0]], rows[ends[0] : ends[1]], rows[ends[1] : ends[2]]))


def _like(frame: pd.DataFrame, fitted: Healthy) -> Table:
    table = to_table(frame)
    return Table(frame=table.frame.with_columns(pl.col(name).cast(fitted.test.frame[name].dtype) for name in feature_names(fitted)))


def calibration_case(
    entry: RealTable, train: pd.DataFrame, test: pd.DataFrame, slope: float, shift: float, side: str
) -> tuple[bool, bool, str] | None:
    """(side right, repair right, what was said). The repair is right where its loss on fresh rows is within 0.01, or two paired standard
    errors, of the best of the four."""
    train, first, second = _thirds(train, test)
    given = _healthy(entry, train, first, None)
    try:
        honest = ledger_of(with_model(replace(given, test=to_table(first)), LogisticRegression(max_iter=500))).ask(Reliability)
        fitted = with_model(replace(given, test=to_table(first)), distorted(slope, shift))
        found = ledger_of(fitted).ask(Reliability)
        fresh = ledger_of(replace(fitted, test=_like(second, fitted))).ask(Scored)
        base = ledger_of(fitted).ask(Scored)
    except Unavailable:
        return None
    if honest.sides and side:  # the undistorted model is off by itself: what the distortion makes of it is not known
        return None
    if not side:
        right = not (found.sides and found.gain.low > 0 and found.share > 0.03)
    else:
        # Which label the shift lifts decides whether the positive class is said too high or too low.
        lifted = (
            side
            if side in ("too extreme", "too timid") or fresh.target.positive == 1
            else {"too high": "too low", "too low": "too high"}[side]
        )
        right = lifted in found.sides
    codes, p = fresh.y.astype(np.int64), fresh.p
    assert p is not None
    losses = {each: float(row_losses(codes, fit(each, base.y.astype(np.int64), base.p)[0](p)).mean()) for each in METHODS}
    best = min(losses, key=lambda each: losses[each])
    gaps = row_losses(codes, found.repair.apply(p)) - row_losses(codes, fit(best, base.y.astype(np.int64), base.p)[0](p))
    near = gaps.mean() <= max(0.01, 2 * gaps.std() / np.sqrt(len(gaps)))
    return right, bool(near), f"{found.sides} {found.repair.method} {gaps.mean():+.3f} of {losses}"


@dataclass(frozen=True)
class SlicePlant:
    """One planted slice. named : told with the right columns.   covered : told, by these or other columns, with as good as the right rows.
    power : chance that a test which knows the slice confirms it."""

    conditions: int
    severity: str
    named: bool
    covered: bool
    power: float
    truth: str


def slice_cases(entry: RealTable, train: pd.DataFrame, test: pd.DataFrame, conditions: int, seeds: int) -> Iterator[SlicePlant]:
    """Slices of this many conditions, at each severity and seed, in which some of the rows follow other rules; none where the table holds none of 100 rows."""
    given = with_model(_healthy(entry, train, test, None), learner(entry.task))
    sound = ledger_of(given)
    for seed in range(seeds):
        rng = np.random.default_rng([seed, conditions])
        try:
            names, inside = _slice(given, conditions, rng)
        except Unavailable:
            return
        rows = rng.permutation(np.flatnonzero(inside))
        for severity, share in SHARE.items():
            wrong = np.sort(rows[: int(share * len(rows))])
            yield _told(replace(given, test=mislabelled(given, given.test, wrong, rng)), sound, names, inside, severity)


def _told(planted: Healthy, sound: Ledger, names: set[str], inside: np.ndarray, severity: str) -> SlicePlant:
    ledger = ledger_of(planted)
    rule = next(each for each in discover.rules() if each.name == "weak-slice")
    warned = [each for each in run_check(rule, ledger)[1] if each.weight]
    scored = ledger.ask(Scored)
    rows = {each.text: scored.rows[each.rows] for each in ledger.ask(SliceScan).weak}
    covers = [_overlap(rows[str(each.subject.detail)], np.flatnonzero(inside)) for each in warned]
    return SlicePlant(
        conditions=len(names),
        severity=severity,
        named=any(names <= set(each.subject.names) or set(each.subject.names) <= names for each in warned),
        covered=any(each >= SAME for each in covers),
        power=known_slice_power(ledger, sound, inside),
        truth=f"{sorted(names)}, {inside.sum()} rows; told {[each.subject.detail for each in warned]}",
    )


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Shared rows over all rows of both."""
    shared = len(np.intersect1d(one, other))
    return shared / max(len(one) + len(other) - shared, 1)


def known_slice_power(ledger: Ledger, sound: Ledger, inside: np.ndarray) -> float:
    """Chance that a test which need not search confirms this very slice on half of its rows, at the level and above the floors of the rule.

    sound : the case before the slice was planted. Numbers: what was as badly predicted then is known to be hard, and no finding.
    """
    scored, expected = ledger.ask(Scored), ledger.ask(ExpectedErrors)
    rows = inside[scored.rows]
    mean, variance = expected.without(rows)
    excess = (expected.error - mean)[rows]
    together = clusters(scored, ledger.ask(Schema), ledger.ask(HowSplit))
    worth = 1.0 if together is None else independent_share(together, expected.error - mean)  # of entities and periods that err together
    error = np.sqrt(max(float(variance[rows].mean()), float(excess.var(ddof=1))) / (worth * rows.sum() / 2))
    before = float(sound.ask(ExpectedErrors).error[inside[sound.ask(Scored).rows]].mean())
    usual = float(mean[rows].mean())
    floors = (0.1, 0.05) if scored.target.is_classification else (0.0, 1.25 * max(usual, before) - usual)
    limit = max(floors[0], floors[1] + normal_quantile(1 - ALPHA) * error)
    return float(normal_tail((limit - float(excess.mean())) / error))


def _slice(given: Healthy, conditions: int, rng: np.random.Generator) -> tuple[set[str], np.ndarray]:
    for _ in range(12):
        name, inside = condition(given, given.test, rng)
        names = {name}
        if conditions == 2:
            other, second = condition(given, given.test, rng)
            names, inside = names | {other}, inside & second
        if len(names) == conditions and inside.sum() >= 100:
            return names, inside
    raise Unavailable("no such part")


def mixed_errors(entry: RealTable, train: pd.DataFrame, test: pd.DataFrame) -> list[tuple[str, str]]:
    """(planted kind, kind told) for planted rows that the model got wrong with confidence."""
    rng = np.random.default_rng(1)
    given = _healthy(entry, train, test, None)
    try:
        _, regions = condition(given, given.train, rng)
        name_a, part_a = condition(given, given.train, np.random.default_rng(2))
        name_b, part_b = condition(given, given.train, np.random.default_rng(5))
    except Unavailable:
        return []
    del regions
    if name_a == name_b:
        return []
    # Systematic: the user's model was fitted on wrong labels in one region, the training table handed over is right.
    # Ambiguous: in another region labels are coin flips everywhere, and a forest of few deep trees is sure all the same.
    flipped_test, test_a, test_b = given.test, *_same_parts(given, (2, 5))
    noisy_train = mislabelled(given, given.train, _half(part_b & ~part_a, rng), rng)
    noisy_test_rows = _half(test_b & ~test_a, rng)
    tested = mislabelled(given, flipped_test, noisy_test_rows, rng)
    wrong_fit = mislabelled(given, noisy_train, np.flatnonzero(part_a), rng)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = with_model(replace(given, train=wrong_fit, test=tested), ExtraTreesClassifier(n_estimators=12, random_state=0)).model
    case = with_model(replace(given, train=noisy_train, test=tested), LogisticRegression(max_iter=50))
    free = np.flatnonzero(~(test_a | test_b))
    right = free[_right(model, case, free)]
    labels, far = right[::4][:60], right[1::4][:60]
    table, moved = _moved(mislabelled(given, case.test, labels, rng), case, far, rng)
    truth = dict.fromkeys(labels.tolist(), "label error") | dict.fromkeys(moved.tolist(), "out of distribution")
    truth |= dict.fromkeys(np.flatnonzero(test_a & ~test_b).tolist(), "systematic") | dict.fromkeys(
        np.flatnonzero(test_b & ~test_a).tolist(), "ambiguous"
    )
    try:
        found = ledger_of(replace(case, test=table, model=model)).ask(WorstErrors)
        scored = ledger_of(replace(case, test=table, model=model)).ask(Scored)
    except Unavailable:
        return []
    rows = [int(scored.rows[place]) for place in found.places]
    return [(truth[row], kind) for row, kind in zip(rows, found.kinds, strict=True) if row in truth]


def told_label_errors(entry: RealTable, train: pd.DataFrame, test: pd.DataFrame) -> list[bool]:
    """One in ten test labels is turned: whether each row that is called a label error bears a turned label, the surest first."""
    rng = np.random.default_rng(3)
    given = with_model(_healthy(entry, train, test, None), learner(entry.task))
    turned = np.sort(rng.permutation(given.test.n_rows)[: given.test.n_rows // 10])
    ledger = ledger_of(replace(given, test=mislabelled(given, given.test, turned, rng)))
    try:
        found, scored = ledger.ask(WorstErrors), ledger.ask(Scored)
    except Unavailable:
        return []
    rows = [int(scored.rows[place]) for place, kind in zip(found.places, found.kinds, strict=True) if kind == "label error"]
    return [row in set(turned.tolist()) for row in rows]


def _same_parts(given: Healthy, seeds: tuple[int, int]) -> list[np.ndarray]:
    """The test rows under the conditions that the seeds drew on the training rows."""
    found = []
    for seed in seeds:
        name, inside = condition(given, given.train, np.random.default_rng(seed))
        train, test = given.train.frame[name], given.test.frame[name]
        if train.dtype.is_numeric() and train.n_unique() > 10:
            cut = float(np.nanquantile(train.cast(pl.Float64).to_numpy().astype(float), 0.75))
            found.append((test.cast(pl.Float64) > cut).fill_null(value=False).to_numpy())
        else:
            level = train.cast(pl.String).to_numpy()[inside][0]
            found.append((test.cast(pl.String) == level).fill_null(value=False).to_numpy())
    return found


def _half(inside: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    rows = np.flatnonzero(inside)
    return np.sort(rng.permutation(rows)[: len(rows) // 2])


def _right(model: object, case: Healthy, rows: np.ndarray) -> np.ndarray:
    said = model.predict(as_frame(case.test, feature_names(case)))  # type: ignore[attr-defined]
    p = model.predict_proba(as_frame(case.test, feature_names(case))).max(axis=1)  # type: ignore[attr-defined]
    truth = case.test.frame[case.target].cast(pl.String).to_numpy()
    return (np.asarray([str(each) for each in said]) == truth)[rows] & (p >= 0.75)[rows]


def _moved(table: Table, case: Healthy, rows: np.ndarray, rng: np.random.Generator) -> tuple[Table, np.ndarray]:
    """Rows pushed beyond the training rows in up to four numbers, their labels turned: what the model makes of them is luck."""
    numbers = [name for name in feature_names(case) if case.train.frame[name].dtype.is_numeric() and case.train.frame[name].n_unique() > 10]
    if not numbers:
        return table, np.empty(0, dtype=np.int64)
    for name in rng.permutation(numbers)[: max(2, len(numbers) // 2)].tolist():
        values = table.frame[name].cast(pl.Float64).to_numpy().astype(float).copy()
        known = case.train.frame[name].cast(pl.Float64).to_numpy().astype(float)
        values[rows] = np.nanmax(known) + np.nanstd(known) * rng.uniform(1.5, 3.0, len(rows))
        table = table.with_column(name, values)
    return mislabelled(case, table, rows, rng), rows
