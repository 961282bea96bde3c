"""Numbers of a history reach the tools that people use, under the same names."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from cases.histories import healthy_run
from rung.adapters.histories.read import read_history
from rung.core.errors import BadSetting
from rung.record.writers import numbers, write


def test_every_layer_and_curve_has_its_numbers():
    names = {name for name, _, _ in numbers(healthy_run())}

    assert {"rung/train/loss", "rung/gradient_norm", "rung/layers/0/gradient_norm", "rung/layers/1/zero_share"} <= names


def test_tensorboard_files_read_back_equal(tmp_path):
    pytest.importorskip("torch")
    pytest.importorskip("tensorboard")
    history = healthy_run()
    count = write(history, "tensorboard", tmp_path)
    found = read_history(tmp_path)

    assert count == sum(1 for _ in numbers(history))
    assert found.curve("train").value == pytest.approx(history.curve("train").value)


def test_mlflow_logs_with_steps(monkeypatch):
    logged = []
    monkeypatch.setitem(sys.modules, "mlflow", SimpleNamespace(log_metric=lambda name, value, step: logged.append((name, step, value))))

    assert write(healthy_run(), "mlflow") == len(logged)
    assert ("rung/train/loss", 1) in {each[:2] for each in logged}


def test_wandb_keeps_the_history_s_own_steps(monkeypatch):
    rows = []
    run = SimpleNamespace(define_metric=lambda *_, **__: None, log=rows.append)
    monkeypatch.setitem(sys.modules, "wandb", SimpleNamespace(run=run))
    write(healthy_run(), "wandb")

    assert [each["rung/step"] for each in rows] == sorted({step for _, step, _ in numbers(healthy_run())})


def test_another_target_is_refused():
    with pytest.raises(BadSetting, match="tensorboard"):
        write(healthy_run(), "paper")
