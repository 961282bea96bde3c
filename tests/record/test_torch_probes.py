"""Active tests on copies answer rightly for sound models and for broken ones."""

from __future__ import annotations

import math
import warnings

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, Dataset, TensorDataset  # noqa: E402

from rung.record.torch.watching import watching  # noqa: E402


def probes(model, inputs, targets, loss=nn.functional.cross_entropy, steps=8, rate=0.05):
    """Train for a few steps, then what the probes said."""
    torch.manual_seed(0)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    with watching() as run:
        for _ in range(steps):
            optimizer.zero_grad()
            loss(model(inputs), targets).backward()
            optimizer.step()
    history = run.history()
    assert history.notes == ()
    return history.probes


def classes(n=24):
    generator = torch.Generator().manual_seed(1)
    inputs = torch.randn(n, 6, generator=generator)
    return inputs, (inputs[:, 0] > 0).long() + (inputs[:, 1] > 0).long()


def mlp(*between):
    return nn.Sequential(nn.Linear(6, 16), *between, nn.ReLU(), nn.Linear(16, 3))


class Mixer(nn.Module):
    """Reshapes rows into one another before its head."""

    def __init__(self):
        super().__init__()
        self.first, self.mix, self.head = nn.Linear(6, 16), Turn(), nn.Linear(16, 3)

    def forward(self, x):
        return self.head(self.mix(torch.relu(self.first(x))))


class Turn(nn.Module):
    """`view` where a transposition was meant."""

    def forward(self, x):
        return x.t().reshape(x.shape)


class Language(nn.Module):
    """Token model with or without a causal mask."""

    def __init__(self, *, causal):
        super().__init__()
        self.causal = causal
        self.embedding, self.head = nn.Embedding(12, 16), nn.Linear(16, 12)
        self.block = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)

    def forward(self, tokens):
        mask = nn.Transformer.generate_square_subsequent_mask(tokens.shape[1]) if self.causal else None
        return self.head(self.block(self.embedding(tokens), src_mask=mask)).transpose(1, 2)


class TestRows:
    """Rows of a batch."""

    @pytest.mark.parametrize("model", [mlp(), mlp(nn.BatchNorm1d(16)), mlp(nn.Dropout(0.5)), mlp(nn.LayerNorm(16))])
    def test_sound_models_do_not_mix(self, model):
        found = probes(model, *classes()).row_mixing

        assert (found.rows, found.coupled_share, found.strength, found.permuted_share) == (24, 0, 0, 0)

    def test_a_reshape_mixes_and_is_located(self):
        found = probes(Mixer(), *classes()).row_mixing

        assert found.coupled_share > 0.5
        assert (found.first_layer, found.first_type) == ("mix", "Turn")
        assert found.permuted_share > 0.5

    @pytest.mark.parametrize(("batch_first", "mixes"), [(True, False), (False, True)])
    def test_a_recurrent_net_with_the_wrong_axis(self, batch_first, mixes):
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn, self.head = nn.GRU(6, 8, batch_first=batch_first), nn.Linear(8, 3)

            def forward(self, x):
                return self.head(self.rnn(x)[0][:, -1])

        inputs, targets = classes()
        found = probes(Net(), torch.stack([inputs] * 5, dim=1), targets).row_mixing

        assert (found.coupled_share > 0) == mixes
        assert found.first_layer == ("rnn" if mixes else "")

    def test_sequence_first_input_is_right_when_the_targets_say_so(self):
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn, self.head = nn.GRU(6, 8), nn.Linear(8, 3)

            def forward(self, x):
                return self.head(self.rnn(x)[0][-1])

        inputs, targets = classes()
        found = probes(Net(), torch.stack([inputs] * 5, dim=0), targets).row_mixing

        assert found is None or found.coupled_share == 0


class TestSequences:
    """Positions of a sequence."""

    def tokens(self):
        return torch.randint(0, 12, (8, 10), generator=torch.Generator().manual_seed(2))

    @pytest.mark.parametrize(("causal", "share"), [(True, 0), (False, 1)])
    def test_a_mask_hides_the_future(self, causal, share):
        tokens = self.tokens()
        found = probes(Language(causal=causal), tokens[:, :-1], tokens[:, 1:]).future_tokens

        assert (found.future_share, found.past_share, found.target_is_next) == (share, 1, 1)
        assert found.first_layer == ("" if causal else "block.self_attn")

    def test_a_target_that_was_not_shifted(self):
        tokens = self.tokens()
        found = probes(Language(causal=True), tokens, tokens).future_tokens

        assert found.target_is_same == 1
        assert found.target_is_next < 0.5

    def test_a_table_is_no_sequence(self):
        assert probes(mlp(), *classes()).future_tokens is None


