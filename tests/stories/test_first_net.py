"""Somebody follows a tutorial on looking into nets: what rung says of its loop and helpers, and what it does not say."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from cases import findings_of
from cases.runs import LN10, case, curve_of

SCRIPT = Path(__file__).parents[1] / "cases" / "first_net.py"


@cache
def report() -> dict:
    """`rung run first_net.py`, as JSON."""
    with TemporaryDirectory() as folder:
        written = Path(folder) / "report.json"
        command = [sys.executable, "-m", "rung", "run", "--select", "T,D304", "--output", str(written), str(SCRIPT)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=SCRIPT.parent)
        assert done.returncode == 0, done.stderr
        return json.loads(written.read_text())


def said(code: str) -> list[dict]:
    return [each for each in report()["findings"] if each["code"] == code]


def test_a_run_that_learns_gets_notes_and_no_alarm():
    """The net learns: nothing of a warning or worse."""
    assert [each["message"] for each in report()["findings"] if each["severity"] != "note"] == []


def test_the_sigmoid_before_the_loss_is_named_with_the_cut_that_goes_with_it():
    """The variable called logits holds probabilities."""
    found = said("T311")

    assert "the cut moves from 0.5 to 0" in found[0]["message"]


@pytest.mark.parametrize(
    "words",
    ["8 to 32 rows", "read after clipping", "with one entry is NaN, as that of '4.bias'", "its handle thrown away"],
    ids=["mean of batch means", "norms after clipping", "spread of one entry", "hooks that stay"],
)
def test_each_misread_figure_is_named_with_its_line(words):
    """What the loop prints about itself."""
    found = [each for each in said("T107") if words in each["message"]]

    assert len(found) == 1
    assert found[0]["subject"]["where"]["file"].endswith("first_net.py")


def test_half_of_the_zeros_are_no_dead_units():
    """A layer-wide share of zeros says nothing."""
    assert said("T203") == []


def test_a_noisy_curve_is_healthy():
    """A loss of batches is never smooth."""
    noisy = np.exp(-np.arange(400) / 80) * np.exp(np.random.default_rng(0).normal(0, 0.3, 400))

    assert findings_of("oscillating-loss", case(curves=(curve_of(noisy),))) == []
    assert findings_of("diverging-loss", case(curves=(curve_of(noisy),))) == []


def test_a_steep_drop_and_a_plateau_are_no_proof_of_a_high_rate():
    """A note on the plateau; the rate is judged by the size of its steps."""
    values = 1.0 + (LN10 - 1.0) * np.exp(-np.arange(300) / 5) + np.random.default_rng(0).normal(0, 0.02, 300)

    assert findings_of("learning-rate-too-high", case(curves=(curve_of(values),))) == []
    assert [each.severity for each in findings_of("plateaued-loss", case(curves=(curve_of(values),)))] == ["note"]
