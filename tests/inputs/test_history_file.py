"""A history survives its file."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from cases.histories import healthy_run, log_of_losses, run_that_ends_in_nan, run_without_zero_grad
from rung.core.errors import BadInput
from rung.inputs.history_file import load_history, save_history

CASES = {
    "healthy": healthy_run,
    "without-zero-grad": run_without_zero_grad,
    "nan": run_that_ends_in_nan,
    "curves": lambda: log_of_losses(np.array([1.0, np.inf, np.nan])),
    "long": lambda: log_of_losses(np.random.default_rng(0).normal(size=5_000)),
}


def differences(left: object, right: object, path: str = "history") -> list[str]:
    """Paths at which two histories differ."""
    if type(left) is not type(right):
        return [f"{path}: {type(left).__name__} and {type(right).__name__}"]
    if is_dataclass(left):
        return [
            found
            for each in fields(left)
            for found in differences(getattr(left, each.name), getattr(right, each.name), f"{path}.{each.name}")
        ]
    if isinstance(left, np.ndarray):
        same = left.dtype == right.dtype and left.shape == right.shape and np.array_equal(left, right, equal_nan=left.dtype.kind == "f")
        return [] if same else [path]
    if isinstance(left, tuple):
        return [f"{path}: length"] * (len(left) != len(right)) + [
            f for i, (a, b) in enumerate(zip(left, right, strict=False)) for f in differences(a, b, f"{path}[{i}]")
        ]
    return [] if left == right or (left != left and right != right) else [path]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("ending", ["json", "json.gz"])
def test_what_is_saved_comes_back_equal(name, ending, tmp_path):
    """Every field and dtype, with NaN and infinity, packed or not."""
    history = CASES[name]()

    found = load_history(save_history(history, tmp_path / f"history.{ending}"))

    assert differences(history, found) == []


def test_the_file_is_plain_json(tmp_path):
    """No NaN literals: any reader can open it."""
    path = save_history(run_that_ends_in_nan(), tmp_path / "history.json")

    document = json.loads(path.read_text(), parse_constant=pytest.fail)

    assert document["curves"][0]["value"][-1] == "nan"


def test_a_field_that_this_version_does_not_know_is_passed_over(tmp_path):
    """Files of a later rung with more fields still read."""
    path = save_history(healthy_run(), tmp_path / "history.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "from_the_future": 1}))

    assert load_history(path).n_steps == 256


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("not json", "not JSON"),
        ('{"a": 1}', "no history"),
        ('{"format": "rung-history", "version": 99}', "version 99"),
        ('{"format": "rung-history", "version": 1, "curves": 3}', "history.curves"),
        ('{"format": "rung-history", "version": 1, "curves": [{"name": "x"}]}', "history.curves[0] lacks"),
        ('{"format": "rung-history", "version": 1, "ended": "maybe"}', "history.ended"),
    ],
)
def test_a_file_that_is_no_history_says_what_is_wrong(text, word, tmp_path):
    """Which file, which field, what is lacking."""
    path = tmp_path / "history.json"
    path.write_text(text)

    with pytest.raises(BadInput, match=r"history\.json") as refused:
        load_history(path)

    assert word in str(refused.value)
