"""T104: a training loss that swings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Subject
from rung.core.marks import check
from rung.facts.loss_course import LossCourse
from rung.facts.run_charts import loss_chart
from rung.inputs.history import History
from rung.stats.course import blocks, reversals, running_median


@check("T104", severity="warning", explains=())
def oscillating_loss(course: LossCourse, history: History, *, min_swing: float = 0.2, min_turns: int = 3) -> Iterator[Finding]:
    """The training loss swings up and down by more than the noise between batches.

    Why it matters:
        The steps jump over the valley: where the run happens to stop decides how good the model is.
    Likely cause:
        A learning rate at the edge of stability, momentum that is too strong, or gradients that are not cleared.
    How it decides:
        Levels of equal stretches turn at least `min_turns` times, by four standard errors and by `min_swing` of the fall, in the last four fifths of the run; or
        single points zigzag (neighbours correlate below -0.4) with an amplitude of `min_swing`; or spikes of five times the level and half of the start, which last four steps or are means of an epoch, come back three times.
        The standard errors come from the run's own noise, so that noise of small batches is never a swing.
    When it is wrong:
        A schedule with warm restarts swings the loss on purpose: turns that go with the rate do not count.
    Fix:
        Lower the learning rate or the momentum, or let the rate decay.
    Verify:
        With a third of the rate the swings are gone.
    Prevent:
        Plot a smoothed loss; choose the rate by a range test.
    Sources:
        Rice (1984) for noise from differences. Limits chosen by hand, held by benchmarks/curves.py.

    min_swing : size of a swing as a share of the fall
    min_turns : turns that make a swing
    """
    if course.n < 12 or course.by_hand or course.broke_at is not None or _cyclic(history):
        return
    later = course.values[course.n // 5 :]
    floor = min_swing * max(course.span, 0.25 * abs(course.start.value))
    turns = (
        max(reversals(blocks(later, count), floor=floor) for count in (12, 24) if len(later) >= 2 * count)
        if len(later) >= 24
        else _turns(later, floor)
    )
    zigzag = course.zigzag < -0.4 and len(later) >= 20 and float(np.median(np.abs(np.diff(later)))) > floor
    # A single batch of few rows may be that bad; a loss of batches has to stay up for some steps.
    lasting = running_median(later, 7) if course.unit == "step" else later
    spikes = _spikes(lasting, max(0.5 * max(course.span, abs(course.start.value)), 6 * course.noise))
    if turns >= min_turns or zigzag or spikes >= 3:
        yield _finding(history, turns=turns, spikes=spikes, floor=floor)


def _turns(values: np.ndarray, floor: float) -> int:
    """Turns between single points that are means of many batches already."""
    moves = np.diff(values)
    moves = np.where(np.abs(moves) > floor, moves, 0.0)
    return int((moves[1:] * moves[:-1] < 0).sum())


def _spikes(values: np.ndarray, floor: float) -> int:
    """Separate excursions to more than five times the level around them."""
    around = running_median(values, 31)
    high = values > np.maximum(5 * np.abs(around), around + floor)
    return int((high[1:] & ~high[:-1]).sum()) if high.mean() < 0.2 else 0


def _cyclic(history: History) -> bool:
    """The rate rises again after it fell, on purpose."""
    return any(each.type_name in ("CosineAnnealingWarmRestarts", "CyclicLR", "OneCycleLR") for each in history.schedulers)


def _finding(history: History, *, turns: int, spikes: int, floor: float) -> Finding:
    told = (
        f"it turns {turns} times by more than {floor:.3g}"
        if turns
        else f"it spikes {spikes} times"
        if spikes
        else "neighbouring points zigzag"
    )
    return Finding(
        subject=Subject(kind="metric", names=("training loss",)),
        message=f"The training loss swings beyond the noise of its batches: {told}.",
        confidence=Confidence.POSSIBLE,
        evidence=(
            Measure(title="Turns of the smoothed loss", value=float(turns), limit=3.0),
            *loss_chart(history, reading="Noise is fuzz around a falling line; this is the line itself that swings."),
        ),
        remedy=Remedy(
            fix="Lower the learning rate to a third, or let it decay.", patch="for group in optimizer.param_groups:\n    group['lr'] *= 0.3"
        ),
    )
