"""group-disparity: declared groups, usual names, and differences that the model knows of."""

import numpy as np
import pandas as pd

from cases import findings_of, run_rule
from cases.evaluation import broken_by, judged, sound_case, table

RULE = "group-disparity"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE)


def healthy():
    """The case on which it must stay silent."""
    return sound_case(protected=("site",))


def worse_for(column: str, level: str, every: int = 2):
    """One in `every` of the negatives of one group is a positive in truth, as the model was never told."""

    def change(test):
        rows = np.flatnonzero((test[column] == level) & (test.target == 0))[::every]
        test.loc[rows, "target"] = 1
        return test

    return change


def test_names_the_group_the_rate_and_the_rows():
    """Missed positives have the positives of the group as denominator."""
    found = findings_of(RULE, judged(table(), worse_for("site", "west"), protected=("site",)))

    assert found[0].subject.names == ("site",)
    assert found[0].message.startswith("Missed positives where site = west")


def test_usual_names_are_looked_at_without_a_declaration():
    """A column called sex is compared; where the model does not know of the errors it is a warning."""
    frame = table().rename(columns={"site": "sex"})
    frame["site"] = "one"
    case = judged(frame, worse_for("sex", "west", every=1))

    found = findings_of(RULE, case)[0]

    assert found.subject.names == ("sex",)
    assert found.weight


def test_groups_of_different_risk_are_a_note():
    """One group is nearer to the border: it has more errors of every kind, and the model says so."""
    frame = table(6000).rename(columns={"site": "sex"})
    frame["site"] = "one"
    rng = np.random.default_rng(2)
    inside = frame.sex == "west"
    frame.loc[inside, "target"] = rng.integers(0, 2, int(inside.sum()))

    assert [each for each in findings_of(RULE, judged(frame, linear=False)) if each.weight] == []


def test_a_group_with_fewer_positives_is_a_note():
    """The rarer the positives of a group, the more of them a calibrated model calls negative: it knew that, and the note says so."""
    rng = np.random.default_rng(5)
    frame = table(8000).rename(columns={"site": "sex"}).assign(site="one")
    inside = (frame.sex == "west").to_numpy()
    signal = rng.normal(size=len(frame))
    chance = 1 / (1 + np.exp(-(1.2 * signal + np.where(inside, -1.5, 1.0))))
    frame = frame.assign(a=signal, target=(rng.random(len(frame)) < chance).astype(int))
    found = findings_of(RULE, judged(frame))

    assert [each.name for each in found if not each.weight] == [RULE]
    assert [each for each in found if each.weight] == []


def test_misses_of_a_group_that_rarely_has_the_outcome_are_only_noted():
    """The young are seldom ill, and the model knows it: it misses most of their few cases, as any sound model does."""
    rng = np.random.default_rng(2)
    age = rng.integers(18, 90, 8000)
    frame = pd.DataFrame({"age": age, "x": rng.normal(size=8000)})
    frame["target"] = (rng.random(8000) < 1 / (1 + np.exp(-(age - 55) / 8 - frame.x))).astype(int)

    assert [each for each in findings_of(RULE, judged(frame)) if each.weight] == []


def numbered_sites(count: int):
    """The table with an entity that is told by a number; of 20 sites one is served badly."""
    frame = table(8000)
    rng = np.random.default_rng(5)
    frame["clinic"] = rng.integers(0, count, len(frame)) * 37 + 1_000_003
    return frame


def test_an_entity_that_is_told_by_a_number_is_a_name():
    """One clinic of twenty is named by its number, not by a range of numbers around it."""
    bad = 1_000_003 + 37 * 11

    def change(test):
        rows = np.flatnonzero(test.clinic == bad)[::2]
        test.loc[rows, "target"] = 1 - test.target[rows]
        return test

    found = findings_of(RULE, judged(numbered_sites(20), change, groups="clinic", protected=("clinic",)))

    assert found[0].subject.detail == f"clinic = {bad}"


def test_a_range_of_entities_is_no_group():
    """Patients whose number lies in some fifth were labelled wrongly: that is no group that could be served alike."""

    def change(test):
        rows = np.flatnonzero(test.clinic < np.quantile(test.clinic, 0.2))[::2]
        test.loc[rows, "target"] = 1 - test.target[rows]
        return test

    assert run_rule(RULE, judged(numbered_sites(2000), change, groups="clinic"))[1] == []


def test_one_person_among_persons_who_differ_is_no_group():
    """Twelve new persons of whom each has ways of its own: the farthest of them is one draw, and no group that is served worse."""
    rng = np.random.default_rng(4)
    frame = table(6000)
    frame["person"] = np.r_[np.repeat([f"a{each:02d}" for each in range(60)], 50), np.repeat([f"b{each:02d}" for each in range(12)], 250)]

    def with_ways(test):
        flips = rng.random(len(test)) < test.person.map({f"b{each:02d}": each / 24 for each in range(12)})
        test.loc[flips, "target"] = 1 - test.target[flips]
        return test

    assert [each for each in findings_of(RULE, judged(frame, with_ways, groups="person", protected=("person",))) if each.weight] == []


def test_rows_of_one_person_count_by_what_they_are_worth():
    """Ten persons of one region who err alike are ten, not two hundred and fifty rows; what a whole region gets wrong is told all the same."""
    rng = np.random.default_rng(26)
    person = np.repeat(np.arange(160), 25)
    frame = pd.DataFrame(rng.normal(size=(4000, 3)), columns=["a", "b", "c"])
    frame["target"] = 2 * frame.a - frame.b + rng.normal(0, 1.5, 160)[person] + rng.normal(0, 0.7, 4000)
    frame["person"] = [f"p{each:03d}" for each in person]
    frame["region"] = np.array(["north", "south", "east"])[rng.integers(0, 3, 160)][person]

    def spoilt(test):
        test.loc[test.region == "north", "target"] += rng.choice([-6.0, 6.0], int((test.region == "north").sum()))
        return test

    declared = {"groups": "person", "protected": ("region",)}

    assert [each for each in findings_of(RULE, judged(frame, **declared)) if each.weight] == []
    assert findings_of(RULE, judged(frame, spoilt, **declared))[0].subject.detail == "region = north"
