"""The honest score: everything that flatters it is taken out, and the gap is shared out over what was."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate
from rung.core.finding import Confidence, Finding, Severity, Verdict
from rung.core.worth import HonestScore, TakenOut
from rung.experiments.honest_words import how_taken, label, measured_by, method_of, whose
from rung.facts.judged import REFERENCE, Judged
from rung.facts.out_of_fold import NonlinearScores
from rung.facts.own_model import OnTest, OnTrain, OwnScores, Predicted
from rung.facts.score import Metric, score_folds, standing
from rung.facts.test_wear import TestWear
from rung.inputs.case import Test
from rung.inputs.judging import Judging
from rung.inputs.lab import Lab
from rung.inputs.model import Model
from rung.inputs.settings import Settings
from rung.stats.distributions import two_sided_z
from rung.stats.influence import error_of
from rung.stats.intervals import wilson
from rung.stats.shapley import Coalition, Shares, exact, sampled

TakeOut = Callable[[Lab, Finding], Judging | None]
EXACT_UP_TO = 6  # players: 64 measurements
LEAST_SECONDS = 5.0  # two measurements are always made, whatever the experiments have left of the budget
WORN = 0.001  # optimism below a tenth of a point is not worth a line
SAME = 0.005  # a model fitted anew that scores this near the given one is the same; half a point, as in the experiments
REFITTING = ("preprocessing-leakage", "train-serving-skew", "serialization-mismatch", "evaluated-on-training-data")
# These spoil the measurement itself, in either direction.
DISTORTING = ("label-misalignment", "index-misalignment", "wrong-target", "metric-mismatch", "length-mismatch")


@dataclass(frozen=True, slots=True)
class Player:
    """Findings that are taken out together because they take out the same."""

    judging: Judging
    findings: tuple[Finding, ...]


class _Game:
    """Measures coalitions of faults that are left in, each once."""

    def __init__(self, lab: Lab, players: list[Player], frame: Judging) -> None:
        self.lab, self.players, self.frame = lab, players, frame
        self.known: dict[Coalition, Judged] = {}

    def judged(self, left_in: Coalition) -> Judged:
        """The measurement with these faults left in and all others taken out."""
        if left_in not in self.known:
            how = self.frame
            for number, player in enumerate(self.players):
                how = how if number in left_in else how.plus(player.judging)
            self.known[left_in] = self.lab.vary(how).ask(Judged)
        return self.known[left_in]

    def worth(self, left_in: Coalition) -> float:
        """Its score."""
        return self.judged(left_in).scores.mean


def honest_score(lab: Lab, findings: tuple[Finding, ...], take_outs: Mapping[str, TakeOut], seconds: float) -> HonestScore:
    """Measure the score without everything that is confirmed to flatter it.

    findings : with their verdicts.   take_outs : rule -> how its fault is taken out.   seconds : time that is left.
    Raises Unavailable where nothing can be measured.
    """
    started, metric = time.perf_counter(), lab.ask(Metric)
    players, doubts = players_of(lab, findings, take_outs)
    given = _given(lab, metric)
    refits = [each for each in findings if each.name in REFITTING and counts(each)]
    if given is not None and not players and not refits:
        return replace(_worn(lab, _as_reported(lab, metric, given, doubts), findings), seconds=time.perf_counter() - started)
    if given is None and not players and not lab.has(Test):
        return replace(_in_folds(lab, metric, doubts), seconds=time.perf_counter() - started)
    game = _game(lab, players, max(seconds, LEAST_SECONDS))
    shares = _shares(game, lab.ask(Settings), max(seconds, LEAST_SECONDS) - (time.perf_counter() - started))
    told = _worn(lab, _told(game, shares, metric, given, refits, doubts), findings)
    if not np.isfinite([told.reported.value, told.value.value]).all():
        raise Unavailable("these rows give no score: one class, or too few of one")
    return replace(told, seconds=time.perf_counter() - started)


def counts(finding: Finding) -> bool:
    """Proven by experiment, or beyond doubt by what it is (equal rows are equal, whatever the score does)."""
    if finding.severity is Severity.NOTE or finding.verdict is Verdict.REFUTED:
        return False
    return finding.verdict is Verdict.CONFIRMED or (
        finding.confidence is Confidence.NEAR_CERTAIN and finding.weight >= Severity.ERROR.weight
    )


def players_of(lab: Lab, findings: tuple[Finding, ...], take_outs: Mapping[str, TakeOut]) -> tuple[list[Player], list[str]]:
    """What is taken out, findings that take out the same together; and what stays in doubt."""
    found: dict[Judging, list[Finding]] = {}
    doubts = [f"{label(each)}: the score is measured on what it spoils." for each in findings if each.name in DISTORTING and counts(each)]
    for each in findings:
        if each.name not in take_outs or each.severity is Severity.NOTE or each.verdict is Verdict.REFUTED:
            continue
        if not counts(each):
            doubts.append(f"{label(each)} is suspected and not proven: left in.")
            continue
        try:
            judging = take_outs[each.name](lab, each)
        except Unavailable as reason:
            doubts.append(f"{label(each)} could not be taken out: {reason.message}.")
            continue
        if judging is not None:
            found.setdefault(judging, []).append(each)
    return [Player(judging, tuple(each)) for judging, each in found.items()], doubts


def _given(lab: Lab, metric: Metric) -> Estimate | None:
    """What the model's author sees: the fitted model on the test rows, or the predictions that the only table carries along."""
    said = _said(lab)
    if said is None:
        return None
    scored = standing(score_folds("given", metric, said.y, said.score, np.zeros(len(said.y), dtype=np.int64), said.rows), metric)
    return _capped(scored, metric) if np.isfinite(scored.value) else None


