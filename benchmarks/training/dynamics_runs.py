"""Faults of dynamics: rates, scales, initialisation, units, curves."""

from __future__ import annotations

from benchmarks.training.planted import Run, faulty

MLP, CNN, CANCER, DIABETES = "digits_mlp_flat", "digits_cnn_functions", "cancer_trainer_class", "diabetes_manual_batches"
TRANSFORMER, GRU, LSTM, AUTO = "chars_transformer", "chars_gru", "digits_lstm_rows", "digits_autoencoder"
HOOKS, ACCUMULATE, RESIDUAL, WINE, PATCHES = (
    "digits_module_hooks",
    "digits_accumulate",
    "digits_residual",
    "wine_full_batch",
    "digits_patches",
)
HIGH, LOW, INIT = "learning-rate-too-high", "learning-rate-too-low", "bad-initialisation"
DEEP = "    nn.Linear(64, 64),\n    nn.ReLU(),\n    nn.Linear(64, 32),\n    nn.ReLU(),\n"


def _deep(activation: str, depth: int, width: int = 40) -> str:
    middle = "".join(f"    nn.Linear({width}, {width}),\n    {activation},\n" for _ in range(depth))
    return f"    nn.Linear(64, {width}),\n    {activation},\n{middle}    nn.Linear({width}, 32),\n    {activation},\n"


RATES = [
    faulty("rate too high, adam", MLP, HIGH, ("lr=1e-3", "lr=0.3")),
    faulty("rate too high, sgd", CNN, HIGH, ("lr=0.05, momentum", "lr=8.0, momentum")),
    faulty("rate too high, regression diverges", DIABETES, f"{HIGH} diverging-loss", ("lr=0.02", "lr=0.9")),
    faulty("rate too high, transformer", TRANSFORMER, HIGH, ("lr=3e-3, weight", "lr=0.5, weight")),
    faulty("rate too high, patches", PATCHES, HIGH, ("lr=3e-3", "lr=0.3")),
    faulty("rate too low, mlp", MLP, LOW, ("lr=1e-3", "lr=1e-6")),
    faulty("rate too low, sgd", HOOKS, LOW, ("rate=1e-2", "rate=1e-6")),
    faulty("rate too low, lstm", LSTM, LOW, ("lr=0.005", "lr=2e-6")),
    faulty("rate too low, autoencoder", AUTO, LOW, ("lr=3e-3", "lr=1e-6")),
    faulty(
        "schedule ends at once",
        CNN,
        "lr-schedule-bug",
        ("T_max=epochs)", "T_max=epochs)\n    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.01)"),
    ),
    faulty(
        "schedule by epoch, stepped by batch",
        HOOKS,
        "lr-schedule-bug",
        ("            optimizer.step()\n        scheduler.step()\n", "            optimizer.step()\n            scheduler.step()\n"),
    ),
    faulty(
        "rate times zero",
        TRANSFORMER,
        "lr-schedule-bug",
        ("lambda s: (s + 1) / warmup if s < warmup else", "lambda s: 0.0 if s < 10**9 else"),
    ),
    faulty("cosine comes back up", CNN, "lr-schedule-bug", ("T_max=epochs", "T_max=3"), ("epochs = 8", "epochs = 6")),
    faulty(
        "clipped to nothing",
        TRANSFORMER,
        "over-clipped-gradients",
        ("model.parameters(), 1.0)", "model.parameters(), 1e-6)"),
        ("torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)", "torch.optim.SGD(model.parameters(), lr=0.3)"),
    ),
    faulty(
        "clipped to nothing, mlp",
        MLP,
        "over-clipped-gradients",
        ("        loss.backward()\n", "        loss.backward()\n        nn.utils.clip_grad_norm_(model.parameters(), 1e-4)\n"),
        ("torch.optim.Adam(model.parameters(), lr=1e-3)", "torch.optim.SGD(model.parameters(), lr=0.1)"),
    ),
]

