"""How columns and targets are understood."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cases import breast_cancer, case_of
from rung.core.errors import BadInput, Unavailable
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.facts.folds import Folds
from rung.facts.matrix import Matrix
from rung.facts.schema import Schema
from rung.facts.target import Target

N = 60


def ask(wanted, frame, **declared):
    """One fact of a case."""
    return Ledger(case_of(frame, **declared), discover.facts()).ask(wanted)


def frame() -> pd.DataFrame:
    """One column of each kind."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "number": rng.normal(size=N),
            "whole": rng.integers(0, 1000, N),
            "flag": rng.random(N) > 0.5,
            "city": rng.choice(["Ulm", "Bonn", "Kiel"], N),
            "note": [f"the quick brown fox number {place} jumps" for place in range(N)],
            "when": pd.date_range("2024-01-01", periods=N).astype(str),
            "nothing": [None] * N,
            "target": rng.integers(0, 2, N),
        }
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("number", "numeric"),
        ("whole", "numeric"),
        ("flag", "boolean"),
        ("city", "category"),
        ("note", "text"),
        ("when", "datetime"),
        ("nothing", "empty"),
    ],
)
def test_kind_of_a_column(name, kind):
    """Kinds are told from values, not from dtypes alone."""
    assert kind == ask(Schema, frame()).column(name).kind


def test_target_is_inferred_by_name_and_said():
    """The report says how the target was found."""
    schema = ask(Schema, frame())

    assert schema.target == "target"
    assert any("by its name" in each for each in schema.inferred)


def test_declared_column_that_is_not_there_names_the_nearest():
    """A typo gets a suggestion."""
    with pytest.raises(BadInput, match="Did you mean 'target'"):
        ask(Schema, frame(), target="targt")


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([0, 1], "binary"),
        (["no", "yes"], "binary"),
        (["a", "b", "c"], "multiclass"),
        ([1, 2, 3, 4], "multiclass"),
        (list(np.linspace(0, 1, 50)), "regression"),
        (list(range(30)), "regression"),
    ],
)
def test_task_is_told_from_the_target(values, task):
    """Two values, few whole ones or texts, many numbers."""
    data = frame().assign(target=[values[place % len(values)] for place in range(N)])

    assert task == ask(Target, data, target="target").task


def test_codes_follow_the_order_of_the_values():
    """Numbers are ordered as numbers: 2 before 10."""
    data = frame().assign(target=[[2, 10, 1][place % 3] for place in range(N)])

    assert ask(Target, data, target="target").classes == ("1", "2", "10")


@pytest.mark.parametrize(("labels", "positive"), [(["no", "yes"], "yes"), (["0", "1"], "1"), (["benign", "malignant"], "malignant")])
def test_positive_class_by_its_name(labels, positive):
    """The usual names of the positive class are known."""
    target = ask(Target, frame().assign(target=[labels[place % 2] for place in range(N)]), target="target")

    assert positive == target.classes[target.positive]


def test_positive_class_can_be_declared():
    """What is declared wins."""
    target = ask(Target, frame(), target="target", positive="0")

    assert target.classes[target.positive] == "0"


def test_a_target_without_a_value_is_unavailable_with_a_reason():
    """Nothing to learn."""
    with pytest.raises(Unavailable, match="has no value"):
        ask(Target, frame().assign(target=None), target="target")


def test_matrix_leaves_out_texts_that_name_the_row():
    """A text that differs in every row carries nothing over."""
    data = frame().assign(key=[f"row {place}" for place in range(N)])

    assert "key" not in ask(Matrix, data, target="target").names


def test_folds_keep_a_row_in_its_fold_when_others_are_removed():
    """Before and after an experiment the same rows are scored together."""
    data = pd.concat([breast_cancer()] * 3, ignore_index=True)
    whole, table = ask(Folds, data, target="target"), case_of(data, target="target")
    ledger = Ledger(table, discover.facts())
    from rung.experiments.measure import with_table
    from rung.inputs.case import Train

    kept = np.arange(100, len(data))
    part = with_table(ledger, ledger.ask(Train).table.take(kept)).ask(Folds)

    assert np.array_equal(whole.fold[kept], part.fold)


def test_folds_run_forward_in_time_where_a_time_is_declared():
    """No row is scored by a model that saw later ones."""
    data = frame().assign(when=pd.date_range("2024-01-01", periods=N))
    folds = ask(Folds, data, target="target", time="when")

    assert folds.scheme == "forward"
    assert all(trained.max() < scored.min() for trained, scored in folds.splits())


def test_folds_keep_a_group_on_one_side():
    """Declared groups are never split."""
    data = frame().assign(client=np.arange(N) // 4)
    ledger = Ledger(case_of(data, target="target", groups="client"), discover.facts())
    fold, rows = ledger.ask(Folds).fold, ledger.ask(Matrix).rows
    sides = pd.Series(fold).groupby(data.client.to_numpy()[rows]).nunique()

    assert {1} == set(sides)