class TestPasses:
    """The same batch twice, zeros, one batch by heart."""

    def test_a_dropout_that_is_always_on(self):
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.first, self.drop, self.head = nn.Linear(6, 16), Always(), nn.Linear(16, 3)

            def forward(self, x):
                return self.head(self.drop(self.first(x)))

        class Always(nn.Module):
            def forward(self, x):
                return nn.functional.dropout(x, 0.5)

        found = probes(Net(), *classes()).two_passes

        assert found.difference > 0.1
        assert found.first_layer == "drop"
        assert found.loss_difference > 0

    def test_a_sound_model_answers_twice_the_same(self):
        found = probes(mlp(nn.Dropout(0.5)), *classes()).two_passes

        assert (found.difference, found.loss_difference, found.first_layer) == (0, 0, "")

    def test_inputs_that_are_used(self):
        found = probes(mlp(), *classes(), steps=60).zeroed_input

        assert found.loss < found.loss_zeroed
        assert found.loss < found.loss_shuffled
        assert found.output_change > 0.1

    def test_inputs_that_are_not_used(self):
        class Deaf(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.Linear(6, 3)

            def forward(self, x):
                return self.first(x * 0)

        assert probes(Deaf(), *classes()).zeroed_input.output_change == 0

    def test_one_batch_is_learnt_by_heart(self):
        found = probes(mlp(nn.Dropout(0.5)), *classes()).overfit_batch

        assert found.rows == 16
        assert found.end < 0.1 * found.constant
        assert found.share_right == 1

    def test_a_model_that_cannot_learn_does_not(self):
        class Blind(nn.Module):
            def __init__(self):
                super().__init__()
                self.bias = nn.Parameter(torch.zeros(3))

            def forward(self, x):
                return self.bias.expand(len(x), 3)

        found = probes(Blind(), *classes()).overfit_batch

        assert found.end == pytest.approx(found.constant, rel=0.02)

    def test_contradictory_targets_have_a_floor(self):
        inputs, _ = classes(16)
        inputs[8:] = inputs[:8]
        found = probes(mlp(), inputs, torch.tensor([0] * 8 + [1] * 8)).overfit_batch

        assert found.floor == pytest.approx(math.log(2))
        assert found.end > 0.9 * found.floor

    def test_the_first_loss_against_chance(self):
        found = probes(mlp(), *classes()).initial_loss

        assert found.evaluated == pytest.approx(found.loss)
        assert found.expected < math.log(3)
        assert abs(found.loss - math.log(3)) < 0.3

    def test_views_between_output_and_loss_are_followed(self):
        inputs, targets = classes()
        model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))
        found = probes(
            model,
            inputs,
            (targets > 0).float(),
            loss=lambda given, goal: nn.functional.binary_cross_entropy(torch.sigmoid(given).squeeze(1), goal),
        )

        assert found.overfit_batch.end < 0.2 * found.overfit_batch.constant

    def test_a_loss_built_by_hand_is_said_to_be_out_of_reach(self):
        inputs, _ = classes()
        found = probes(nn.Linear(6, 1), inputs, inputs[:, :1], loss=lambda given, goal: ((given - goal) ** 2).mean())

        assert found.overfit_batch is None
        assert "overfit_batch" in found.skipped
        assert found.row_mixing.coupled_share == 0


class TestPairs:
    """Pairs of batches against pairs of the dataset."""

    def loop(self, loader):
        model = mlp()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with watching() as run:
            for _ in range(2):
                for inputs, targets in loader:
                    optimizer.zero_grad()
                    nn.functional.cross_entropy(model(inputs), targets).backward()
                    optimizer.step()
        return run.history().probes.pairing

    def test_a_plain_loader_keeps_them(self):
        found = self.loop(DataLoader(TensorDataset(*classes(96)), batch_size=16, shuffle=True))

        assert found.compared == 96
        assert found.changed == 0

    def test_a_collate_that_shuffles_targets_parts_them(self):
        def collate(rows):
            inputs, targets = zip(*rows, strict=True)
            return torch.stack(inputs), torch.stack(targets)[torch.randperm(len(rows))]

        found = self.loop(DataLoader(TensorDataset(*classes(96)), batch_size=16, shuffle=True, collate_fn=collate))

        assert found.changed > 30
        assert found.where.file.endswith("test_torch_probes.py")

    def test_augmentation_is_told_apart(self):
        class Noisy(Dataset):
            def __len__(self):
                return 32

            def __getitem__(self, i):
                return torch.randn(6), torch.tensor(i % 3)

        assert self.loop(DataLoader(Noisy(), batch_size=16)).augmented


def test_probes_repeat_no_warnings():
    """What the loop's own losses warn of is shown as often as without rung: once for each of them."""
    inputs, _ = classes()
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        probes(mlp(), inputs, torch.rand(24, 1), loss=nn.functional.mse_loss, steps=5)

    assert len([each for each in shown if "target size" in str(each.message)]) == 5