SCALES = [
    faulty(
        "raw inputs in thousands",
        CANCER,
        "unnormalised-inputs",
        ("scaler.transform(X_train), y_train", "X_train, y_train"),
        ("scaler.transform(X_valid), y_valid", "X_valid, y_valid"),
    ),
    faulty(
        "raw inputs, regression",
        DIABETES,
        "unnormalised-inputs",
        ("X_tr, X_te = (X_tr - mu) / sd, (X_te - mu) / sd\n", ""),
        ("torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.8)", "torch.optim.Adam(net.parameters(), lr=0.01)"),
    ),
    faulty(
        "raw inputs, wine",
        WINE,
        "unnormalised-inputs",
        ("torch.tensor(scaler.transform(X_train)", "torch.tensor(X_train"),
        ("torch.tensor(scaler.transform(X_test)", "torch.tensor(X_test"),
    ),
    faulty(
        "raw target, regression",
        DIABETES,
        "unnormalised-targets",
        ("t_tr, t_te = (y_tr - y_mu) / y_sd, (y_te - y_mu) / y_sd", "t_tr, t_te = y_tr * 100, y_te * 100"),
        ("torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.8)", "torch.optim.Adam(net.parameters(), lr=0.01)"),
    ),
    faulty(
        "weights too large at the start",
        MLP,
        INIT,
        ("criterion = nn", "for parameter in model.parameters():\n    nn.init.normal_(parameter, std=3.0)\ncriterion = nn"),
        layers="0 2 4 0.weight 2.weight 4.weight",
    ),
    faulty(
        "weights too small at the start",
        HOOKS,
        INIT,
        (
            "nn.Linear(64, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.BatchNorm1d(hidden), nn.ReLU()",
            "nn.Linear(64, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh()",
        ),
        (
            "        self.loss = nn",
            "        for layer in [*self.layers, self.classifier]:\n            if isinstance(layer, nn.Linear):\n                nn.init.normal_(layer.weight, std=1e-4)\n                nn.init.zeros_(layer.bias)\n        self.loss = nn",
        ),
        layers="layers layers.0 layers.2 layers.4 classifier layers.0.weight layers.2.weight layers.4.weight classifier.weight",
    ),
    faulty(
        "all weights equal",
        MLP,
        INIT,
        (
            "criterion = nn",
            "for layer in model:\n    if isinstance(layer, nn.Linear):\n        nn.init.constant_(layer.weight, 0.05)\ncriterion = nn",
        ),
        layers="0 2 4 0.weight 2.weight 4.weight",
    ),
    faulty(
        "all weights zero",
        DIABETES,
        INIT,
        ("mse = torch", "for parameter in net.parameters():\n    torch.nn.init.zeros_(parameter)\nmse = torch"),
        layers="0 2 0.weight 2.weight",
    ),
]