def _said(lab: Lab) -> Predicted | None:
    for wanted in (OnTest, OnTrain):
        try:
            return lab.ask(wanted).predicted
        except Unavailable:
            if not _carried(lab):
                return None
    return None


def _carried(lab: Lab) -> bool:
    """Whether the only table given carries a column of predictions."""
    return not lab.has(Test) and lab.has(Model) and lab.ask(Model).predicts_column is not None


def _by(lab: Lab) -> str:
    if lab.has(Model) and lab.ask(Model).predicts_column is not None:
        return "your column of predictions" + ("" if _carried(lab) else " on the test set")
    return "your fitted model on the test set"


def _game(lab: Lab, players: list[Player], seconds: float) -> _Game:
    """By the user's own model on the test set where that can be done in time; else by rung's, else in folds."""
    tries = [Judging(), Judging(reference=True), Judging(reference=True, in_folds=True)]
    reason: Unavailable | None = None
    for number, first in enumerate(tries):
        frame = first
        for player in players:
            frame = frame.plus(player.judging)
        game, started = _Game(lab, players, frame.frame()), time.perf_counter()
        try:
            game.judged(frozenset())
            if number == 0 and time.perf_counter() - started > seconds / 2 and _refittable(lab):
                continue
            game.judged(frozenset(range(len(players))))
        except Unavailable as why:
            reason = why
            continue
        return game
    raise reason or Unavailable("nothing could be measured")


def _refittable(lab: Lab) -> bool:
    return lab.has(Model) and lab.ask(Model).refit is not None


def _shares(game: _Game, settings: Settings, seconds: float) -> Shares:
    """Exact while the time allows all coalitions, else from as many orders as it allows."""
    n, started = len(game.players), time.perf_counter()
    each = _seconds_each(game)
    if n <= EXACT_UP_TO and (n <= 1 or 2**n * each <= max(seconds, 2 * LEAST_SECONDS)):
        return exact(n, game.worth)
    return sampled(n, game.worth, settings.rng("honest score"), lambda pairs: pairs >= 40 or time.perf_counter() - started > seconds)


def _seconds_each(game: _Game) -> float:
    """What one measurement takes; an interaction of two is measured to tell."""
    started = time.perf_counter()
    if len(game.players) < 2:
        return 0.0
    game.judged(frozenset({0}))
    return time.perf_counter() - started


def _told(game: _Game, shares: Shares, metric: Metric, given: Estimate | None, refits: list[Finding], doubts: list[str]) -> HonestScore:
    full, none = game.judged(frozenset(range(len(game.players)))), game.judged(frozenset())
    before, after = (_capped(standing(each.scores, metric), metric) for each in (full, none))
    own = full.judge != REFERENCE
    scale, taken = 1.0, list(_taken(game, shares))
    if given is not None and own:
        refit = given.value - before.value
        if refits or abs(refit) > SAME:
            taken.append(_refit(refit, refits, full.where))
    elif given is not None:
        # The user's model cannot be fitted again: its skill is taken to shrink as the reference's does.
        ratio = _ratio(after.value - metric.chance, before.value - metric.chance)
        scale = _ratio((given.value - metric.chance) * (1 - ratio), before.value - after.value)
        taken = [replace(each, share=_scaled(each.share, scale)) for each in taken]
        value = metric.chance + (given.value - metric.chance) * ratio
        after = _capped(_around(value, after, given), metric)
    reported = given or before
    gap = reported.value - after.value
    half = two_sided_z(0.95) * _error(full.influence - none.influence) * max(scale, 0.0)
    return HonestScore(
        metric=metric.name,
        reported=reported,
        reported_by=_by(game.lab) if given is not None else whose(full),
        value=after,
        gap=Estimate(value=gap, low=gap - half, high=gap + half, n=after.n),
        measured=measured_by(none, own, given is not None),
        taken_out=tuple(sorted(taken, key=lambda each: -each.share.value)),
        method=method_of(shares, len(game.players), len(game.known)),
        doubts=tuple(doubts),
    )


