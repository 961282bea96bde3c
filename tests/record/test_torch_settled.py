"""What is seen of a loop that has settled, where steps are only counted; and that no clock decides what is seen."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.utils.checkpoint import checkpoint  # noqa: E402

from rung.record.torch import schedule  # noqa: E402
from rung.record.torch.feed import Feed  # noqa: E402
from rung.record.torch.watching import watching  # noqa: E402

STEPS = 700


def rows(n: int = 96) -> tuple[torch.Tensor, torch.Tensor]:
    """Features and three classes that follow from them."""
    inputs = torch.randn(n, 4, generator=torch.Generator().manual_seed(1))
    return inputs, (inputs[:, 0] + inputs[:, 1] > 0).long() + (inputs[:, 2] > 0).long()


def loop(model, *, steps: int = STEPS, valid_every: int = 0):
    """A plain loop, long enough to settle; returns its losses."""
    inputs, classes = rows()
    optimizer, losses = torch.optim.SGD(model.parameters(), lr=0.05), []
    for step in range(steps):
        batch = slice(step % 6 * 16, step % 6 * 16 + 16)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(inputs[batch]), classes[batch])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if valid_every and step % valid_every == valid_every - 1:
            model.eval()
            with torch.no_grad():
                nn.functional.cross_entropy(model(inputs), classes)
            model.train()
    return losses


def net() -> nn.Module:
    """A small classifier."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))


def history(model=None, **given):
    """Of such a loop."""
    with watching(probes=False) as run:
        losses = loop(model or net(), **given)
    return run.history(), losses


class TestCounting:
    """Nothing is lost where steps are only counted."""

    def test_every_step_pass_and_loss_is_counted(self):
        seen, losses = history()

        assert seen.n_steps == seen.loop.steps == seen.loop.forwards == seen.loop.backwards == seen.loop.zero_grads == STEPS
        assert [(each.count, each.kinds[-1]) for each in seen.loop.patterns] == [(STEPS, "step")]
        np.testing.assert_allclose(seen.curve("train").value, losses)

    def test_validation_between_counted_steps_is_validation(self):
        seen, _ = history(valid_every=50)

        assert seen.loop.valid_calls == STEPS // 50
        assert seen.loop.forwards == STEPS

    def test_a_backward_pass_within_a_backward_pass_is_no_second_one(self):
        class Checkpointed(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.head = nn.Sequential(nn.Linear(4, 16), nn.ReLU()), nn.Linear(16, 3)

            def forward(self, inputs):
                return self.head(checkpoint(self.body, inputs.clone().requires_grad_(), use_reentrant=True))

        seen, _ = history(Checkpointed())

        assert seen.loop.backwards == STEPS

    def test_a_model_that_calls_itself_is_called_once(self):
        class Deep(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer, self.head = nn.Linear(4, 4), nn.Linear(4, 3)

            def forward(self, inputs, depth=2):
                inner = torch.tanh(self.layer(inputs))
                return self(inner, depth - 1) if depth else self.head(inner)

        seen, _ = history(Deep())

        assert seen.loop.forwards == STEPS


class TestClock:
    """A busy machine must see what an idle one sees."""

    def test_the_same_steps_and_batches_are_looked_at_on_a_slow_machine(self, monkeypatch):
        quick, _ = history(valid_every=100)
        ticks = itertools.count()
        monkeypatch.setattr(schedule, "thread_time", lambda: next(ticks) * 1e-2)  # every question of the time takes a hundredth
        slow, _ = history(valid_every=100)

        assert quick.steps.step.tolist() == slow.steps.step.tolist()
        assert quick.batches.fingerprints.tolist() == slow.batches.fingerprints.tolist()
        assert quick.batches.valid_row_hashes.tolist() == slow.batches.valid_row_hashes.tolist()

    def test_batches_are_looked_at_without_a_gap_and_up_to_a_bound(self):
        feed, batch = Feed(), torch.randn(64, 3, 64, 64)
        looked = []
        for _ in range(40):
            looked.append(feed.wants("train"))
            if looked[-1]:
                feed.batch("train", (batch,), {})

        assert looked == sorted(looked, reverse=True)
        assert 8 <= sum(looked) < 20

    def test_validation_is_looked_at_however_much_was_trained(self):
        feed, batch = Feed(), torch.randn(256, 3, 64, 64)
        while feed.wants("train"):
            feed.batch("train", (batch,), {})

        assert feed.wants("valid")
