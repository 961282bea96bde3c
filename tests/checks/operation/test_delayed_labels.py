"""delayed-labels: early labels are a biased sample, and by how much."""

import numpy as np
import pandas as pd

from cases import case_of, findings_of, planted
from cases.build import case_from, run_rule
from cases.production import later, model_of, population
from rung.adapters.frames import to_table
from rung.inputs.planted import Healthy

RULE = "delayed-labels"


def waiting(current, slow, seed=0, unit=3.0, keep_time=False):
    """Labels that have come by the last day: negatives take `slow` times as long as positives."""
    rng = np.random.default_rng(seed)
    age = (current.day.max() - current.day).dt.total_seconds() / 86_400
    wait = rng.exponential(unit * np.where(current.late == 1, 1.0, slow))
    came = current.day + pd.to_timedelta(wait, unit="D")
    seen = current.assign(late=current.late.astype(float).where(wait <= age))
    return seen.assign(known_on=came.where(wait <= age)) if keep_time else seen


def made(slow, unit=10.0, **options):
    """A case with such labels; rows of 200 days."""
    train, current = population(3000, 1), later(population(4000, 2))
    return case_of(
        train,
        current=waiting(current, slow, unit=unit, **options),
        model=model_of(train),
        target="late",
        time="day",
        label_time="known_on" if options else None,
    )


def broken():
    """The case on which the rule must fire."""
    return made(6.0)


def healthy():
    """The case on which it must stay silent."""
    train, current = population(3000, 1), later(population(3000, 2))
    return case_of(train, current=current, model=model_of(train), target="late", time="day")


def loud(case):
    """Findings that are more than a note."""
    return [each for each in findings_of(RULE, case) if each.severity != "note"]


def test_tells_the_bias_where_label_times_are_kept():
    """Early labels overstate the rate; the estimate has the right sign and size."""
    found = loud(made(6.0, keep_time=True))
    bias = next(each for each in found[0].evidence if each.shape == "measure")

    assert bias.low > 0.03
    assert "by when their labels came" in bias.reading


def test_labels_that_come_late_for_all_alike_are_a_note():
    """Delay without bias: ripe rows are named, nothing is corrected."""
    found = findings_of(RULE, made(1.0))

    assert [each.severity for each in found] == ["note"]
    assert "ripe" in found[0].message


def test_labels_missing_at_random_are_no_delay():
    """Three in ten never come, whatever the age, the score and the outcome."""
    train, current = population(3000, 1), later(population(3000, 2))
    seen = current.assign(late=current.late.astype(float).where(np.random.default_rng(0).random(3000) > 0.3))

    assert findings_of(RULE, case_of(train, current=seen, model=model_of(train), target="late", time="day")) == []


def test_labels_of_acted_on_cases_only_are_named_without_any_time():
    """Selective labels: only high scores were looked into."""
    train, current = population(3000, 1).drop(columns="day"), population(3000, 2).drop(columns="day")
    seen = current.assign(
        late=current.late.astype(float).where(np.random.default_rng(0).random(3000) < np.clip(current.income - 0.8, 0.05, 0.95))
    )
    found = loud(case_of(train, current=seen, model=model_of(train), target="late"))

    assert found
    assert found[0].subject.names[0] in ("income", "the model's score")


def test_the_youngest_labels_are_held_beside_ripe_ones_where_no_label_time_is_kept():
    """Positives come three weeks sooner: without a model and without times of labels the youngest rates tell, and a delay alike for all does not."""
    train, current = population(3000, 1), later(population(4000, 2))
    late, alike = (waiting(current, slow, unit=12.0, seed=4) for slow in (5.0, 1.0))
    found = loud(case_of(train, current=late, target="late", time="day"))

    assert "ripe rows" in found[0].message
    assert "+0." in found[0].message
    assert loud(case_of(train, current=alike, target="late", time="day")) == []


def test_complete_labels_are_skipped_with_the_reason():
    """Nothing to look at."""
    run, _ = run_rule(RULE, healthy())

    assert (run.outcome, run.reason) == ("skipped", "every production row has its label")


def test_finds_the_planted_fault():
    """One side waits six times as long."""
    parts = [to_table(population(2500, seed).drop(columns="day")) for seed in (1, 2)]
    made_ = planted(RULE, Healthy(train=parts[0], test=parts[1], target="late", task="binary"))

    assert loud(case_from(made_.case))


def test_labels_that_still_come_at_the_oldest_age_leave_no_row_ripe():
    """A wait of 400 days on average in a window of 200 days: the share rises to the end."""
    (found,) = findings_of(RULE, made(1.0, unit=400.0))

    assert "not ripe yet" in found.message