FLOW = [
    faulty("vanishing through sigmoids", MLP, "vanishing-gradients", (DEEP, _deep("nn.Sigmoid()", 6)), layers="0 0.weight 2 2.weight"),
    faulty(
        "vanishing through tanh of small weights",
        LSTM,
        "vanishing-gradients",
        (
            "        self.norm = nn.LayerNorm(40)\n",
            "        self.norm = nn.Sequential(*[m for _ in range(8) for m in (nn.Linear(40, 40), nn.Sigmoid())])\n",
        ),
        layers="lstm lstm.weight_ih_l0 lstm.weight_hh_l0 norm.0 norm.0.weight",
    ),
    faulty(
        "vanishing, class",
        CANCER,
        "vanishing-gradients",
        (
            "nn.Sequential(nn.Linear(n_features, width), nn.ReLU(), nn.Dropout(0.1), nn.Linear(width, width), nn.ReLU())",
            "nn.Sequential(nn.Linear(n_features, width), nn.Sigmoid(), *[m for _ in range(7) for m in (nn.Linear(width, width), nn.Sigmoid())])",
        ),
        ("torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=1e-3)", "torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)"),
        layers="body body.0 body.0.weight body.2 body.2.weight",
    ),
    faulty(
        "exploding through depth",
        MLP,
        "exploding-gradients bad-initialisation",
        (DEEP, _deep("nn.ReLU()", 10)),
        (
            "criterion = nn",
            "for layer in model:\n    if isinstance(layer, nn.Linear):\n        nn.init.normal_(layer.weight, std=0.9)\ncriterion = nn",
        ),
        layers="0 2 0.weight 2.weight 4 6 8",
    ),
    faulty(
        "exploding through time",
        LSTM,
        "exploding-gradients bad-initialisation",
        ("nn.LSTM(8, 40, batch_first=True)", 'nn.RNN(8, 40, batch_first=True, nonlinearity="relu")'),
        (
            "        self.norm = nn.LayerNorm(40)\n",
            "        self.norm = nn.Identity()\n        nn.init.normal_(self.lstm.weight_hh_l0, std=0.7)\n",
        ),
        ("            nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n", ""),
        layers="lstm lstm.weight_hh_l0 lstm.weight_ih_l0",
    ),
    faulty(
        "dead units by a bias",
        MLP,
        "dead-units",
        ("criterion = nn", "nn.init.constant_(model[0].bias, -6.0)\ncriterion = nn"),
        layers="0 1",
    ),
    faulty(
        "dead units in a convolution",
        "digits_mixed_precision",
        "dead-units",
        ("criterion = nn", "nn.init.constant_(model[3].bias, -4.0)\ncriterion = nn"),
        layers="3 4",
    ),
    faulty(
        "dead units by a large first step",
        AUTO,
        f"dead-units {HIGH}",
        (
            "optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)",
            "optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)\nnn.init.constant_(net.encoder[0].bias, -5.0)",
        ),
        layers="encoder.0 encoder.1",
    ),
    faulty(
        "saturated tanh",
        DIABETES,
        "saturated-activations bad-initialisation",
        ("mse = torch", "torch.nn.init.normal_(net[0].weight, std=8.0)\nmse = torch"),
        layers="0 1 0.weight",
    ),
    faulty(
        "saturated by inputs",
        HOOKS,
        "saturated-activations unnormalised-inputs",
        (
            "nn.Linear(64, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.BatchNorm1d(hidden), nn.ReLU()",
            "nn.Linear(64, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh()",
        ),
        ("(X - X.mean()) / X.std()", "X * 30"),
    ),
    faulty(
        "weights grow without end",
        MLP,
        "wrong-loss exploding-weights diverging-loss",
        ("torch.optim.Adam(model.parameters(), lr=1e-3)", "torch.optim.SGD(model.parameters(), lr=0.05)"),
        (
            "        loss = criterion(model(xb), yb)\n",
            "        loss = criterion(model(xb), yb) - 0.3 * sum(p.square().sum() for p in model.parameters())\n",
        ),
    ),
    faulty("weight decay kills the weights", CANCER, "collapsing-weights", ("weight_decay=1e-3", "weight_decay=150.0")),
    faulty(
        "weight decay kills the weights, sgd",
        HOOKS,
        "collapsing-weights",
        ("weight_decay=1e-4", "weight_decay=1.0"),
        ("rate=1e-2", "rate=5e-2"),
    ),
    faulty(
        "dropout far too strong",
        MLP,
        "excessive-dropout",
        (
            "    nn.Linear(64, 32),\n    nn.ReLU(),\n",
            "    nn.Dropout(0.9),\n    nn.Linear(64, 32),\n    nn.ReLU(),\n    nn.Dropout(0.9),\n",
        ),
        layers="2 5",
    ),
    faulty("dropout far too strong, cnn", CNN, "excessive-dropout", ("nn.Dropout(0.25)", "nn.Dropout(0.97)"), layers="drop"),
    faulty(
        "batch norm on two rows",
        HOOKS,
        "batchnorm-tiny-batch",
        (
            "DataLoader(Subset(dataset, train_rows), batch_size=64, shuffle=True)",
            "DataLoader(Subset(dataset, train_rows[:400]), batch_size=2, shuffle=True)",
        ),
        layers="layers.1 layers.4 layers",
    ),
    faulty(
        "batch norm on two images",
        CNN,
        "batchnorm-tiny-batch",
        ("DataLoader(train_set, batch_size=64", "DataLoader(train_set, batch_size=2"),
        ("epochs = 8", "epochs = 2"),
        layers="bn1 bn2",
    ),
    faulty(
        "half precision overflows",
        "digits_mixed_precision",
        "mixed-precision-overflow",
        ("init_scale=1024.0", "init_scale=2.0**40"),
        (
            '        with torch.autocast("cpu", dtype=torch.bfloat16):\n            loss',
            '        with torch.autocast("cpu", dtype=torch.float16):\n            loss',
        ),
        ("scaler.update()\n", "scaler.update(2.0**40)\n"),
    ),
]

