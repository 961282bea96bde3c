"""A step that went wrong is taken again in another process, bit for bit."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from rung.core.errors import BadInput  # noqa: E402
from rung.record.torch.capsule import load_capsule  # noqa: E402
from rung.record.torch.replay import replay  # noqa: E402
from rung.record.torch.watching import watching  # noqa: E402

SCRIPT = """
import sys
import torch
from torch import nn
import rung

torch.manual_seed(0)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.norm, self.drop, self.head = nn.Linear(4, 16), nn.BatchNorm1d(16), nn.Dropout(0.3), nn.Linear(16, 1)

    def forward(self, x):
        return self.head(self.drop(torch.relu(self.norm(self.first(x)))))

model = Net()
inputs = torch.randn(400, 4)
targets = inputs.sum(1, keepdim=True)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
with rung.watch(model, optimizer=optimizer, on_finding="ignore", flight=sys.argv[1], probes=False) as run:
    for step in range(120):
        rows = torch.randint(0, 400, (16,))
        batch, goal = inputs[rows], targets[rows]
        if step == 71:
            batch[3, 1] = float('nan')
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(batch), goal)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
"""


class Net(nn.Module):
    """Batch norm and dropout."""

    def __init__(self):
        super().__init__()
        self.first, self.norm, self.drop, self.head = nn.Linear(4, 16), nn.BatchNorm1d(16), nn.Dropout(0.3), nn.Linear(16, 1)

    def forward(self, x):
        return self.head(self.drop(torch.relu(self.norm(self.first(x)))))


def fly(run, model, optimizer, spoil):
    """A loop with clipping; `spoil` may change a batch or raise."""
    inputs = torch.randn(400, 4)
    targets = inputs.sum(1, keepdim=True)
    with run:
        for step in range(120):
            rows = torch.randint(0, 400, (16,))
            batch, goal = spoil(step, inputs[rows], targets[rows])
            optimizer.zero_grad()
            nn.functional.mse_loss(model(batch), goal).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()


def bad_input(step, batch, goal):
    if step == 71:
        batch[3, 1] = float("nan")
    return batch, goal


def bad_target(step, batch, goal):
    if step == 40:
        goal[5] = float("inf")
    return batch, goal


def crash(step, batch, goal):
    if step == 55:
        raise RuntimeError("stop")
    return batch, goal


def interrupt(step, batch, goal):
    if step == 33:
        raise KeyboardInterrupt
    return batch, goal


def overflow(step, batch, goal):
    return batch, goal * 1e30 if step > 60 else goal


OPTIMIZERS = {
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.01),
    "momentum": lambda parameters: torch.optim.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=1e-4),
    "adamw": lambda parameters: torch.optim.AdamW(parameters, lr=0.01, amsgrad=True),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    ("spoil", "phase"), [(bad_input, "input"), (bad_target, "target"), (crash, None), (interrupt, None), (overflow, "loss")]
)
def test_every_capsule_is_taken_again_bit_for_bit(spoil, phase, optimizer, tmp_path):
    """Batch norm, dropout, clipping, from a copy of the weights some steps before."""
    torch.manual_seed(0)
    model = Net()
    moved = OPTIMIZERS[optimizer](model.parameters())
    run = watching(model, optimizer=moved, probes=False, flight=tmp_path)
    with contextlib.suppress(RuntimeError, KeyboardInterrupt):
        fly(run, model, moved, spoil)
    found = replay(load_capsule(run.capsule))

    assert found.same is True
    assert len(found.losses) >= 1
    assert (found.first_bad.phase if found.first_bad is not None else None) == phase


def test_the_command_shows_the_first_bad_tensor_in_another_process(tmp_path):
    """A model defined in the script itself, taken again by the command, which asks for trust first."""
    script = tmp_path / "train.py"
    script.write_text(SCRIPT)
    subprocess.run([sys.executable, str(script), str(tmp_path / "capsules")], capture_output=True, text=True, check=False)
    path = str(next((tmp_path / "capsules").glob("*.capsule")))
    refused = subprocess.run([sys.executable, "-m", "rung", "replay", path], capture_output=True, text=True, check=False)
    ran = subprocess.run(
        [sys.executable, "-m", "rung", "replay", path, "--trust", "--format", "json"], capture_output=True, text=True, check=False
    )
    document = json.loads(ran.stdout)

    assert (refused.returncode, "--trust" in refused.stderr) == (2, True)
    assert (ran.returncode, document["same"], document["step"]) == (0, True, 72)
    assert (document["first_bad"]["phase"], document["first_bad"]["rows"]) == ("input", [3])


def test_another_file_is_refused(tmp_path):
    """A checkpoint is no capsule."""
    torch.save({"a": 1}, tmp_path / "model.pt")

    with pytest.raises(BadInput, match="no capsule"):
        load_capsule(tmp_path / "model.pt")


def test_accumulation_is_taken_again(tmp_path):
    """Several backward passes a step, the loss divided."""
    torch.manual_seed(0)
    model, inputs = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1)), torch.randn(64, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def loop():
        for step in range(90):
            if step == 70:
                raise ValueError("stop")
            (nn.functional.mse_loss(model(inputs[step % 4 * 16 :][:16]).squeeze(1), inputs[step % 4 * 16 :][:16, 0]) / 3).backward()
            if step % 3 == 2:
                optimizer.step()
                optimizer.zero_grad()

    run = watching(model, optimizer=optimizer, probes=False, flight=tmp_path)
    with pytest.raises(ValueError, match="stop"), run:
        loop()
    found = replay(load_capsule(run.capsule))

    assert found.same is True
    assert len(found.losses) > 1


def test_a_run_that_ends_well_writes_nothing(tmp_path):
    """No file is left where nothing went wrong."""
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with watching(model, optimizer=optimizer, probes=False, flight=tmp_path / "none") as run:
        for _ in range(40):
            optimizer.zero_grad()
            nn.functional.mse_loss(model(torch.ones(8, 4)), torch.ones(8, 1)).backward()
            optimizer.step()

    assert run.capsule is None
    assert not (tmp_path / "none").exists()
