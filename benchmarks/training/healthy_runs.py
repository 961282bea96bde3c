"""Healthy runs: every base as it stands, and odd ones that cry-wolf rules fall over."""

from __future__ import annotations

from benchmarks.training.planted import BASES, Run, healthy

MLP, CNN, CANCER, DIABETES = "digits_mlp_flat", "digits_cnn_functions", "cancer_trainer_class", "diabetes_manual_batches"
TRANSFORMER, GRU, LSTM, AUTO = "chars_transformer", "chars_gru", "digits_lstm_rows", "digits_autoencoder"
HOOKS, ACCUMULATE, RESIDUAL, WINE, PATCHES = (
    "digits_module_hooks",
    "digits_accumulate",
    "digits_residual",
    "wine_full_batch",
    "digits_patches",
)

PLAIN = [healthy(f"as it stands: {path.stem}", path.stem) for path in sorted(BASES.glob("*.py"))]

ODD = [
    healthy("small batches, noisy loss", MLP, ("batch_size=32", "batch_size=4"), ("range(10)", "range(3)")),
    healthy("one row a step", CANCER, ("batch_size=16", "batch_size=1"), ("trainer.fit(12)", "trainer.fit(3)")),
    healthy("ordinary sgd at 0.1", MLP, ("torch.optim.Adam(model.parameters(), lr=1e-3)", "torch.optim.SGD(model.parameters(), lr=0.1)")),
    healthy("adam at 0.01", MLP, ("lr=1e-3", "lr=1e-2")),
    healthy("slow but sure", MLP, ("lr=1e-3", "lr=3e-4")),
    healthy("already shuffled, read in order", MLP, ("batch_size=32, shuffle=True", "batch_size=32")),
    healthy("dropout at a half", MLP, ("    nn.Linear(64, 32),\n", "    nn.Dropout(0.5),\n    nn.Linear(64, 32),\n")),
    healthy("clears the model's gradients", MLP, ("optimizer.zero_grad()", "model.zero_grad()")),
    healthy(
        "clears after the step",
        CNN,
        (
            "        optimizer.zero_grad()\n        loss.backward()\n        optimizer.step()\n",
            "        loss.backward()\n        optimizer.step()\n        optimizer.zero_grad()\n",
        ),
    ),
    healthy(
        "gradients set to none by hand",
        DIABETES,
        ("        opt.zero_grad()\n", "        for parameter in net.parameters():\n            parameter.grad = None\n"),
    ),
    healthy(
        "log-softmax and likelihood",
        MLP,
        ("    nn.Linear(32, 10),\n", "    nn.Linear(32, 10),\n    nn.LogSoftmax(dim=1),\n"),
        ("nn.CrossEntropyLoss()", "nn.NLLLoss()"),
    ),
    healthy(
        "softmax for the accuracy alone",
        WINE,
        (
            "        with torch.no_grad():\n",
            "        with torch.no_grad():\n            print(model(X_test).softmax(1).max(1).values.mean().item())\n",
        ),
    ),
    healthy("clipped hard, recurrent", GRU, ("max_norm=1.0", "max_norm=0.25")),
    healthy("warm restarts", CNN, ("CosineAnnealingLR(optimizer, T_max=epochs)", "CosineAnnealingWarmRestarts(optimizer, T_0=4)")),
    healthy(
        "one cycle",
        HOOKS,
        (
            "torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.3)",
            "torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.05, total_steps=200)",
        ),
        ("            optimizer.step()\n        scheduler.step()\n", "            optimizer.step()\n            scheduler.step()\n"),
    ),
    healthy(
        "rate falls on a plateau",
        CANCER,
        (
            "        self.patience = patience\n",
            "        self.patience = patience\n        self.scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(self.optimizer, patience=1)\n",
        ),
        ("            valid = self.validate()\n", "            valid = self.validate()\n            self.scheduler.step(valid)\n"),
    ),
    healthy(
        "half of the net is silent by design",
        AUTO,
        ("nn.Linear(64, 40), nn.ReLU(), nn.Linear(40, 12)", "nn.Linear(64, 200), nn.ReLU(), nn.Linear(200, 12)"),
    ),
    healthy(
        "target as numbers between 0 and 1, sigmoid head",
        DIABETES,
        ("t_tr, t_te = (y_tr - y_mu) / y_sd, (y_te - y_mu) / y_sd", "t_tr, t_te = y_tr / 400, y_te / 400"),
        ("    torch.nn.Linear(16, 1),\n", "    torch.nn.Linear(16, 1),\n    torch.nn.Sigmoid(),\n"),
        ("lr=0.02", "lr=0.3"),
    ),
    healthy(
        "binary as two classes",
        CANCER,
        ("nn.BCEWithLogitsLoss()", "nn.CrossEntropyLoss()"),
        ("nn.Linear(width, 1)", "nn.Linear(width, 2)"),
        ("self.head(self.body(x)).squeeze(1)", "self.head(self.body(x))"),
        ("dtype=torch.float32)\n\n    def __len__", "dtype=torch.long)\n\n    def __len__"),
    ),
    healthy(
        "sigmoid and plain cross-entropy",
        CANCER,
        ("nn.BCEWithLogitsLoss()", "nn.BCELoss()"),
        ("self.head(self.body(x)).squeeze(1)", "torch.sigmoid(self.head(self.body(x))).squeeze(1)"),
    ),
    healthy(
        "column targets on both sides",
        DIABETES,
        (".squeeze(-1)\n        loss = mse(pred, t_tr[rows])", "\n        loss = mse(pred, t_tr[rows].unsqueeze(1))"),
    ),
    healthy(
        "no evaluation at all",
        LSTM,
        (
            "        model.eval()\n        with torch.no_grad():\n            output = model(x[valid])\n            print(epoch, loss_function(output, y[valid]).item(), (output.argmax(-1) == y[valid]).float().mean().item())\n",
            "        print(epoch, loss.item())\n",
        ),
    ),
    healthy("two epochs only", PATCHES, ("range(6)", "range(2)")),
    healthy(
        "at the floor of the noise",
        "synthetic_binary",
        ("(features.sum(1) > 0)", "(features.sum(1) + 3 * torch.randn(1000) > 0)"),
        (
            "nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())",
            "nn.Sequential(nn.Linear(20, 1), nn.Sigmoid())",
        ),
        ("lr=1e-3", "lr=3e-2"),
        ("range(12)", "range(25)"),
    ),
    healthy(
        "deep with batch norm",
        HOOKS,
        (
            "nn.BatchNorm1d(hidden), nn.ReLU()\n",
            "nn.BatchNorm1d(hidden), nn.ReLU(), *[m for _ in range(3) for m in (nn.Linear(hidden, hidden), nn.BatchNorm1d(hidden), nn.ReLU())]\n",
        ),
    ),
    healthy(
        "batch norm on sixteen rows",
        HOOKS,
        (
            "DataLoader(Subset(dataset, train_rows), batch_size=64, shuffle=True)",
            "DataLoader(Subset(dataset, train_rows), batch_size=16, shuffle=True, drop_last=True)",
        ),
    ),
    healthy(
        "recomputed with loader workers' collate",
        MLP,
        (
            "batch_size=32, shuffle=True",
            "batch_size=32, shuffle=True, collate_fn=lambda rows: (torch.stack([r[0] for r in rows]), torch.stack([r[1] for r in rows]))",
        ),
    ),
    healthy(
        "honest noise on the inputs",
        CNN,
        (
            "        logits = model(images)\n        loss",
            "        images = images + 0.1 * torch.randn_like(images)\n        logits = model(images)\n        loss",
        ),
    ),
    healthy(
        "pixels up to sixteen", CNN, ("data = TensorDataset((images - images.mean()) / images.std()", "data = TensorDataset(images * 16")
    ),
    healthy(
        "some rows twice",
        MLP,
        (
            "train_set = TensorDataset(",
            "X_train, y_train = X_train[[*range(len(y_train)), *range(60)]], y_train[[*range(len(y_train)), *range(60)]]\ntrain_set = TensorDataset(",
        ),
    ),
    healthy(
        "sampler with weights",
        MLP,
        (
            "batch_size=32, shuffle=True",
            "batch_size=32, sampler=torch.utils.data.WeightedRandomSampler([1.0] * len(train_set), len(train_set))",
        ),
    ),
    healthy(
        "starts from a bias of prior odds",
        CANCER,
        ("self.head = nn.Linear(width, 1)", "self.head = nn.Linear(width, 1)\n        nn.init.constant_(self.head.bias, 0.5)"),
    ),
    healthy(
        "orthogonal start",
        GRU,
        (
            "        self.decode = nn.Linear(width, size)\n",
            "        self.decode = nn.Linear(width, size)\n        nn.init.orthogonal_(self.rnn.weight_hh_l0)\n",
        ),
    ),
    healthy(
        "head starts at zero",
        RESIDUAL,
        (
            "        self.head = nn.Linear(d, 10)\n",
            "        self.head = nn.Linear(d, 10)\n        nn.init.zeros_(self.head.weight)\n        nn.init.zeros_(self.head.bias)\n",
        ),
    ),
    healthy("leaky units", AUTO, ("nn.Linear(64, 40), nn.ReLU()", "nn.Linear(64, 40), nn.LeakyReLU(0.01)")),
    healthy("evaluates in train mode without layers that care", MLP, ("    model.eval()\n", "")),
    healthy("two lags of shuffled windows", GRU, ("batch_size=16", "batch_size=32")),
]

RUNS: list[Run] = [*PLAIN, *ODD]