BREAKS = [
    faulty(
        "missing value in the inputs",
        MLP,
        "nan-loss infinite-values",
        ("train_set = TensorDataset(", "X_train[700, 12] = float('nan')\ntrain_set = TensorDataset("),
    ),
    faulty(
        "logarithm of zero",
        "synthetic_binary",
        "nan-loss",
        ("loss = loss_fn(probability, wanted)", "loss = -(wanted * probability.log() + (1 - wanted) * (1 - probability).log()).mean()"),
        ("lr=1e-3", "lr=0.05"),
        ("torch.randn(1000, 20)", "torch.randn(1000, 20) * 4"),
    ),
    faulty(
        "square root of zero",
        AUTO,
        "nan-loss",
        ("loss = loss_fn(rebuilt, batch)", "loss = (rebuilt.sub(batch).square().sum(0) * (batch.sum(0) > 0)).sqrt().mean()"),
    ),
    faulty(
        "division by a spread of zero",
        CNN,
        "nan-loss infinite-values",
        ("(images - images.mean()) / images.std()", "(images - images.mean(0)) / images.std(0)"),
    ),
]

CURVES = [
    faulty(
        "overfits few rows",
        "cancer_trainer_class",
        "overfitting-curve",
        ("test_size=0.3", "test_size=0.85"),
        ("lr=2e-3, patience=4", "lr=1e-2, patience=400"),
        ("width=24", "width=256"),
        ("nn.Dropout(0.1)", "nn.Identity()"),
        ("trainer.fit(12)", "trainer.fit(80)"),
        (
            "X_valid, y_train, y_valid = train_test_split(X, y,",
            "X_valid, y_train, y_valid = train_test_split(X, np.where(np.random.default_rng(0).random(len(y)) < 0.2, 1 - y, y),",
        ),
    ),
    faulty(
        "overfits letters",
        "chars_tied",
        "overfitting-curve",
        ("cut = int(0.9 * len(X))", "cut = 300"),
        ("range(300)", "range(400)"),
        ("lr=5e-3", "lr=1e-2"),
        ("if step % 100 == 99", "if step % 10 == 9"),
    ),
    faulty(
        "overfits the diabetes table",
        DIABETES,
        "overfitting-curve",
        ("torch.nn.Linear(10, 16)", "torch.nn.Linear(10, 200)"),
        ("torch.nn.Linear(16, 1)", "torch.nn.Linear(200, 1)"),
        ("torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.8)", "torch.optim.Adam(net.parameters(), lr=1e-2)"),
        ("range(25)", "range(100)"),
    ),
]

RUNS: list[Run] = [*RATES, *SCALES, *FLOW, *BREAKS, *CURVES]
