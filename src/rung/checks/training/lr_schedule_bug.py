"""T210: a schedule that does something else than was meant."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.progress import Progress
from rung.facts.run_charts import at, series_chart
from rung.facts.step_sizes import RateCourse
from rung.inputs.history import History
from rung.inputs.history_model import SchedulerRecord

RESTARTS = ("CosineAnnealingWarmRestarts", "CyclicLR", "OneCycleLR")
PERIODS = {"CosineAnnealingLR": "T_max", "PolynomialLR": "total_iters", "OneCycleLR": "total_steps"}


@check("T210", severity="error", explains=("flat-loss", "plateaued-loss", "learning-rate-too-low", "oscillating-loss", "underfitting"))
def lr_schedule_bug(
    rates: RateCourse, history: History, progress: Progress | None, *, early: float = 0.6, min_steps: int = 20
) -> Iterator[Finding]:
    """The learning rate reaches nothing long before the end, rises again unasked, or is never touched by the schedule.

    Why it matters:
        Without a rate nothing is learned for the rest of the run; a rate that comes back throws away what was annealed.
    Likely cause:
        `scheduler.step()` called once a batch where the schedule counts epochs (or the other way round), a period shorter than the run, a lambda that
        rounds to zero, a schedule that was made and never stepped, or one that drives another optimizer.
    How it decides:
        From the rates themselves: below a hundredth of their peak from before `early` of the run on and to the end, or zero all along; a plain cosine that
        falls and rises again because its period is shorter than the run; a schedule that was made and never called.
    When it is wrong:
        Warm-up, a decay to zero that ends with the run, warm restarts and cycles are what they should be: silent.
    Fix:
        Give the schedule the unit in which it is stepped: T_max in epochs or in batches.
    Verify:
        Print the rate at the start, the middle and the end.
    Prevent:
        assert optimizer.param_groups[0]['lr'] > 0
    Sources:
        Loshchilov and Hutter (2017) on cosine schedules. Limits chosen by hand, see benchmarks/run_training.py.

    early : share of the run before which the rate must not be gone
    min_steps : updates before which nothing is said
    """
    schedule = history.schedulers[0] if history.schedulers else None
    if idle := next((each for each in history.schedulers if each.calls == 0 and history.n_steps >= min_steps and rates.constant), None):
        yield _finding(
            rates, history, idle, f"{idle.type_name} was made and never stepped: the rate stays at {rates.final:.3g}", Severity.WARNING
        )
    elif rates.peak <= 0:
        yield _finding(rates, history, schedule, "the learning rate is zero at every step", Severity.CRITICAL)
    elif history.n_steps >= min_steps and rates.dropped_at < early and rates.low_share > 1 - early and rates.final < 0.01 * rates.peak:
        bad = progress is None or progress.learned < 0.9
        told = f"the rate falls from {rates.peak:.3g} below a hundredth of that after {rates.dropped_at:.0%} of the run and stays there"
        yield _finding(rates, history, schedule, told, Severity.ERROR if bad else Severity.WARNING)
    elif turned := _turned(rates, history):
        yield _finding(rates, history, turned, turned_text(turned, rates), Severity.WARNING)


def _turned(rates: RateCourse, history: History) -> SchedulerRecord | None:
    """A schedule with one period that was called far beyond it, so that the rate came back up."""
    for each in history.schedulers:
        period = each.settings.get(PERIODS.get(each.type_name, ""))
        if (
            each.type_name == "CosineAnnealingLR"
            and isinstance(period, int | float)
            and each.calls > 1.25 * period + 1
            and rates.climbs >= 1
        ):
            return each
    return None


def turned_text(schedule: SchedulerRecord, rates: RateCourse) -> str:
    """The sentence on a cosine that rises again."""
    period = schedule.settings.get("T_max")
    return f"the cosine has a period of {period} and was stepped {schedule.calls} times: the rate rises again {rates.climbs} times"


def _finding(rates: RateCourse, history: History, schedule: SchedulerRecord | None, told: str, severity: Severity) -> Finding:
    where = schedule.where if schedule is not None else None
    name = schedule.type_name if schedule is not None else "learning rate"
    cadence = f" It is stepped once a {schedule.cadence}." if schedule is not None and schedule.cadence in ("step", "epoch") else ""
    return Finding(
        subject=Subject(kind="step", names=(name,), where=where),
        message=told[0].upper() + told[1:] + f"{at(where)}.{cadence}",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN,
        evidence=(
            Measure(title="Rate at the end over its peak", value=rates.final / rates.peak if rates.peak > 0 else 0.0),
            series_chart("Learning rate", "rate", rates.steps.tolist(), {"rate": rates.values}, "What the optimizer really used."),
        ),
        remedy=Remedy(
            cause=f"The unit or length of {name} does not fit the run of {history.n_steps:,} updates.",
            fix="Set the schedule's length to the number of times it is stepped: batches times epochs where it is stepped a batch.",
            patch="scheduler = CosineAnnealingLR(optimizer, T_max=epochs)  # scheduler.step() once an epoch",
            verify="The rate reaches its end with the run, not before.",
            experiment="hold-rate",
        ),
    )
