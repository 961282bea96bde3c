"""run-twice: the script itself is run again, in a copy, and what it prints decides."""

from __future__ import annotations

import pytest

from cases.programs import run_text
from rung.core.finding import Severity, Verdict
from rung.engine.run import investigate
from rung.inputs.case import Case
from rung.inputs.settings import Settings

HEAD = """
import numpy as np
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

X, y = load_wine(return_X_y=True)
"""
DRAWN = "a, b, c, d = train_test_split(X, y)\nprint('score', RandomForestClassifier(3, random_state=0).fit(a, c).score(b, d), np.mean(b))\n"
NOT_FELT = "a, b, c, d = train_test_split(X, y, random_state=0)\nprint(f'score {RandomForestClassifier(1, bootstrap=False, max_features=None, max_depth=1).fit(a, c).score(b, d):.3f}')\n"


def finding_on(folder, monkeypatch, text):
    """The one finding on a script run in a folder of its own."""
    monkeypatch.chdir(folder)
    (trace,) = run_text(folder, HEAD + text).inputs
    (found,) = investigate(Case(trace, Settings(select=("P401",))), Settings(select=("P401",))).findings
    return found


def test_scores_that_differ_prove_the_chance(tmp_path, monkeypatch):
    """A split without a seed; what the script writes in its two more runs goes to copies."""
    found = finding_on(tmp_path, monkeypatch, DRAWN + "with open('log.txt', 'a') as log: log.write('once ')\n")

    assert (found.verdict, found.severity) == (Verdict.CONFIRMED, Severity.WARNING)
    assert (tmp_path / "log.txt").read_text() == "once "


def test_equal_scores_make_it_a_note(tmp_path, monkeypatch):
    """A forest of one stump that sees all rows and columns draws, but its score does not feel it."""
    found = finding_on(tmp_path, monkeypatch, NOT_FELT)

    assert (found.verdict, found.severity) == (Verdict.REFUTED, Severity.NOTE)


@pytest.mark.parametrize("line", ["import smtplib", "open('once', 'x').close()"], ids=["reaches outside", "fails the second time"])
def test_what_cannot_be_told_stays_a_suspicion(line, tmp_path, monkeypatch):
    """No verdict on scripts that speak to the world, or that cannot run again."""
    found = finding_on(tmp_path, monkeypatch, DRAWN + line)

    assert (found.verdict, found.severity) == (Verdict.UNTESTABLE, Severity.WARNING)
