"""What the recorder sees of loops as people write them, and that it leaves no trace."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from rung.record.torch.watching import watching  # noqa: E402


def mlp(*, head: nn.Module | None = None) -> nn.Sequential:
    """A small classifier of two features."""
    return nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3), *([head] if head is not None else []))


def rows(n: int = 96) -> tuple[torch.Tensor, torch.Tensor]:
    """Features and three classes that follow from them."""
    inputs = torch.randn(n, 4, generator=torch.Generator().manual_seed(1))
    return inputs, (inputs[:, 0] + inputs[:, 1] > 0).long() + (inputs[:, 2] > 0).long()


def train(model, *, steps: int = 12, zero: bool = True, optimizer=None, loss=nn.functional.cross_entropy, each=None):
    """A plain loop over batches of 16; returns the losses."""
    inputs, classes = rows()
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=0.1)
    losses = []
    for step in range(steps):
        batch = slice(step % 6 * 16, step % 6 * 16 + 16)
        if zero:
            optimizer.zero_grad()
        value = loss(model(inputs[batch]), classes[batch])
        value.backward()
        optimizer.step()
        losses.append(value.item())
        if each is not None:
            each(step)
    return losses


def train_within(run, model, **given):
    """A watched loop that may raise."""
    with run:
        train(model, **given)


def watched(make=mlp, **given):
    """The history and the losses of a watched loop."""
    torch.manual_seed(0)
    with watching(probes=False) as run:
        losses = train(make(), **given)
    return run.history(), losses


class TestWhatIsSeen:
    """The books of a healthy loop."""

    def test_the_curve_is_the_loop_s_own(self):
        history, losses = watched()

        assert history.curve("train").value.tolist() == losses

    def test_the_order_of_events_and_their_lines(self):
        history, _ = watched()
        pattern = history.loop.patterns[0]

        assert pattern.kinds == ("zero_grad", "forward", "loss", "backward", "step")
        assert pattern.count == 12
        lines = [each.line for each in pattern.where]
        assert lines == sorted(lines)
        assert pattern.where[0].file.endswith("test_torch_recorder.py")

    def test_layers_come_in_forward_order_with_their_lines(self):
        history, _ = watched()

        assert [(each.path, each.type_name, each.order) for each in history.layers] == [
            ("0", "Linear", 0),
            ("1", "ReLU", 1),
            ("2", "Linear", 2),
        ]
        assert {each.where.file.rpartition("/")[2] for each in history.layers} == {"test_torch_recorder.py"}

    def test_norms_agree_with_torch(self):
        torch.manual_seed(0)
        model, found = mlp(), []
        with watching(probes=False) as run:
            train(model, steps=4, each=lambda _: found.append(math.sqrt(sum(float(p.grad.norm() ** 2) for p in model.parameters()))))
        history = run.history()

        assert np.allclose(found, history.steps.gradient_norm[:4], rtol=1e-5)
        last = [float(p.detach().norm()) for p in model.parameters()]
        assert np.allclose(last, [each.norm[3] for each in history.parameters], rtol=1e-5)

    def test_every_parameter_changes_and_is_held(self):
        history, _ = watched()

        assert all(each.changed == each.seen > 0 for each in history.parameters)
        assert history.optimizers[0].missing == ()
        assert history.optimizers[0].strangers == 0

    def test_the_loss_call_is_read(self):
        history, losses = watched()
        loss = history.losses[0]

        assert (loss.name, loss.calls, loss.producer, loss.producer_output) == ("cross_entropy", 12, "2", True)
        assert loss.input_shape == (16, 3)
        assert loss.uniform_loss == pytest.approx(math.log(3))
        assert 0 < loss.constant_loss < loss.uniform_loss
        assert loss.values[0] == losses[0]

    def test_gradients_that_were_not_cleared_are_carried(self):
        clean, _ = watched()
        dirty, _ = watched(zero=False)

        assert np.nanmax(clean.steps.carried_norm) == 0
        assert (dirty.steps.carried_norm[1:] > 0).all()

    def test_a_unit_that_never_fires_has_no_activity(self):
        def half_dead():
            model = mlp()
            with torch.no_grad():
                model[0].bias[:5] = -100.0
            return model

        history, _ = watched(half_dead)

        assert (history.layer("1").unit_activity_last == 0).sum() == 5

    def test_functions_without_modules_are_layers(self):
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.first, self.second = nn.Linear(4, 8), nn.Linear(8, 3)

            def forward(self, x):
                return torch.log_softmax(self.second(torch.tanh(self.first(x))), dim=0)

        history, _ = watched(Net, loss=nn.functional.nll_loss)

        assert [each.path for each in history.layers] == ["first", "first>tanh", "second"]
        assert history.softmaxes[0].axis == 0
        assert history.softmaxes[0].feeds_loss

    def test_softmax_before_cross_entropy_is_in_the_rows(self):
        history, _ = watched(lambda: mlp(head=nn.Softmax(dim=1)))

        assert history.losses[0].input_rows_sum_to_one == 1
        assert history.losses[0].producer_type == "Softmax"


class TestWiring:
    """What a loop can get wrong shows in the books."""

    def test_a_layer_list_is_unregistered(self):
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden = [nn.Linear(4, 4)]
                self.out = nn.Linear(4, 3)
                self.scale = torch.ones(3, requires_grad=True)

            def forward(self, x):
                return self.out(self.hidden[0](x)) * self.scale

        history, _ = watched(Net)

        assert {(each.attribute, each.kind, each.used, each.held) for each in history.unregistered} == {
            ("hidden", "modules", True, False), ("scale", "tensor", True, False),
        }  # fmt: skip

    def test_an_optimizer_of_another_model(self):
        other = mlp()
        history, _ = watched(optimizer=torch.optim.SGD(other.parameters(), lr=0.1))

        assert history.optimizers[0].strangers == 4
        assert history.optimizers[0].missing == ("0.weight", "0.bias", "2.weight", "2.bias")

    def test_a_detach_cuts_the_graph(self):
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.first, self.second = nn.Linear(4, 8), nn.Linear(8, 3)

            def forward(self, x):
                return self.second(self.first(x).detach())

        history, _ = watched(Net)

        missing = {each.path: each.gradient_missing == each.seen for each in history.parameters}
        assert missing == {"first.weight": True, "first.bias": True, "second.weight": False, "second.bias": False}

    def test_a_rewrapped_loss_is_a_leaf(self):
        def rewrapped(given, target):
            return torch.tensor(nn.functional.cross_entropy(given, target).item(), requires_grad=True)

        history, _ = watched(loss=rewrapped)

        assert history.loop.leaf_losses == 12

    def test_a_stretched_difference_is_found_in_the_graph(self):
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.only = nn.Linear(4, 1)

            def forward(self, x):
                return self.only(x)

        history, _ = watched(Net, loss=lambda given, target: ((given - target.float()) ** 2).mean())

        assert history.losses[0].broadcast_shape == (16, 16)

    def test_validation_in_training_mode(self):
        model = mlp()
        inputs, classes = rows()

        def validate(_step):
            with torch.no_grad():
                nn.functional.cross_entropy(model(inputs), classes)

        torch.manual_seed(0)
        with watching(probes=False) as run:
            train(model, each=validate)
        loop = run.history().loop

        assert (loop.valid_calls, loop.valid_calls_in_train_mode) == (12, 12)
        assert loop.patterns[0].kinds == ("zero_grad", "forward", "loss", "backward", "step")

    def test_dropout_that_stays_on_in_evaluation(self):
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.only = nn.Linear(4, 3)

            def forward(self, x):
                return nn.functional.dropout(self.only(x), 0.5)

        model = Net()
        inputs, _ = rows()
        with watching(probes=False) as run:
            train(model)
            model.eval()
            with torch.no_grad():
                model(inputs)
        loop = run.history().loop

        assert loop.dropout_in_eval == 1
        assert loop.dropout_where is not None

    def test_training_in_evaluation_mode(self):
        def frozen_mode():
            return mlp().eval()

        history, _ = watched(frozen_mode)

        assert (history.loop.train_calls, history.loop.train_calls_in_eval_mode) == (12, 12)
        assert history.loop.valid_calls == 0


class TestLoaders:
    """Epochs, order and rows as a loader hands them out."""

    def run(self, *, shuffle: bool):
        model = mlp()
        loader = DataLoader(TensorDataset(*rows()), batch_size=32, shuffle=shuffle)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with watching(probes=False) as run:
            for _ in range(3):
                for inputs, classes in loader:
                    optimizer.zero_grad()
                    nn.functional.cross_entropy(model(inputs), classes).backward()
                    optimizer.step()
        return run.history().batches, run.history()

    def test_epochs_and_sampler(self):
        batches, history = self.run(shuffle=True)

        assert history.n_epochs == 3
        assert (batches.loader, batches.epoch_starts) == ("RandomSampler", (0, 3, 6))
        assert batches.row_repeats.tolist() == [3.0] * 96

    def test_the_same_order_has_the_same_fingerprints(self):
        batches, _ = self.run(shuffle=False)

        assert batches.fingerprints[:3].tolist() == batches.fingerprints[3:6].tolist()
        assert batches.loader == "SequentialSampler"


class TestNoTrace:
    """The loop is the same with and without rung."""

    @pytest.mark.parametrize(
        "make", [mlp, lambda: nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.GELU(), nn.Linear(8, 3))]
    )
    def test_losses_weights_and_random_state_are_equal_bit_for_bit(self, make):
        torch.manual_seed(0)
        plain_model = make()
        plain = train(plain_model, steps=40)
        state = torch.get_rng_state()
        torch.manual_seed(0)
        with watching():
            model = make()
            seen = train(model, steps=40)
            after = torch.get_rng_state()

        assert plain == seen
        assert all(torch.equal(a, b) for a, b in zip(plain_model.parameters(), model.parameters(), strict=True))
        assert torch.equal(state, after)

    def test_everything_is_put_back(self):
        before = (nn.Module.__call__, nn.Module._wrapped_call_impl.__code__, nn.functional.mse_loss.__code__, torch.Tensor.backward, nn.Module.train,
                  torch.optim.Optimizer.zero_grad, DataLoader.__iter__, nn.utils.clip_grad_norm_, nn.Module.__init__)  # fmt: skip
        watched()
        after = (nn.Module.__call__, nn.Module._wrapped_call_impl.__code__, nn.functional.mse_loss.__code__, torch.Tensor.backward, nn.Module.train,
                 torch.optim.Optimizer.zero_grad, DataLoader.__iter__, nn.utils.clip_grad_norm_, nn.Module.__init__)  # fmt: skip

        assert before == after

    def test_model_and_optimizer_are_copied_and_pickled_in_mid_run(self):
        model = mlp()
        optimizer = torch.optim.Adam(model.parameters())
        copies = []

        def copied(_step):
            copies.append(
                (copy.deepcopy(model), pickle.loads(pickle.dumps(model)), copy.deepcopy(optimizer), pickle.dumps(nn.functional.mse_loss))
            )

        with watching(probes=False):
            train(model, optimizer=optimizer, each=copied, steps=3)

        assert not any(name.startswith("_rung") for name in vars(copies[0][0]))
        assert all(torch.equal(a, b) for a, b in zip(copies[-1][0].parameters(), copies[-1][1].parameters(), strict=True))

    def test_an_exception_passes_through(self):
        def stop(step):
            if step == 3:
                raise RuntimeError("stop here")

        run = watching(probes=False)
        with pytest.raises(RuntimeError, match="stop here"):
            train_within(run, mlp(), each=stop)

        assert run.history().ended == "exception"
        assert run.history().exception == "RuntimeError: stop here"
        assert run.history().n_steps == 4

    def test_loader_workers_report_nothing(self):
        model = mlp()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        loader = DataLoader(TensorDataset(*rows()), batch_size=32, num_workers=1)
        with watching(probes=False) as run:
            for inputs, classes in loader:
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(inputs), classes).backward()
                optimizer.step()

        assert run.history().n_steps == 3
        assert run.history().notes == ()


class TestOddLoops:
    """Loops that are right and unusual."""

    def test_a_closure(self):
        model = mlp()
        optimizer = torch.optim.LBFGS(model.parameters(), max_iter=4)
        inputs, classes = rows()

        def closure():
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(inputs), classes)
            loss.backward()
            return loss

        with watching(probes=False) as run:
            for _ in range(3):
                optimizer.step(closure)
        history = run.history()

        assert history.optimizers[0].closure
        assert history.n_steps == 3
        assert history.loop.patterns[0].kinds[:4] == ("zero_grad", "forward", "loss", "backward")
        assert np.isfinite(history.steps.gradient_norm).all()

    def test_accumulation(self):
        model = mlp()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        inputs, classes = rows()
        with watching(probes=False) as run:
            for step in range(24):
                (nn.functional.cross_entropy(model(inputs[:16]), classes[:16]) / 4).backward()
                if step % 4 == 3:
                    optimizer.step()
                    optimizer.zero_grad()
        history = run.history()

        assert history.n_steps == 6
        assert set(history.steps.backwards) == {4}
        assert history.loop.backward_scale[:8] == pytest.approx(0.25)
        assert np.nanmax(history.steps.carried_norm) == 0

    def test_two_optimizers(self):
        body, head = nn.Linear(4, 8), nn.Linear(8, 3)
        model = nn.Sequential(body, head)
        optimizers = [torch.optim.SGD(body.parameters(), lr=0.1), torch.optim.Adam(head.parameters())]
        inputs, classes = rows()
        with watching(probes=False) as run:
            for _ in range(6):
                for each in optimizers:
                    each.zero_grad()
                nn.functional.cross_entropy(model(inputs), classes).backward()
                for each in optimizers:
                    each.step()
        history = run.history()

        assert [each.steps for each in history.optimizers] == [6, 6]
        assert history.optimizers[0].missing == ()
        assert all(each.changed for each in history.parameters)

    def test_a_scaler_and_autocast(self):
        model = mlp()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        scaler = torch.amp.GradScaler("cpu", init_scale=8.0)
        inputs, classes = rows()
        losses = []
        with watching(probes=False) as run:
            for _ in range(4):
                optimizer.zero_grad()
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    loss = nn.functional.cross_entropy(model(inputs), classes)
                losses.append(loss.item())
                scaler.scale(loss).backward()
                scaler.step(optimizer)
                scaler.update()
        history = run.history()

        assert history.curve("train").value.tolist() == losses
        assert set(history.steps.loss_scale) == {8.0}
        assert history.notes == ()

    def test_a_loop_without_an_optimizer_counts_backward_passes(self):
        model = mlp()
        inputs, classes = rows()
        with watching(probes=False) as run:
            for _ in range(80):
                loss = nn.functional.cross_entropy(model(inputs), classes)
                model.zero_grad()
                loss.backward()
                with torch.no_grad():
                    for each in model.parameters():
                        each.sub_(0.1 * each.grad)
        history = run.history()

        assert history.counted == "backward"
        assert history.n_steps > 20

    def test_a_compiled_model(self):
        torch.manual_seed(0)
        plain = train(torch.compile(mlp(), backend="eager"), steps=6)
        torch.manual_seed(0)
        with watching(probes=False) as run:
            seen = train(torch.compile(mlp(), backend="eager"), steps=6)
        history = run.history()

        assert plain == seen
        assert history.n_steps == 6
        assert all(each.changed for each in history.parameters)
        assert history.notes == ()

    def test_schedules_and_clipping(self):
        model = mlp()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        inputs, classes = rows()
        with watching(probes=False) as run:
            scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2)
            for _ in range(6):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(inputs), classes).backward()
                nn.utils.clip_grad_norm_(model.parameters(), 0.01)
                optimizer.step()
                scheduler.step()
        history = run.history()

        assert history.steps.rate[:, 0] == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001, 0.001])
        assert (history.schedulers[0].type_name, history.schedulers[0].calls, history.schedulers[0].cadence) == ("StepLR", 6, "step")
        assert (history.clipping[0].limit, history.clipping[0].clipped_share) == (0.01, 1.0)
        assert (history.steps.gradient_norm < 0.0101).all()
        assert (history.steps.gradient_norm_before > 0.02).all()


class TestLooseEnds:
    """What a loop drops or never gives a name is seen all the same."""

    def test_an_output_that_is_dropped_within_the_line_is_rehearsed(self):
        torch.manual_seed(0)
        model, tokens = nn.Sequential(nn.Embedding(7, 8), nn.Linear(8, 7)), torch.randint(0, 7, (8, 6))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with watching() as run:
            for _ in range(5):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(tokens).flatten(0, 1), tokens.flatten()).backward()
                optimizer.step()

        assert run.history().probes.future_tokens.target_is_same == 1.0
        assert run.recorder.holding is None

    def test_a_part_that_is_called_without_gradients_is_known_by_its_layers(self):
        torch.manual_seed(0)
        body, head = nn.Sequential(nn.Linear(4, 8), nn.ReLU()), nn.Linear(8, 3)
        inputs, classes = rows()
        optimizer = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.1)
        with watching(probes=False) as run:
            for _ in range(12):
                optimizer.zero_grad()
                with torch.no_grad():
                    features = body(inputs)
                nn.functional.cross_entropy(head(features), classes).backward()
                optimizer.step()
        still = [each for each in run.history().parameters if not each.changed]

        assert [(each.layer, each.gradient_missing == each.seen) for each in still] == [("Sequential.0", True)] * 2
        assert run.history().loop.valid_calls == 0

    def test_losses_of_two_nets_have_lines_of_their_own(self):
        torch.manual_seed(0)
        made, judge = nn.Linear(2, 2), nn.Linear(2, 1)
        first, second = torch.optim.Adam(made.parameters()), torch.optim.Adam(judge.parameters())
        binary, one = nn.BCEWithLogitsLoss(), torch.ones(8, 1)
        with watching(probes=False) as run:
            for _ in range(10):
                second.zero_grad()
                loss = binary(judge(torch.randn(8, 2)), one) + binary(judge(made(torch.randn(8, 2)).detach()), 1 - one)
                loss.backward()
                second.step()
                first.zero_grad()
                binary(judge(made(torch.randn(8, 2))), one).backward()
                first.step()

        assert len({each.where for each in run.history().losses}) == 2

    def test_a_framework_that_lists_parameters_at_the_top_is_not_touched_and_holds_nothing_unknown(self):
        class Lazy(nn.Module):
            """As Keras does it: layers in a plain list, parameters registered when somebody first asks for them, weights made at the first call."""

            def __init__(self):
                super().__init__()
                self.parts, self.asked = [nn.Linear(4, 8), nn.Linear(8, 3)], 0

            def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
                self.asked += 1
                return nn.Module.named_parameters(self, prefix, recurse, remove_duplicate)

            def forward(self, inputs):
                if not hasattr(self, "all"):
                    self.all = nn.ParameterDict({f"{i}/{n}": v for i, part in enumerate(self.parts) for n, v in part.named_parameters()})
                return self.parts[1](torch.relu(self.parts[0](inputs)))

        torch.manual_seed(0)
        model, (inputs, classes) = Lazy(), rows()
        with watching(probes=False) as run:
            model(inputs)  # builds
            for _ in range(80):
                nn.functional.cross_entropy(model(inputs), classes).backward()
                with torch.no_grad():
                    for each in model.all.values():
                        each.sub_(0.1 * each.grad)
                model.zero_grad()
            asked = model.asked
        history = run.history()

        assert asked <= 80  # by zero_grad alone
        assert history.unregistered == ()
        assert {each.layer for each in history.parameters} == {"all"}
        assert all(each.changed for each in history.parameters)
