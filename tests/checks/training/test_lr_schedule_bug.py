"""lr-schedule-bug: what the rate really did."""

import numpy as np
import pytest

from cases import findings_of
from cases.runs import SEEN, case, healthy_run, rates, with_steps
from rung.inputs.history_model import SchedulerRecord

RULE = "lr-schedule-bug"
SHARE = SEEN / SEEN[-1]


def scheduled(values, *schedulers: SchedulerRecord):
    """A run with these rates at the seen steps."""
    return with_steps(healthy_run(schedulers=schedulers), rate=rates(values))


def broken():
    """The case on which the rule must fire."""
    return case(scheduled(1e-2 * 0.3 ** (SEEN / 4), SchedulerRecord(type_name="StepLR", calls=256, cadence="step")))


def healthy():
    """The case on which it must stay silent."""
    return case(
        scheduled(
            1e-3 * 0.5 * (1 + np.cos(np.pi * SHARE)), SchedulerRecord(type_name="CosineAnnealingLR", calls=256, settings={"T_max": 256})
        )
    )


def test_names_the_schedule_and_its_cadence():
    """A schedule of epochs, stepped a batch."""
    found = findings_of(RULE, broken())

    assert found[0].subject.names == ("StepLR",)
    assert "It is stepped once a step" in found[0].message


def test_a_rate_of_nothing_is_critical():
    """A lambda that rounds to zero."""
    assert [each.severity for each in findings_of(RULE, case(scheduled(0.0)))] == ["critical"]


def test_names_a_cosine_that_comes_back():
    """Its period is shorter than the run."""
    wave = 1e-3 * 0.5 * (1 + np.cos(np.pi * SEEN / 64))
    found = findings_of(RULE, case(scheduled(wave, SchedulerRecord(type_name="CosineAnnealingLR", calls=256, settings={"T_max": 64}))))

    assert "rises again" in found[0].message


def test_names_a_schedule_that_is_never_stepped():
    """It was made and forgotten."""
    assert "never stepped" in findings_of(RULE, case(scheduled(1e-3, SchedulerRecord(type_name="StepLR", calls=0))))[0].message


@pytest.mark.parametrize(
    "values",
    [
        np.minimum(1.0, SEEN / 30) * 1e-3,
        1e-3 * 0.1 ** np.floor(SHARE * 3),
        1e-3 * (1 - SHARE),
        np.where(SEEN < 80, SEEN / 80, (256 - SEEN) / 176) * 1e-2,
    ],
    ids=["warm-up", "three steps", "to zero at the end", "one cycle"],
)
def test_stays_silent_on_usual_schedules(values):
    """Whatever drives them."""
    assert findings_of(RULE, case(scheduled(values))) == []


def test_stays_silent_on_warm_restarts():
    """They rise on purpose."""
    wave = 1e-3 * 0.5 * (1 + np.cos(np.pi * (SEEN % 64) / 64))

    assert (
        findings_of(RULE, case(scheduled(wave, SchedulerRecord(type_name="CosineAnnealingWarmRestarts", calls=256, settings={"T_0": 64}))))
        == []
    )
