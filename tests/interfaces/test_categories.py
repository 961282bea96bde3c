"""The user's failure categories, as text and as functions."""

import numpy as np
import pytest

import rung
from cases.evaluation import model_for, table
from rung.core.errors import BadSetting
from rung.inputs.contract import Contract
from rung.interfaces.contract_file import read_contract


def report(**given):
    """A quick report on a sound table with a sound model."""
    frame = table(1200)
    return rung.diagnose(
        frame[:600],
        test=frame[600:].reset_index(drop=True),
        target="target",
        model=model_for(frame[:600]),
        experiments=False,
        select="E",
        **given,
    )


def rates(found):
    """The table of categories in the report."""
    return next(each for question in found.evaluation for each in question.evidence if each.title.startswith("Your categories"))


def test_a_condition_and_a_function_say_the_same():
    """Text is SQL over the columns; a function takes a pandas frame."""
    shown = rates(report(categories={"text": "x0 > 0 AND kind = 'a'", "function": lambda rows: (rows.x0 > 0) & (rows.kind == "a")}))

    assert shown.rows[0][1:] == shown.rows[1][1:]
    assert shown.rows[0][1] == pytest.approx(600 / 8, rel=0.4)


def test_a_contract_file_declares_them(tmp_path):
    """A table of names and conditions."""
    path = tmp_path / "contract.toml"
    path.write_text('[categories]\n"warm" = "x0 > 0"\n')

    assert rates(report(contract=read_contract(path))).rows[0][0] == "warm"


def test_what_is_no_condition_is_refused_at_once():
    """With the name, the text and what to write."""
    with pytest.raises(BadSetting, match=r"'bad'.*is no condition"):
        report(categories={"bad": "x0 >> > 3"})
    with pytest.raises(BadSetting, match="Category 'odd' is int"):
        report(contract=Contract(target="target"), categories={"odd": 3})


def test_a_column_that_is_not_there_is_a_reason_and_no_crash():
    """The evaluation goes on without the categories."""
    found = report(categories={"gone": "nowhere > 3"})

    assert found.evaluation
    assert all(run.outcome != "failed" for run in found.runs)


def test_questions_say_what_stands_against_the_number():
    """A sound case: nothing is at fault, and every question of two classes is there."""
    found = report()

    assert len(found.evaluation) == 9
    assert [each.ask for each in found.evaluation if each.state == "bad"] == []
    assert np.all([each.answer for each in found.evaluation])
