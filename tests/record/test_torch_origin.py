"""The origin of NaN and infinity is named: input row, parameter, operation, loss."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from rung.record.torch.watching import watching  # noqa: E402


class Net(nn.Module):
    """Two layers with an operation of choice in between."""

    def __init__(self, between=torch.relu):
        super().__init__()
        self.first, self.second, self.between = nn.Linear(4, 8), nn.Linear(8, 1), between

    def forward(self, x):
        return self.second(self.between(self.first(x)))


def origin(model, *, loss=nn.functional.mse_loss, spoil=None, steps=6, rate=0.01, targets=None):
    """Train, spoil the batch before step 4, and return where the bad value began."""
    torch.manual_seed(0)
    inputs = torch.randn(16, 4)
    goal = torch.randn(16, 1) if targets is None else targets
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    with watching(probes=False) as run:
        for step in range(steps):
            batch, target = inputs.clone(), goal.clone()
            if step == 3 and spoil is not None:
                spoil(batch, target, model)
            optimizer.zero_grad()
            loss(model(batch), target).backward()
            optimizer.step()
    return run.history().non_finite


def test_an_input_row_and_column():
    def spoil(batch, _target, _model):
        batch[5, 2] = float("nan")

    found = origin(Net(), spoil=spoil)

    assert (found.step, found.phase, found.value, found.rows, found.channels) == (4, "input", "nan", (5,), (2,))


def test_a_target():
    def spoil(_batch, target, _model):
        target[7] = float("inf")

    found = origin(Net(), spoil=spoil)

    assert (found.step, found.phase, found.rows) == (4, "target", (7,))


def test_a_parameter():
    def spoil(_batch, _target, model):
        with torch.no_grad():
            model.second.weight[0, 0] = float("nan")

    found = origin(Net(), spoil=spoil)

    assert (found.step, found.phase, found.parameter) == (4, "parameter", "second.weight")


def test_an_operation_within_the_model_with_its_line():
    def log(x):
        return torch.log(x)

    found = origin(Net(log))

    assert (found.step, found.phase, found.op, found.module) == (1, "forward", "log", "")
    assert found.where.file.endswith("test_torch_origin.py")
    assert found.input_low < 0


def test_a_mask_of_minus_infinity_is_no_fault():
    def masked(x):
        return x * torch.softmax(x.masked_fill(torch.arange(8) > 4, float("-inf")), dim=-1)

    def spoil(batch, _target, _model):
        batch[5, 2] = float("nan")

    assert origin(Net(masked), spoil=spoil).phase == "input"
    assert origin(Net(masked)) is None


def test_the_loss_s_own_logarithm():
    found = origin(Net(), loss=lambda given, _target: -torch.log(torch.relu(given)).mean())

    assert (found.step, found.phase, found.op) == (1, "loss", "log")
    assert found.input_low <= 0


def test_a_run_that_diverges_ends_in_infinite_parameters_or_outputs():
    found = origin(Net(), rate=1e6, steps=40)

    assert found.phase in ("parameter", "forward", "loss")
    assert found.step > 2


def test_the_search_changes_nothing():
    def spoil(batch, _target, _model):
        batch[5, 2] = 1e30

    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 1))
    before = torch.get_rng_state()
    origin(model, spoil=spoil)
    state = torch.get_rng_state()
    buffers = [each.clone() for each in model.buffers()]
    torch.manual_seed(3)
    twin = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 1))
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(0)
    inputs, goal = torch.randn(16, 4), torch.randn(16, 1)
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.01)
    for step in range(6):
        batch = inputs.clone()
        if step == 3:
            batch[5, 2] = 1e30
        optimizer.zero_grad()
        nn.functional.mse_loss(twin(batch), goal).backward()
        optimizer.step()

    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(a, b) or bool((a != a).any()) for a, b in zip(buffers, twin.buffers(), strict=True))


def test_a_root_whose_slope_is_infinite_at_zero():
    """The loss is finite, and no gradient is: distances of rows to themselves."""

    def spread(output, _target):
        return ((output - output.T) ** 2).sqrt().mean()

    found = origin(Net(), loss=spread)

    assert (found.step, found.phase, found.op, found.value) == (1, "backward", "sqrt", "nan")
