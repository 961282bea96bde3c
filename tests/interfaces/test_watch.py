"""`rung.watch` and `rung check` from the outside."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

import rung  # noqa: E402
from cases.histories import healthy_run, run_without_zero_grad  # noqa: E402
from rung.core.errors import BadSetting  # noqa: E402
from rung.inputs.history_file import save_history  # noqa: E402
from rung.interfaces.watching import FindingRaised, FindingWarning  # noqa: E402


def data():
    inputs = torch.randn(128, 6, generator=torch.Generator().manual_seed(0))
    return inputs, (inputs.sum(1, keepdim=True) > 0).float()


def train(model, *, steps=24, each=None):
    """Sound but for what the model itself does."""
    inputs, targets = data()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for step in range(steps):
        rows = slice(step % 4 * 32, step % 4 * 32 + 32)
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(model(inputs[rows]), targets[rows])
        loss.backward()
        optimizer.step()
        if each is not None:
            each(step)


def sound():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))


def doubled():
    """A sigmoid in front of a loss that has its own."""
    return nn.Sequential(*sound(), nn.Sigmoid())


def names(report):
    return [each.name for each in report.findings if each.weight]


class TestWatch:
    """One call around a loop."""

    def test_a_wrong_pair_is_named_with_its_place(self):
        with rung.watch(on_finding="ignore", probes=False) as run:
            train(doubled())

        assert names(run.report)[0] == "output-activation-mismatch"
        assert run.report.findings[0].subject.where.file.endswith("test_watch.py")

    def test_a_sound_run_has_no_findings(self):
        with rung.watch(on_finding="ignore") as run:
            train(sound(), steps=80)

        assert names(run.report) == []

    def test_raise_stops_at_the_step(self):
        steps = []
        with pytest.raises(FindingRaised, match="output-activation-mismatch"), rung.watch(on_finding="raise", probes=False, flight=None):
            train(doubled(), each=steps.append)

        assert len(steps) < 8

    def test_warn_and_a_function_are_told_once(self):
        told = []
        with rung.watch(on_finding=told.append, probes=False):
            train(doubled(), steps=40)
        with warnings.catch_warnings(record=True) as caught, rung.watch(on_finding="warn", probes=False):
            warnings.simplefilter("always", FindingWarning)
            train(doubled(), steps=40)

        assert [each.name for each in told].count("output-activation-mismatch") == 1
        assert sum("output-activation-mismatch" in str(each.message) for each in caught) == 1

    def test_print_goes_to_standard_error(self, capsys):
        with rung.watch(probes=False):
            train(doubled())
        shown = capsys.readouterr()

        assert "output-activation-mismatch" in shown.err
        assert shown.out == ""

    def test_the_history_is_saved_and_checked_to_the_same_findings(self, tmp_path):
        with rung.watch(on_finding="ignore", save=tmp_path / "history.json") as run:
            train(doubled())

        assert names(rung.check(tmp_path / "history.json")) == names(run.report)

    def test_a_second_watch_lets_go_of_the_first(self):
        first = rung.watch(on_finding="ignore", probes=False)
        with rung.watch(on_finding="ignore", probes=False) as second:
            train(sound(), steps=5)
        first.close()

        assert (first.history.n_steps, second.history.n_steps) == (0, 5)

    @pytest.mark.parametrize(
        ("given", "word"),
        [({"optimizer": "adam"}, "Optimizer"), ({"on_finding": "shout"}, "on_finding"), ({"min_severity": "dire"}, "min_severity")],
    )
    def test_wrong_use_is_said(self, given, word):
        with pytest.raises(BadSetting, match=word):
            rung.watch(**given)


class TestCheck:
    """The command on a file."""

    def run(self, *arguments):
        return subprocess.run([sys.executable, "-m", "rung", *arguments], capture_output=True, text=True, check=False)

    def test_findings_and_exit_codes(self, tmp_path):
        broken = save_history(run_without_zero_grad(), tmp_path / "broken.json")
        sound = save_history(healthy_run(), tmp_path / "sound.json")
        found = self.run("check", str(broken), "--format", "json")
        clear = self.run("check", str(sound))

        assert found.returncode == 1
        assert json.loads(found.stdout)["findings"][0]["name"] == "gradient-accumulation-bug"
        assert clear.returncode == 0, clear.stdout

    def test_what_cannot_be_read_is_an_error_of_use(self, tmp_path):
        (tmp_path / "log.xyz").write_text("a")
        ran = self.run("check", str(tmp_path / "log.xyz"))

        assert (ran.returncode, "Traceback" in ran.stderr) == (2, False)
