"""Logs of other tools read as curves."""

from __future__ import annotations

import json
import math
import sqlite3
import struct
from pathlib import Path

import numpy as np
import pytest

from cases.histories import healthy_run
from rung.adapters.histories.names import meaning
from rung.adapters.histories.read import history_of, read_history
from rung.core.errors import BadInput
from rung.inputs.history_file import save_history

LOGS = Path(__file__).parents[1] / "cases" / "logs"


def loss_of(history, phase="train"):
    """Values of the loss of a phase."""
    return history.curve(phase).value.tolist()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("loss", ("train", "loss", False)), ("val_loss", ("valid", "loss", False)), ("Loss/train", ("train", "loss", False)),
        ("eval/accuracy", ("valid", "metric", True)), ("validation_0-logloss", ("valid", "loss", False)), ("valLoss", ("valid", "loss", False)),
        ("test_acc", ("test", "metric", True)), ("lr-Adam", ("train", "rate", None)), ("learning_rate", ("train", "rate", None)),
        ("binary_logloss", ("train", "loss", False)), ("grad_norm", ("train", "other", None)), ("valid/auc", ("valid", "metric", True)),
    ],
)  # fmt: skip
def test_names_are_understood(name, expected):
    assert meaning(name) == expected


class TestTables:
    """CSV files."""

    def test_a_plain_one(self, tmp_path):
        (tmp_path / "log.csv").write_text("epoch,train_loss,val_loss,val_acc\n1,1.0,1.1,0.5\n2,0.8,nan,0.6\n3,0.6,0.9,0.7\n")
        history = read_history(tmp_path / "log.csv")

        assert loss_of(history) == [1.0, 0.8, 0.6]
        assert math.isnan(loss_of(history, "valid")[1])
        assert history.curve("valid", "metric").larger_is_better
        assert (history.depth, history.counted, history.n_epochs) == ("curves", "epoch", 3)

    def test_lightning_leaves_cells_empty(self, tmp_path):
        (tmp_path / "metrics.csv").write_text(
            "epoch,step,train_loss_step,val_loss\n0,9,0.9,\n0,19,0.7,\n0,19,,0.8\n1,29,0.5,\n1,39,0.4,\n1,39,,0.6\n"
        )
        history = read_history(tmp_path)

        assert history.curve("train").step.tolist() == [9, 19, 29, 39]
        assert history.curve("valid").step.tolist() == [19, 39]
        assert history.counted == "optimizer.step"

    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("", "empty"),
            ("loss\n", "1 line"),
            ("1,2\n3,4\n", "no header"),
            ("a,b\n1,2\n3,4\n", "no loss"),
            ("epoch,loss\nx,y\n", "no loss"),
        ],
    )
    def test_a_file_that_is_none_says_why(self, text, word, tmp_path):
        (tmp_path / "log.csv").write_text(text)

        with pytest.raises(BadInput, match=word):
            read_history(tmp_path / "log.csv")


