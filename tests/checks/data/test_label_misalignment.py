"""label-misalignment: labels that are not in the order of the rows."""

import numpy as np
import pandas as pd
import pytest

from cases import apply, breast_cancer, case_of, diabetes, findings_of

RULE = "label-misalignment"


def shuffled(seed=0):
    return breast_cancer().sample(frac=1.0, random_state=seed).reset_index(drop=True)


def relabelled(frame, values):
    return case_of(frame.assign(target=values), target="target")


def broken():
    """Labels shifted by 37 rows."""
    frame = shuffled()
    return relabelled(frame, np.roll(frame["target"], 37))


def healthy():
    """The rows as published."""
    return case_of(breast_cancer(), target="target")


def test_finds_the_shift_and_repairs_it():
    """The patch restores the labels exactly."""
    frame = shuffled()
    train = frame.assign(target=np.roll(frame["target"], 37))
    finding = findings_of(RULE, broken())[0]
    scope = {"train": train, "np": np}
    exec(finding.remedy.patch, scope)

    assert finding.severity == "critical"
    assert "shifting the labels by 37 rows" in finding.message
    assert list(frame["target"]) == list(scope["train"]["target"])


def test_experiment_confirms_the_repair():
    """With the labels back in order the signal is there."""
    case = broken()

    assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


def test_finds_labels_turned_over():
    """One file was sorted the other way round."""
    frame = shuffled()

    assert "turning the labels over" in findings_of(RULE, relabelled(frame, frame["target"].to_numpy()[::-1]))[0].message


def test_finds_the_key_by_which_labels_are_sorted():
    """The labels came back from a join in the order of the key."""
    frame = shuffled().assign(key=np.random.default_rng(1).permutation(569) + 1000)

    found = findings_of(RULE, relabelled(frame, frame.sort_values("key")["target"].to_numpy()))

    assert "sorted by 'key'" in found[0].message


@pytest.mark.parametrize("change", [lambda y: np.roll(y, 50), lambda y: y[::-1]], ids=["shifted", "turned over"])
def test_finds_a_stretch_and_its_order(change):
    """Only the second half is misaligned."""
    frame = shuffled()
    labels = frame["target"].to_numpy().copy()
    labels[280:] = change(labels[280:])

    found = findings_of(RULE, relabelled(frame, labels))

    assert [(each.subject.kind, each.subject.names) for each in found] == [("rows", ("target",))]
    assert 250 <= found[0].subject.rows[0] <= 310


def test_finds_a_shuffled_stretch():
    """No order restores it, and the finding says so."""
    frame = shuffled()
    labels = frame["target"].to_numpy().copy()
    labels[:250] = np.random.default_rng(0).permutation(labels[:250])

    found = findings_of(RULE, relabelled(frame, labels))

    assert [each.remedy.patch for each in found] == [None]


def test_names_sorted_labels_that_nothing_goes_along_with():
    """The labels alone were sorted."""
    frame = shuffled()

    assert "sorted along the rows" in findings_of(RULE, relabelled(frame, np.sort(frame["target"])))[0].message


def test_names_shuffled_labels_where_the_test_rows_have_a_signal():
    """Training is at chance and the test rows are not."""
    frame = shuffled()
    train = frame.head(300).assign(target=lambda part: np.random.default_rng(0).permutation(part["target"]))

    assert "within the test rows" in findings_of(RULE, case_of(train, test=frame.tail(269), target="target"))[0].message


def test_stays_silent_without_any_signal():
    """A truly hard task is not a misaligned one."""
    frame = diabetes().assign(target=np.random.default_rng(0).standard_normal(442))

    assert findings_of(RULE, case_of(frame, target="target")) == []


def test_stays_silent_on_a_file_sorted_by_class():
    """Features follow the classes."""
    assert findings_of(RULE, case_of(breast_cancer().sort_values("target"), target="target")) == []


def test_stays_silent_on_the_targets_own_past():
    """A column that is yesterday's target looks like a shift of one row."""
    y = pd.Series(np.random.default_rng(0).standard_normal(600))
    frame = pd.DataFrame({"yesterday": y.shift(1), "noise": np.random.default_rng(1).standard_normal(600), "target": y})

    assert findings_of(RULE, case_of(frame, target="target")) == []


def test_stays_silent_on_seasons():
    """Slow waves agree at many shifts."""
    step = np.arange(800)
    wave = np.sin(step / 40)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"a": np.cos(step / 40) + rng.normal(0, 0.3, 800), "b": rng.standard_normal(800), "target": wave + rng.normal(0, 0.3, 800)}
    )

    assert findings_of(RULE, case_of(frame, target="target")) == []
