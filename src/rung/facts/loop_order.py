"""In which order the loop clears, computes and applies gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rung.core.errors import Unavailable
from rung.core.finding import Where
from rung.core.marks import fact
from rung.inputs.history import History
from rung.inputs.history_loop import Pattern

STEPS = ("step", "step-skipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopOrder:
    """Shares over all updates whose events were seen.

    updates : updates counted.   cleared_late : share with the gradients cleared between the last backward pass and the update.
    uncleared : share without any clearing since the update before (the first update apart).   backwards : typical backward passes an update.
    same_line : the passes of one update were started at one line, as accumulation does.   scaled : typical factor on the loss, 1 for none.
    late_where, step_where, backward_where : the user's lines.   clears : clearings in all.   dominant : the commonest order, as words.
    """

    updates: int
    cleared_late: float
    uncleared: float
    backwards: float
    same_line: bool
    scaled: float
    clears: int
    late_where: Where | None
    step_where: Where | None
    backward_where: Where | None
    dominant: tuple[str, ...]


@fact(cost="instant")
def loop_order(history: History) -> LoopOrder:
    """Unavailable for a curve without events, or a loop that never steps."""
    ended = [each for each in history.loop.patterns if each.kinds and each.kinds[-1] in STEPS]
    if not ended:
        raise Unavailable("the order of the loop's events was not recorded")
    main = max(ended, key=lambda each: each.count)
    total = sum(each.count for each in ended)
    later = [each for each in ended if each.last > 1]
    n_later = sum(_after_first(each) for each in later)
    late = next((each for each in ended if _late(each) >= 0), None)
    passes = [each.kinds.count("backward") for each in ended for _ in range(min(each.count, 500))]
    scale = history.loop.backward_scale[np.isfinite(history.loop.backward_scale)]
    return LoopOrder(
        updates=total,
        cleared_late=sum(each.count for each in ended if _late(each) >= 0) / total,
        uncleared=sum(_after_first(each) for each in later if "zero_grad" not in each.kinds) / n_later if n_later else 0.0,
        backwards=float(np.median(passes)),
        same_line=len({where for kind, where in _pairs(main) if kind == "backward"}) <= 1,
        scaled=float(np.median(scale)) if len(scale) else 1.0,
        clears=history.loop.zero_grads,
        late_where=late.where[_late(late)] if late is not None and len(late.where) > _late(late) else None,
        step_where=_line(main, STEPS[0]),
        backward_where=_line(main, "backward"),
        dominant=main.kinds,
    )


def _after_first(pattern: Pattern) -> int:
    """Occurrences after the very first update: nothing has to be cleared before that one."""
    return pattern.count - (1 if pattern.first <= 1 else 0)


def _late(pattern: Pattern) -> int:
    """Place of a clearing after the last backward pass, -1 where there is none."""
    if "backward" not in pattern.kinds:
        return -1
    last = len(pattern.kinds) - 1 - pattern.kinds[::-1].index("backward")
    return next((last + 1 + place for place, kind in enumerate(pattern.kinds[last + 1 :]) if kind == "zero_grad"), -1)


def _pairs(pattern: Pattern) -> list[tuple[str, Where | None]]:
    return list(zip(pattern.kinds, pattern.where or (None,) * len(pattern.kinds), strict=False))


def _line(pattern: Pattern, wanted: str) -> Where | None:
    return next((where for kind, where in _pairs(pattern) if kind == wanted and where is not None), None)
