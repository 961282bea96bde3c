"""evaluated-on-training-data: a net is scored on the loader that it was trained with. Whole runs, as a user would make them."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest

TRAINED = """
import copy
import numpy as np
import torch
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import scale
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X, y = load_breast_cancer(return_X_y=True)
rows = TensorDataset(torch.tensor(scale(X), dtype=torch.float32), torch.tensor(y))
part, rest = torch.utils.data.random_split(rows, [0.8, 0.2])
chosen = {data}
loader = DataLoader(chosen, batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.003)
for epoch in range(4):
    for x, target in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), target).backward()
        optimizer.step()

def score(name, batches, model):
    model.eval()
    guessed, true = [], []
    with torch.no_grad():
        for x, target in batches:
            guessed.append(model(x).argmax(dim=1).numpy())
            true.append(target.numpy())
    print(name, accuracy_score(np.concatenate(true), np.concatenate(guessed)))
"""


def findings(folder, data: str, ending: str) -> list[dict]:
    """What `rung run` says of rows that were scored."""
    path, written = folder / "train.py", folder / "report.json"
    path.write_text(TRAINED.replace("{data}", data) + textwrap.dedent(ending))
    command = [sys.executable, "-m", "rung", "run", "--select", "E101", "--output", str(written), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(written.read_text())["findings"]


def test_the_training_loader_is_no_test_set(tmp_path):
    """By the rows' content, whatever the loop calls them."""
    found = findings(tmp_path, "rows", 'score("test accuracy", loader, net)')

    assert [each["code"] for each in found] == ["E101"]
    assert "accuracy_score = 0.9" in found[0]["message"]
    assert found[0]["severity"] == "error"


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        ("part", 'score("train", loader, net)\nscore("test", DataLoader(rest, batch_size=32), net)'),
        ("part", 'score("train", loader, net)\nscore("test", DataLoader(rest, batch_size=32), copy.deepcopy(net))'),
        ("part", 'score("test", DataLoader(rest, batch_size=32), net)'),
        ("rows", "model = LogisticRegression(max_iter=5000).fit(X[::2], y[::2])\nprint(accuracy_score(y[1::2], model.predict(X[1::2])))"),
    ],
    ids=["both", "a copy of the net", "held-out rows", "another model"],
)
def test_silent_where_other_rows_are_scored(tmp_path, data, ending):
    """A training score beside an honest one, by the net or a copy of it; held-out rows alone; a model of another library."""
    assert findings(tmp_path, data, ending) == []
