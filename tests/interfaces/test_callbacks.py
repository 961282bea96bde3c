"""rung as a callback of Lightning, Transformers, Keras, XGBoost and LightGBM, and around `partial_fit`."""

from __future__ import annotations

import numpy as np
import pytest

import rung
from rung.core.errors import BadSetting


def table(n=400):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(n, 6))
    return features, (features[:, 0] + features[:, 1] > 0).astype(int)


def test_xgboost():
    xgboost = pytest.importorskip("xgboost")
    features, labels = table()
    found = rung.callback("xgboost")
    model = xgboost.XGBClassifier(n_estimators=12, n_jobs=1, callbacks=[found])
    model.fit(features[:300], labels[:300], eval_set=[(features[:300], labels[:300]), (features[300:], labels[300:])], verbose=False)
    logged = model.evals_result()

    assert found.history.curve("train").value.tolist() == logged["validation_0"]["logloss"]
    assert found.history.curve("valid").value.tolist() == logged["validation_1"]["logloss"]
    assert found.history.counted == "round"
    assert found.report.findings is not None


def test_lightgbm():
    lightgbm = pytest.importorskip("lightgbm")
    features, labels = table()
    found = rung.callback("lightgbm")
    train = lightgbm.Dataset(features[:300], labels[:300])
    valid = lightgbm.Dataset(features[300:], labels[300:], reference=train)
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "metric": ["binary_logloss", "auc"]}
    lightgbm.train(settings, train, 12, valid_sets=[train, valid], valid_names=["training", "held"], callbacks=[found])
    history = found.history()

    assert len(history.curve("train").value) == 12
    assert history.curve("valid").name == "held/binary_logloss"
    assert history.curve("valid", "metric").larger_is_better


def test_partial_fit():
    from sklearn.linear_model import SGDClassifier

    features, labels = table()
    followed = rung.follow(SGDClassifier(loss="log_loss", random_state=0), valid=(features[300:], labels[300:]))
    for start in range(0, 300, 20):
        followed.partial_fit(features[start : start + 20], labels[start : start + 20], classes=[0, 1])
    history = followed.history

    assert len(history.curve("train").value) == 14
    assert history.curve("valid").value[-1] < history.curve("valid").value[0]


def test_keras():
    pytest.importorskip("torch")
    import os

    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    features, labels = table()
    model = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    found = rung.callback("keras")
    ran = model.fit(features, labels, epochs=2, batch_size=100, validation_split=0.25, verbose=0, callbacks=[found])

    assert found.history.curve("train").value.tolist() == ran.history["loss"]
    assert found.history.curve("valid").value.tolist() == ran.history["val_loss"]
    assert found.history.curve("train", "metric").larger_is_better


def test_lightning(tmp_path):
    torch = pytest.importorskip("torch")
    lightning = pytest.importorskip("lightning.pytorch")
    features, labels = table()
    data = torch.utils.data.TensorDataset(torch.tensor(features, dtype=torch.float32), torch.tensor(labels, dtype=torch.float32)[:, None])

    class Net(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.net = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1), torch.nn.Sigmoid())

        def training_step(self, batch, _index):
            return torch.nn.functional.binary_cross_entropy_with_logits(self.net(batch[0]), batch[1])

        def validation_step(self, batch, _index):
            self.log("val_loss", torch.nn.functional.binary_cross_entropy_with_logits(self.net(batch[0]), batch[1]))

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters(), lr=0.01)

    found = rung.callback("lightning", on_finding="ignore", flight=None, live=False)
    trainer = lightning.Trainer(
        max_epochs=2, callbacks=[found], logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
        accelerator="cpu", default_root_dir=tmp_path,
    )  # fmt: skip
    loader = torch.utils.data.DataLoader(data, batch_size=40, shuffle=True)
    trainer.fit(Net(), loader, torch.utils.data.DataLoader(data, batch_size=100))
    history = found.history

    assert (history.n_steps, history.framework, history.notes) == (20, "lightning", ())
    assert len(history.curve("valid").value) >= 2
    assert history.loop.valid_calls_in_train_mode == 0
    assert "output-activation-mismatch" in {each.name for each in found.report.findings}


def test_transformers(tmp_path):
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")
    settings = transformers.BertConfig(
        vocab_size=50,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=16,
        num_labels=2,
    )
    model = transformers.BertForSequenceClassification(settings)
    rows = [{"input_ids": torch.randint(0, 50, (8,)), "labels": i % 2} for i in range(64)]
    found = rung.callback("transformers", on_finding="ignore", flight=None, live=False)
    arguments = transformers.TrainingArguments(
        output_dir=str(tmp_path),
        max_steps=8,
        per_device_train_batch_size=8,
        report_to=[],
        save_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
    )
    transformers.Trainer(model=model, args=arguments, train_dataset=rows, callbacks=[found]).train()
    history = found.history

    assert (history.n_steps, history.framework) == (8, "transformers")
    assert history.notes == ()
    assert history.probes.row_mixing.coupled_share == 0


def test_another_library_is_refused():
    with pytest.raises(BadSetting, match="lightning"):
        rung.callback("caffe")
