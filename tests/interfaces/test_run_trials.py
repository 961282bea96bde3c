"""Edits on trial: a run makes each edit in a copy, runs that, and reports what became of the fault and of the score."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from rung.core.finding import Finding, Remedy, Severity, Subject, Verdict
from rung.interfaces import run_trials
from rung.interfaces.run_trials import Tried, outcome, settled
from rung.interfaces.script import run

SCALED = """
from sklearn.datasets import load_wine
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
X, y = load_wine(return_X_y=True)
Z = StandardScaler().fit_transform(X)
a, b, c, d = train_test_split(Z, y, random_state=0)
print(accuracy_score(d, KNeighborsClassifier().fit(a, c).predict(b)))
"""
FINDING = Finding(
    subject=Subject(kind="line"),
    message="",
    remedy=Remedy(fix="", patch="--- a\n+++ b\n"),
    code="P101",
    key="P101:x",
    severity=Severity.WARNING,
)


def test_a_run_confirms_its_edit_and_measures_the_score_anew(tmp_path, monkeypatch):
    """The copy is mended, the user's script is not."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(SCALED, encoding="utf-8")

    report = run("train.py", select=("P101",))

    (found,) = report.find("preprocessing-leakage")
    assert found.verdict is Verdict.CONFIRMED
    assert "gone in the edited copy" in found.verdict_reason
    assert "+a = step.fit_transform(a)" in (found.remedy.patch or "")
    assert report.outcome_of(found) is not None
    assert (tmp_path / "train.py").read_text(encoding="utf-8") == SCALED


@pytest.mark.parametrize("change", ["import socket\n", "raise SystemExit(3)\n"])
def test_scripts_that_reach_outside_or_fail_are_not_run_again(change, tmp_path, monkeypatch):
    """Nothing is tried behind the author's back."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(SCALED + change, encoding="utf-8")
    monkeypatch.setattr(run_trials, "tried", lambda *_: pytest.fail("it was run again"))

    (found,) = run("train.py", select=("P101",)).find("preprocessing-leakage")

    assert found.verdict is Verdict.SUSPECTED


def test_an_edit_that_does_not_hold_is_not_shown():
    """The finding stays, its diff goes."""
    found = settled(FINDING, Tried(ran=True, gone=False, why="the edited copy still shows it"))

    assert (found.verdict, found.remedy.patch) == (Verdict.INCONCLUSIVE, None)


def test_an_edit_that_breaks_the_script_says_nothing_of_the_fault():
    """Its diff goes, the finding is as it was."""
    found = settled(FINDING, Tried(ran=False, gone=False, failed=True, why="the edited copy failed: NameError"))

    assert (found.verdict, found.verdict_reason, found.remedy.patch) == (Verdict.SUSPECTED, "", None)


def test_a_verdict_by_measurement_outlives_a_copy_that_failed():
    """An experiment on the tables confirmed it already."""
    known = replace(FINDING, verdict=Verdict.CONFIRMED, verdict_reason="measured")

    found = settled(known, Tried(ran=False, gone=False, why="the edited copy took too long"))

    assert found.verdict is Verdict.CONFIRMED
    assert found.verdict_reason == "measured; the edited copy took too long"


@pytest.mark.parametrize(("after", "words"), [(0.70, "0.7 there"), (0.899, "within the noise"), (0.99, "not the way")])
def test_the_reason_says_how_the_score_moved(after, words):
    """Down by more than the noise of 400 rows, not beyond it, or up where a leak would make it fall."""
    result = Tried(
        ran=True, gone=True, why="the finding is gone in the edited copy", metric="accuracy_score", before=0.9, after=after, n=400
    )

    assert words in settled(FINDING, result).verdict_reason
    told = outcome(FINDING, result)
    assert told is not None
    assert told.expected == "falls"


def test_a_notebook_with_magics_is_tried_cell_after_cell(tmp_path, monkeypatch):
    """What is no Python is left out of the copy, which runs as a script."""
    monkeypatch.chdir(tmp_path)
    cells = ["%matplotlib inline\n" + SCALED.split("Z =", maxsplit=1)[0], "Z =" + SCALED.split("Z =")[1]]
    made = [{"cell_type": "code", "metadata": {}, "source": each, "outputs": [], "execution_count": None} for each in cells]
    (tmp_path / "train.ipynb").write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")

    (found,) = run("train.ipynb", select=("P101",)).find("preprocessing-leakage")

    assert found.verdict is Verdict.CONFIRMED
