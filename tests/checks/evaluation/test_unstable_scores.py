"""unstable-scores: noise that was chosen, folds that differ."""

import numpy as np

from cases import case_of, findings_of
from cases.evaluation import broken_by, model_for, sound_case, table

RULE = "unstable-scores"


def broken():
    """The case on which the rule must fire."""
    return broken_by(RULE)


def healthy():
    """The case on which it must stay silent."""
    return sound_case()


def test_few_test_rows_where_many_were_to_be_had():
    """22 rows of 4,000: the interval is told, and the difference that cannot be seen."""
    found = findings_of(RULE, broken())

    assert found[0].severity == "warning"
    assert "cannot be seen" in found[0].message


def test_a_small_table_is_small_and_no_fault():
    """30 test rows of 120: a note at most."""
    frame = table(120)
    case = case_of(frame[:90], test=frame[90:].reset_index(drop=True), model=model_for(frame[:90]), target="target")

    assert [each for each in findings_of(RULE, case) if each.weight] == []


def test_folds_that_hold_different_worlds():
    """Forward in time, the relation turns round half way: rows do not explain such a spread of the folds."""
    frame = table(3000).assign(day=np.arange(3000).astype(float))
    rng = np.random.default_rng(0)
    late = frame.index >= 1600
    frame.loc[late, "target"] = (rng.random(int(late.sum())) < 0.5).astype(int)
    model = model_for(frame[:2000].drop(columns="day"))
    case = case_of(frame[:2000], test=frame[2000:].reset_index(drop=True), model=model, target="target", time="day")

    assert any("folds" in each.message and each.weight for each in findings_of(RULE, case))


def test_one_far_error_is_no_choice_of_few_rows():
    """A quarter of the table is set apart, and one test row is a giant: its interval is wide, and no honest split would have made it narrow."""
    from cases.evaluation import judged

    frame = table(400, task="regression")
    frame.loc[399, "target"] = 60.0

    assert [each for each in findings_of(RULE, judged(frame)) if each.weight] == []
