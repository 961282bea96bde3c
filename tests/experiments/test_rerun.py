"""Fixes tried on the run itself: its first steps again, with one thing changed."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

import rung
from rung.core.errors import Unavailable
from rung.inputs.rerun import Change

DATA = load_digits()
X, Y = torch.tensor(DATA.data, dtype=torch.float32) / 16, torch.tensor(DATA.target)


def plain(*last: nn.Module) -> nn.Sequential:
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10), *last)


def sigmoids() -> nn.Sequential:
    middle = [part for _ in range(6) for part in (nn.Linear(32, 32), nn.Sigmoid())]
    return nn.Sequential(nn.Linear(64, 32), nn.Sigmoid(), *middle, nn.Linear(32, 10))


@cache
def watched(kind: str):
    """A watched run of 80 steps with one fault."""
    torch.manual_seed(0)
    model = {"softmax": lambda: plain(nn.Softmax(dim=1)), "sigmoids": sigmoids}.get(kind, plain)()
    rate = {"high": 5.0, "low": 1e-6, "added": 1.0}.get(kind, 1e-2)
    optimizer = (torch.optim.SGD if kind in ("cut", "divided", "added") else torch.optim.Adam)(model.parameters(), lr=rate)
    criterion = nn.NLLLoss() if kind == "likelihood" else nn.CrossEntropyLoss()
    x = X * 3000 if kind == "raw" else X
    run = rung.watch(model, optimizer=optimizer, on_finding="ignore", live=False)
    for turn in range(320 if kind == "added" else 80):
        rows = torch.randint(len(x), (32,))
        if kind != "added" or turn % 8 == 0:
            optimizer.zero_grad()
        loss = criterion(model(x[rows]), Y[rows])
        (loss / 1000 if kind == "divided" else loss).backward()
        if kind == "cut":
            nn.utils.clip_grad_value_(model.parameters(), 1e-7)
        if kind != "idle" and (kind != "added" or turn % 8 == 7):
            optimizer.step()
    run.close()
    return run


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("high", "learning-rate-too-high"),
        ("softmax", "output-activation-mismatch"),
        ("raw", "unnormalised-inputs"),
        ("likelihood", "wrong-loss"),
        ("idle", "optimizer-never-steps"),
        ("cut", "over-clipped-gradients"),
        ("divided", "learning-rate-too-low"),
        ("added", "gradient-accumulation-bug"),
    ],
)
def test_the_fix_is_proven_and_the_fault_stands_first(kind, name):
    """Confirmed against the luck of another order of batches."""
    report = watched(kind).try_fixes(budget=60.0)
    first = report.findings[0]

    assert (first.name, first.verdict) == (name, "confirmed")
    outcome = next(each for each in report.outcomes if each.key == first.key)
    assert outcome.difference.low > 0
    assert outcome.placebo is not None


def test_nothing_of_the_users_is_touched():
    """Weights, gradients and the random state are what they were."""
    run = watched("low")
    model = run.watching.rerun
    state, weights = torch.get_rng_state(), model is not None

    run.watching.rerun.take(Change(sound_loop=True), 5, 0)

    assert weights
    assert torch.equal(state, torch.get_rng_state())


def test_is_the_same_again():
    """Same change, same seed, same losses."""
    rerun = watched("high").watching.rerun
    one, two = (rerun.take(Change(rate=0.1), 20, 3) for _ in range(2))

    assert one.losses.tolist() == two.losses.tolist()


def test_an_activation_inside_forward_cannot_be_taken_out():
    """And it says so."""
    rerun = watched("low").watching.rerun

    with pytest.raises(Unavailable, match="written into forward"):
        rerun.take(Change(strip_activation=True), 5, 0)


def test_a_file_has_no_live_run(tmp_path):
    """The experiment is untestable, with the reason."""
    from rung.interfaces.training import report_on_history

    report = report_on_history(watched("low").history, budget=5.0)

    assert report.findings[0].verdict == "untestable"
    assert "live training run" in report.findings[0].verdict_reason