class TestLoggers:
    """Files of TensorBoard, W&B, MLflow, Transformers."""

    def test_tensorboard(self):
        history = read_history(LOGS)

        assert loss_of(history)[:2] == [1.0, 0.5]
        assert loss_of(history, "valid")[0] == 1.5
        assert history.framework == "tensorboard"

    def test_a_run_that_was_killed_keeps_what_was_whole(self, tmp_path):
        raw = next(LOGS.glob("*tfevents*")).read_bytes()
        (tmp_path / "events.out.tfevents.2").write_bytes(raw[:-30])

        assert len(loss_of(read_history(tmp_path))) >= 28

    def test_wandb(self, tmp_path):
        rows = [
            history_record(step, {"train/loss": "0.5", "val_loss": "NaN" if step == 1 else "1.5", "_step": str(step), "x" * 9000: "1"})
            for step in range(8)
        ]
        (tmp_path / "run-1.wandb").write_bytes(wandb_file(rows))
        history = read_history(tmp_path)

        assert loss_of(history) == [0.5] * 8
        assert math.isnan(loss_of(history, "valid")[1])
        assert history.curve("train").step.tolist() == list(range(8))

    def test_mlflow_files(self, tmp_path):
        folder = tmp_path / "1" / "abc" / "metrics"
        folder.mkdir(parents=True)
        (folder / "train_loss").write_text("".join(f"17000{step} {1 / (step + 1)} {step}\n" for step in range(5)))

        assert loss_of(read_history(tmp_path))[:2] == [1.0, 0.5]

    def test_mlflow_store(self, tmp_path):
        with sqlite3.connect(tmp_path / "mlflow.db") as store:
            store.execute("CREATE TABLE metrics (key TEXT, value REAL, timestamp INT, run_uuid TEXT, step INT, is_nan INT)")
            store.executemany(
                "INSERT INTO metrics VALUES ('loss', ?, ?, ?, ?, ?)", [(1.0, 1, "old", 0, 0), (0.7, 5, "new", 0, 0), (0, 6, "new", 1, 1)]
            )
        store.close()
        values = loss_of(read_history(tmp_path / "mlflow.db"))

        assert values[0] == 0.7
        assert math.isnan(values[1])

    def test_a_trainer_s_state(self, tmp_path):
        log = [{"loss": 2.0 - step / 100, "learning_rate": 1e-4, "epoch": step / 50, "step": step} for step in range(10, 60, 10)]
        log += [{"eval_loss": 1.5, "eval_runtime": 3.0, "epoch": 1.0, "step": 50}, {"train_runtime": 9.0, "train_loss": 1.6, "step": 50}]
        (tmp_path / "trainer_state.json").write_text(json.dumps({"log_history": log, "global_step": 50}))
        history = read_history(tmp_path)

        assert history.curve("train").name == "loss"
        assert loss_of(history, "valid") == [1.5]
        assert history.curve("train", "rate").value[0] == 1e-4

    def test_several_runs_are_not_mixed(self, tmp_path):
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "events.out.tfevents.1").write_bytes(next(LOGS.glob("*tfevents*")).read_bytes())

        with pytest.raises(BadInput, match="2 runs"):
            read_history(tmp_path)


class TestLists:
    """Plain dictionaries, as libraries hand them out."""

    def test_keras(self):
        history = history_of({"loss": [1.0, 0.5], "val_loss": [1.1, 0.7], "accuracy": [0.5, 0.6]})

        assert loss_of(history, "valid") == [1.1, 0.7]
        assert history.counted == "epoch"

    def test_xgboost_with_two_sets(self):
        history = history_of({"validation_0": {"logloss": [0.6, 0.5]}, "validation_1": {"logloss": [0.65, 0.6]}})

        assert (loss_of(history), loss_of(history, "valid")) == ([0.6, 0.5], [0.65, 0.6])
        assert history.counted == "round"

    def test_lightgbm(self):
        history = history_of({"training": {"binary_logloss": [0.6, 0.5]}, "valid_1": {"binary_logloss": [0.65, 0.6]}})

        assert (loss_of(history), loss_of(history, "valid")) == ([0.6, 0.5], [0.65, 0.6])

    @pytest.mark.parametrize("document", [{}, [], {"a": [1, 2]}, 3, {"loss": "high"}])
    def test_what_holds_no_curves_is_refused(self, document):
        with pytest.raises(BadInput):
            history_of(document)


def test_a_history_of_rung_is_read_as_it_is(tmp_path):
    save_history(healthy_run(), tmp_path / "history.json")

    assert read_history(tmp_path / "history.json").depth == "full"


def test_an_unknown_ending_lists_the_formats(tmp_path):
    (tmp_path / "log.xyz").write_text("a")

    with pytest.raises(BadInput, match="TensorBoard"):
        read_history(tmp_path / "log.xyz")


def field(number: int, raw: bytes | int) -> bytes:
    """One protobuf field."""
    if isinstance(raw, int):
        return varint(number << 3) + varint(raw)
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def history_record(step: int, items: dict[str, str]) -> bytes:
    """A W&B record of one logged row."""
    body = b"".join(field(1, field(2, name.encode()) + field(16, value.encode())) for name, value in items.items())
    return field(1, step) + field(2, body + field(2, field(1, step)))


def wandb_file(records: list[bytes]) -> bytes:
    """Records framed in blocks of 32 kB, as LevelDB's log does."""
    out = bytearray(b":W&B" + struct.pack("<HB", 0xBEE1, 0))
    for record in records:
        first, rest = True, record
        while True:
            room = 32_768 - len(out) % 32_768
            if room < 7:
                out += b"\0" * room
                room = 32_768
            part, rest = rest[: room - 7], rest[room - 7 :]
            kind = 1 if first and not rest else 2 if first else 4 if not rest else 3
            out += struct.pack("<IHB", 0, len(part), kind) + part
            first = False
            if not rest:
                break
    return bytes(out)


def test_curves_are_numbers():
    assert all(isinstance(each.value, np.ndarray) for each in read_history(LOGS).curves)
