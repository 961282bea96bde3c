"""group-leakage: rows of one entity on both sides of the split."""

import numpy as np
import pandas as pd

from cases import apply, breast_cancer, case_of, findings_of

RULE = "group-leakage"


def visits(seed=0, n_patients=90, each=5, per_patient=True):
    """Patients of five visits: features and label belong to the patient, or to each visit anew."""
    draw = np.random.default_rng(seed)
    size = n_patients if per_patient else n_patients * each
    traits, label = draw.normal(size=(size, 5)), draw.normal(size=size)
    label = (label + 0.7 * traits[:, 0] > 0).astype(int)
    if per_patient:
        traits, label = np.repeat(traits, each, axis=0) + 0.1 * draw.normal(size=(n_patients * each, 5)), np.repeat(label, each)
    frame = pd.DataFrame(traits, columns=list("abcde")).assign(patient=np.repeat(np.arange(n_patients) + 700, each), target=label)
    return frame.sample(frac=1.0, random_state=seed).reset_index(drop=True)


def cut_by_row(frame):
    """Training and test by row, 75 to 25."""
    cut = int(0.75 * len(frame))
    return frame[:cut].reset_index(drop=True), frame[cut:].reset_index(drop=True)


def broken():
    """The case on which the rule must fire: the battery of tests/house uses it too."""
    train, test = cut_by_row(visits())
    return case_of(train, test=test, target="target")


def healthy():
    """The case on which it must stay silent: entities that tell nothing."""
    train, test = cut_by_row(visits(per_patient=False))
    return case_of(train, test=test, target="target")


def test_names_the_entity_and_both_scores():
    """The key column is named, with the score on known and on new patients."""
    found = findings_of(RULE, broken())

    assert [(each.subject.names, each.weight >= 2) for each in found] == [(("patient",), True)]


def test_stays_silent_where_the_split_is_by_entity():
    """Disjoint patients are right."""
    frame = visits()
    known = frame.patient < 760

    assert findings_of(RULE, case_of(frame[known].reset_index(drop=True), test=frame[~known].reset_index(drop=True), target="target")) == []


def test_says_what_a_random_split_would_do():
    """Without a test set the finding is a warning about the split to come; where the groups are declared, a note."""
    free, declared = (
        findings_of(RULE, case_of(visits(), target="target")),
        findings_of(RULE, case_of(visits(), target="target", groups="patient")),
    )

    assert [str(each.severity) for each in (*free, *declared)] == ["warning", "note"]


def test_experiment_confirms_the_drop():
    """Grouped folds score lower; folds by random entities do not."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


def test_known_entities_come_back_where_the_split_goes_forward_in_time():
    """The same countries, earlier and later years: in use they are known as well, so it is a note."""
    rng = np.random.default_rng(0)
    country, year = np.repeat(np.arange(60), 20), np.tile(np.arange(2000, 2020), 60)
    level = rng.normal(size=(60, 5))[country]
    frame = pd.DataFrame(level + 0.1 * rng.normal(size=level.shape), columns=list("abcde"))
    frame = frame.assign(country_id=country + 100, year=year, target=rng.normal(size=60)[country] + 0.1 * rng.normal(size=1200))
    late = frame.year >= 2015
    case = case_of(
        frame[~late].reset_index(drop=True), test=frame[late].reset_index(drop=True), target="target", time="year", groups="country_id"
    )

    assert [str(each.severity) for each in findings_of(RULE, case)] == ["note"]


def test_a_name_that_tells_the_label_is_no_mere_leak():
    """The features know all by themselves, so that nothing is gained by the entity; the model recalls it all the same."""
    frame = breast_cancer()
    frame = frame.loc[np.repeat(frame.index, 3)].assign(patient=np.repeat([f"P{1000 + row}" for row in frame.index], 3))
    train, test = cut_by_row(frame.sample(frac=1.0, random_state=0).reset_index(drop=True))
    found = findings_of(RULE, case_of(train, test=test, target="target"))

    assert [(each.subject.names, each.severity) for each in found] == [(("patient",), "error")]
    assert "target-leakage" in found[0].explains


def test_names_that_come_back_later_are_no_leak():
    """The same patients in a later test set, each with its one label: they come back in use as well."""
    draw = np.random.default_rng(7)
    patient, label = np.tile(np.arange(120) + 700, 4), np.tile(draw.integers(0, 2, 120), 4)
    when = pd.date_range("2024-01-01", periods=480, freq="h")
    frame = pd.DataFrame({"a": draw.normal(size=480), "b": draw.normal(size=480), "patient": patient, "when": when, "target": label})
    train, test = cut_by_row(frame)
    mixed, drawn = cut_by_row(frame.drop(columns="when").sample(frac=1.0, random_state=0).reset_index(drop=True))

    assert [each.severity for each in findings_of(RULE, case_of(train, test=test, target="target", time="when")) if each.weight] == []
    assert [each.severity for each in findings_of(RULE, case_of(mixed, test=drawn, target="target"))] == ["error"]
