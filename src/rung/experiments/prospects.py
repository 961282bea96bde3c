"""How good the score could be: every lever tried within the time, on the case without what was confirmed as a leak."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.finding import Finding
from rung.core.worth import Headroom, Lever, Lottery, Repeats, repeats_needed
from rung.experiments.honest import TakeOut, players_of
from rung.facts.contestant import Contestant
from rung.facts.folds import Folds
from rung.facts.judged import blanked
from rung.facts.label_ceiling import LabelCeiling
from rung.facts.score import Metric, estimate
from rung.facts.seed_lottery import SeedLottery
from rung.inputs.case import Test, Train
from rung.inputs.contract import Contract
from rung.inputs.judging import Judging
from rung.inputs.lab import Lab
from rung.inputs.table import Table

TryLever = Callable[[Lab], Lever]
ORDER = ("threshold", "cleaner-labels", "more-features", "model-class", "more-rows")  # the cheapest first
GAINS = (0.02, 0.01, 0.005, 0.002)
SCHEMES = {"random": "folds at random", "grouped": "folds by entity", "forward": "folds forward in time"}
POWER = 2.8  # 1.96 + 0.84: a difference of so many standard errors is shown with 80 % power at a 5 % level


def headroom(
    lab: Lab, findings: tuple[Finding, ...], take_outs: Mapping[str, TakeOut], levers: Mapping[str, TryLever], seconds: float
) -> Headroom:
    """Try each lever while the time lasts. Raises Unavailable where there is no score to raise."""
    started = time.perf_counter()
    lab, notes = _honest_case(lab, findings, take_outs)
    who, metric = lab.ask(Contestant), lab.ask(Metric)
    if not np.isfinite(who.scores.mean):
        raise Unavailable("no score on honest folds")
    folds, n = lab.ask(Folds), len(who.scores.y)
    names = sorted(levers, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    tried = [_tried(name, levers[name], lab, seconds - (time.perf_counter() - started)) for name in names]
    lottery, why = _lottery(lab, metric, seconds - (time.perf_counter() - started))
    return Headroom(
        metric=metric.name,
        model=f"{who.name}, out of fold, {SCHEMES.get(folds.scheme, folds.scheme)}, {n:,} rows",
        score=estimate(who.scores, metric),
        levers=tuple(sorted(tried, key=lambda each: _place(each, metric))),
        ceiling=_ceiling(lab),
        lottery=lottery,
        notes=tuple(each for each in (*notes, why) if each),
        seconds=time.perf_counter() - started,
    )


def _place(found: Lever, metric: Metric) -> tuple[bool, bool, float]:
    """Ranked by expected gain; gains in another metric cannot be compared and stand behind; what has none comes last."""
    return (found.gain is None, found.metric != metric.name, -found.share)


def _honest_case(lab: Lab, findings: tuple[Finding, ...], take_outs: Mapping[str, TakeOut]) -> tuple[Lab, list[str]]:
    """Headroom of a leaking score is headroom of nothing: what is confirmed goes first."""
    players, doubts = players_of(lab, findings, take_outs)
    how = Judging()
    for each in players:
        how = how.plus(each.judging)
    if how == Judging():
        return lab, doubts
    train, changed = lab.ask(Train), list[object]()
    kept = ~np.isin(train.table.positions, list(how.without_rows))
    changed.append(replace(train, table=blanked(_take(train.table, kept), how.without_columns)))
    if lab.has(Test):
        test = lab.ask(Test)
        changed.append(replace(test, table=blanked(test.table, how.without_columns)))
    if how.entities_apart or how.past_only:
        contract = lab.ask(Contract)
        changed.append(replace(contract, groups=how.by_entity or contract.groups, time=how.by_time or contract.time))
    said = "; ".join(sorted({finding.code for each in players for finding in each.findings}))
    return lab.vary(*changed), [f"Measured without what was confirmed to flatter the score ({said}).", *doubts]


def _take(table: Table, kept: np.ndarray) -> Table:
    return table if kept.all() else table.take(kept)


def _tried(name: str, try_lever: TryLever, lab: Lab, seconds: float) -> Lever:
    if seconds <= 0:
        return _without(name, "not tried", "the budget was spent; give more with --budget")
    started = time.perf_counter()
    try:
        return replace(try_lever(lab), seconds=time.perf_counter() - started)
    except Unavailable as reason:
        return _without(name, "not tried", reason.message)
    except Exception as error:  # noqa: BLE001 - one lever that breaks must not cost the others; it is named beside them
        return _without(name, "not tried", f"it failed: {type(error).__name__}: {error}")


def _without(name: str, state: str, why: str) -> Lever:
    return Lever(name=name, changed="", metric="", now=None, gain=None, level=0.0, state=state, why=why)  # type: ignore[arg-type]


def _ceiling(lab: Lab) -> Estimate | None:
    try:
        found = lab.ask(LabelCeiling)
    except Unavailable:
        return None
    # Labels that may all be right limit nothing that could be seen.
    return found.score if found.score.high < 1 - 1e-9 else None


def _lottery(lab: Lab, metric: Metric, seconds: float) -> tuple[Lottery | None, str]:
    if seconds <= 0:
        return None, "The seed lottery was not drawn: the budget was spent."
    try:
        drawn = lab.ask(SeedLottery)
    except Unavailable as reason:
        return None, f"The seed lottery was not drawn: {reason.message}."
    difference = float(np.sqrt(2) * drawn.seed)
    return Lottery(
        metric=metric.name,
        seed=drawn.seed,
        fold=drawn.fold,
        data=drawn.data,
        difference=difference,
        floor=drawn.floor,
        least=float(POWER * np.hypot(difference, drawn.floor)),
        repeats=tuple(Repeats(gain=gain, repeats=repeats_needed(difference, gain)) for gain in GAINS) if difference else (),
        n_fits=drawn.n_fits,
        why=_luck(drawn, metric),
    ), ""


def _luck(drawn: SeedLottery, metric: Metric) -> str:
    """What repeats can and cannot do."""
    beyond = (
        f"Against the {drawn.rival} model the rows alone leave a standard error of {drawn.floor:.4f} {metric.name}: a gain below "
        f"{POWER * drawn.floor:.4f} may not hold on other rows, however often it is repeated on these"
    )
    return f"The seed changes nothing in this model. {beyond}" if drawn.seed == 0 else beyond