def _taken(game: _Game, shares: Shares) -> list[TakenOut]:
    found = []
    for number, player in enumerate(game.players):
        pulls = [row[number] * game.judged(each).influence for each, row in shares.weights.items() if row[number]]
        error = _error(np.sum(pulls, axis=0)) if pulls else 0.0
        half = float(np.hypot(two_sided_z(0.95) * error, shares.half[number]))
        value = float(shares.values[number])
        share = Estimate(value=value, low=value - half, high=value + half, n=int((game.judged(frozenset()).scores.fold >= 0).sum()))
        what = "; ".join(label(each) for each in player.findings)
        found.append(TakenOut(what=what, how=how_taken(player.judging), share=share, keys=tuple(each.key for each in player.findings)))
    return found


def _refit(difference: float, refits: list[Finding], where: str) -> TakenOut:
    what = "; ".join(label(each) for each in refits) or "what the given model knew beyond its training rows"
    share = Estimate(value=difference, low=difference, high=difference, n=1)
    how = "a fresh copy of your model fitted on the training rows" + ("" if where == "test" else ", scored in folds")
    return TakenOut(what=what, how=how, share=share, keys=tuple(each.key for each in refits))


def _as_reported(lab: Lab, metric: Metric, given: Estimate, doubts: list[str]) -> HonestScore:
    said, by = _said(lab), _by(lab)
    if _carried(lab):
        doubts = [
            *doubts,
            "Whether the model behind the predictions was fitted on these rows cannot be seen: hand over the training rows, or the model.",
        ]
    if said is not None and not said.has_scores and metric.task != "regression":
        # Labels rank nothing: their share of right ones is what can be expected.
        return _reported("accuracy", _accuracy(said), by, doubts)
    return _reported(metric.name, given, by, doubts)


def _reported(metric: str, score: Estimate, by: str, doubts: list[str]) -> HonestScore:
    zero = Estimate(value=0.0, low=0.0, high=0.0, n=score.n)
    return HonestScore(
        metric=metric, reported=score, reported_by=by, value=score, gap=zero, measured=f"{by}, as given", doubts=tuple(doubts)
    )


def _accuracy(said: Predicted) -> Estimate:
    right = wilson(int((said.labels == said.y).sum()), len(said.y))
    return Estimate(value=right.value, low=right.low, high=right.high, n=len(said.y))


def _worn(lab: Lab, told: HonestScore, findings: tuple[Finding, ...]) -> HonestScore:
    """Without what choosing on this test set added, where a ledger counts the looks at it."""
    try:
        wear = lab.ask(TestWear)
    except Unavailable:
        return told
    gained = wear.optimism
    if gained.expected < WORN:
        return told
    share = Estimate(value=gained.expected, low=0.0, high=gained.at_most, n=len(wear.looks))
    what = f"E102 test-set-reuse (best of {len(wear.looks)} models on these rows)"
    taken = TakenOut(
        what=what,
        how="expected optimism by the ledger of looks",
        share=share,
        keys=tuple(each.key for each in findings if each.name == "test-set-reuse"),
    )
    value = told.value.value - gained.expected
    # What luck added is itself uncertain, by about as much as it is.
    half = float(np.hypot((told.value.high - told.value.low) / 2, gained.expected))
    return replace(
        told,
        value=Estimate(value=value, low=value - half, high=min(value + half, told.value.high), n=told.value.n),
        gap=replace(told.gap, value=told.gap.value + gained.expected, low=told.gap.low, high=told.gap.high + 2 * gained.expected),
        taken_out=tuple(sorted((*told.taken_out, taken), key=lambda each: -each.share.value)),
    )


def _in_folds(lab: Lab, metric: Metric, doubts: list[str]) -> HonestScore:
    """Nothing was given but rows and nothing stands against them: the folds that every run scores say it all."""
    try:
        scores, who = lab.ask(OwnScores).result, "your model, fitted anew, in folds of the training rows"
    except Unavailable:
        scores, who = lab.ask(NonlinearScores).result, f"{REFERENCE} in folds of the training rows"
    value = _capped(standing(scores, metric), metric)
    if not np.isfinite(value.value):
        raise Unavailable("these rows give no score: one class, or too few of one")
    return _reported(metric.name, value, who, doubts)


def _around(value: float, *errors: Estimate) -> Estimate:
    half = sum(((each.high - each.low) / 2) ** 2 for each in errors) ** 0.5
    return Estimate(value=value, low=value - half, high=value + half, n=errors[0].n)


def _scaled(share: Estimate, scale: float) -> Estimate:
    return replace(share, value=share.value * scale, low=share.low * scale, high=share.high * scale)


def _ratio(part: float, whole: float) -> float:
    return part / whole if abs(whole) > 1e-9 else 1.0


def _error(influence: NDArray[np.float64]) -> float:
    return float(np.nan_to_num(error_of(influence)))


def _capped(score: Estimate, metric: Metric) -> Estimate:
    return replace(score, high=min(score.high, metric.best))
