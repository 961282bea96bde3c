"""The wording of what a score is worth: the number to expect, what was taken out of it, how good it could be, how much is luck."""

from __future__ import annotations

import math

from rung.core.experiment import Estimate
from rung.core.report import Report
from rung.core.worth import Headroom, HonestScore, Lever, Lottery
from rung.render import words

STATES = {
    "worth it": "worth it",
    "possible": "possible",
    "nothing seen": "nothing to gain seen",
    "abstained": "no forecast",
    "not tried": "not tried",
}
MORE = "rung diagnose ... --headroom"
SEEDLESS = 1e-9


def expectation(report: Report) -> str:
    """The score that production should expect, in one sentence; empty where it was not measured."""
    honest = report.honest
    if honest is None:
        return ""
    name, value = words.metric_name(honest.metric), words.interval(honest.value)
    if not honest.taken_out:
        return f"Expect {name} {value} in use: nothing had to be taken out of the reported score."
    lost = f"{words.number(abs(honest.gap.value))} {'less' if honest.gap.value > 0 else 'more'} than"
    return f"Expect {name} {value} in use, {lost} the {words.number(honest.reported.value)} reported."


def basis(honest: HonestScore) -> str:
    """Whose numbers these are, and how they were measured."""
    shared = f"; shared out by {honest.method}" if honest.method else ""
    return words.line(f"Reported by {honest.reported_by}; measured by {honest.measured}{shared}.", 400)


def removals(honest: HonestScore) -> tuple[tuple[Estimate, str, str], ...]:
    """(change of the score, what was taken out, how), the largest first. The change is negative where the score was too good."""
    return tuple((_negative(each.share), words.line(each.what, 200), words.line(each.how, 200)) for each in honest.taken_out)


def _negative(share: Estimate) -> Estimate:
    return Estimate(value=-share.value, low=-share.high, high=-share.low, n=share.n)


def lever_line(each: Lever) -> tuple[str, str, str]:
    """(gain, name, what was tried and why), ready to be laid out."""
    gain = words.interval(each.gain, sign=True) if each.gain is not None else STATES[each.state]
    told = (
        f"{words.line(each.changed, 160)}. {words.upper(words.line(each.why, 300))}"
        if each.changed
        else words.upper(words.line(each.why, 300))
    )
    return gain, words.title(each.name), told


def headroom_line(found: Headroom) -> str:
    """The best lever in one sentence."""
    now = f"{words.metric_name(found.metric)} is {words.interval(found.score)} now ({words.line(found.model, 80)})"
    best = next((each for each in found.levers if each.state == "worth it" and each.gain is not None), None)
    if best is None or best.gain is None:
        return f"{now}; none of the levers tried shows a gain that is certain."
    return f"{now}; the best lever is {words.title(best.name).lower()}: {words.metric_name(best.metric)} {words.interval(best.gain, sign=True)}."


def ceiling_line(found: Headroom) -> str:
    """What the labels allow, empty where nothing limits it visibly."""
    if found.ceiling is None:
        return ""
    return f"The labels as they are allow at most about {words.interval(found.ceiling)}."


def lottery_lines(found: Lottery) -> tuple[str, ...]:
    """How much is luck, what can be detected, and how many repeats a gain needs."""
    name = words.metric_name(found.metric)
    parts = {"another seed": found.seed, "another split": found.fold, "other rows": found.data}
    settled = found.seed < SEEDLESS  # rounding of sums: the same fit, whatever the seed
    known = [f"{what} {'0' if value < SEEDLESS else words.number(value, 4)}" for what, value in parts.items() if not math.isnan(value)]
    spread = f"Luck, in standard deviations of {name}: {', '.join(known)}."
    least = f"A single run of two models shows a true difference of {words.number(found.least, 4)} or more (80 % power, 5 % level)."
    needed = [f"{words.number(each.gain, 4)}: {each.repeats if each.repeats is not None else 'never'}" for each in found.repeats]
    repeats = f"Runs of each model, with other seeds, that a gain needs to be shown on these rows: {'; '.join(needed)}." if needed else ""
    if settled:
        repeats = "The seed changes nothing here: to repeat a run shows nothing that one run does not."
    why = words.upper(words.line(found.why, 300)) if found.why else ""
    return tuple(each for each in (spread, least, repeats, why) if each)
