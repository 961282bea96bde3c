"""Faults of wiring: the loop, the graph, the loss and the data do not fit together."""

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
ACC = "gradient-accumulation-bug"

LOOP = [
    faulty("no zero_grad, mlp", MLP, ACC, ("        optimizer.zero_grad()\n", "")),
    faulty("no zero_grad, cnn", CNN, ACC, ("        optimizer.zero_grad()\n", "")),
    faulty("no zero_grad, class", CANCER, ACC, ("        self.optimizer.zero_grad(set_to_none=True)\n", "")),
    faulty("no zero_grad, gru", GRU, ACC, ("    optimizer.zero_grad()\n", "")),
    faulty(
        "zero_grad once an epoch",
        LSTM,
        ACC,
        ("            optim.zero_grad()\n", ""),
        ("        model.train()\n", "        model.train()\n        optim.zero_grad()\n"),
    ),
    faulty("accumulation not scaled", ACCUMULATE, ACC, (" / accumulation\n", "\n"), ("loss.item() * accumulation", "loss.item()")),
    faulty(
        "accumulation never cleared",
        ACCUMULATE,
        ACC,
        ("            optimizer.step()\n            optimizer.zero_grad()\n", "            optimizer.step()\n"),
    ),
    faulty(
        "cleared before step, mlp",
        MLP,
        "gradients-cleared-before-step",
        ("        optimizer.zero_grad()\n", ""),
        ("        loss.backward()\n", "        loss.backward()\n        optimizer.zero_grad()\n"),
    ),
    faulty(
        "cleared before step, regression",
        DIABETES,
        "gradients-cleared-before-step",
        ("        opt.zero_grad()\n        loss.backward()\n", "        loss.backward()\n        opt.zero_grad()\n"),
    ),
    faulty(
        "model cleared before step, transformer",
        TRANSFORMER,
        "gradients-cleared-before-step",
        ("    torch.nn.utils.clip", "    model.zero_grad()\n    torch.nn.utils.clip"),
    ),
    faulty("never steps, cnn", CNN, "optimizer-never-steps", ("        optimizer.step()\n", "")),
    faulty("never steps, autoencoder", AUTO, "optimizer-never-steps", ("        optimiser.step()\n", "")),
    faulty("step without call", HOOKS, "optimizer-never-steps", ("            optimizer.step()\n", "            optimizer.step\n")),
    faulty(
        "steps only at the end of the epoch",
        WINE,
        "optimizer-never-steps",
        ("    optimizer.step()\n", "    if epoch == 80:\n        optimizer.step()\n"),
    ),
]

PARAMETERS = [
    faulty(
        "optimizer of an old model",
        MLP,
        "optimizer-holds-other-parameters",
        ("for epoch in range(10):", "model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))\n\nfor epoch in range(10):"),
    ),
    faulty(
        "optimizer of the head alone",
        CANCER,
        "optimizer-holds-other-parameters frozen-parameters",
        ("AdamW(model.parameters()", "AdamW(model.head.parameters()"),
        layers="body body.0 body.3 body.0.weight",
    ),
    faulty(
        "optimizer of a copy",
        RESIDUAL,
        "optimizer-holds-other-parameters",
        ("    model = ResidualNet()\n", "    import copy\n\n    model = ResidualNet()\n"),
        ("AdamW(model.parameters()", "AdamW(copy.deepcopy(model).parameters()"),
    ),
    faulty(
        "blocks in a plain list",
        RESIDUAL,
        "unregistered-parameters",
        ("nn.Sequential(*[Residual(d) for _ in range(depth)])", "[Residual(d) for _ in range(depth)]"),
        (
            "self.head(self.blocks(self.stem(x)))",
            "self._run(self.stem(x))\n\n    def _run(self, x):\n        for block in self.blocks:\n            x = block(x)\n        return self.head(x)",
        ),
        layers="blocks blocks.0 ResidualNet",
    ),
    faulty(
        "blocks in a list, transformer",
        TRANSFORMER,
        "unregistered-parameters",
        ("nn.ModuleList([Block() for _ in range(2)])", "[Block() for _ in range(2)]"),
        layers="blocks blocks.0 CharModel",
    ),
    faulty(
        "tensor in place of a parameter",
        PATCHES,
        "unregistered-parameters",
        ("nn.Parameter(torch.randn(1, 16, width) * 0.02)", "(torch.randn(1, 16, width) * 0.02).requires_grad_()"),
        layers="position PatchClassifier",
    ),
    faulty(
        "layers in a dict",
        CNN,
        "unregistered-parameters",
        ("        self.fc = nn.Linear(24 * 4, 10)\n", '        self.heads = {"digit": nn.Linear(24 * 4, 10)}\n'),
        ("self.fc(self.drop", 'self.heads["digit"](self.drop'),
        layers="heads heads.digit SmallConvNet",
    ),
    faulty(
        "layer made anew at each call",
        LSTM,
        "unregistered-parameters",
        ("        return self.out(self.norm(states[:, -1]))", "        return nn.Linear(40, 10)(self.norm(states[:, -1]))"),
        layers="Linear RowReader out",
    ),
    faulty(
        "body frozen by accident",
        HOOKS,
        "frozen-parameters",
        (
            "        return optimizer, torch",
            "        for parameter in self.layers.parameters():\n            parameter.requires_grad_(False)\n        return optimizer, torch",
        ),
        layers="layers layers.0 layers.3 layers.0.weight",
    ),
    faulty(
        "no_grad around the body",
        CANCER,
        "frozen-parameters graph-cut-at-loss",
        (
            "        return self.head(self.body(x)).squeeze(1)",
            "        with torch.no_grad():\n            x = self.body(x)\n        return self.head(x).squeeze(1)",
        ),
        layers="body body.0 body.3 body.0.weight",
    ),
    faulty(
        "detached between the blocks",
        TRANSFORMER,
        "frozen-parameters graph-cut-at-loss",
        ("            h = block(h)\n", "            h = block(h).detach()\n"),
        layers="blocks blocks.0 blocks.1 tok pos blocks.0.ln1 blocks.1.ln1",
    ),
    faulty(
        "first layer frozen, cnn",
        CNN,
        "frozen-parameters",
        (
            "    model = SmallConvNet()\n",
            "    model = SmallConvNet()\n    model.conv1.requires_grad_(False)\n    model.conv2.requires_grad_(False)\n",
        ),
        layers="conv1 conv2 conv1.weight conv2.weight",
    ),
    faulty(
        "loss wrapped anew",
        MLP,
        "graph-cut-at-loss",
        ("        loss = criterion(model(xb), yb)\n", "        loss = torch.tensor(criterion(model(xb), yb).item(), requires_grad=True)\n"),
    ),
    faulty(
        "output detached, loss asks for gradients",
        DIABETES,
        "graph-cut-at-loss",
        (
            "        pred = net(X_tr[rows]).squeeze(-1)\n        loss = mse(pred, t_tr[rows])\n",
            "        pred = net(X_tr[rows]).squeeze(-1).detach()\n        loss = mse(pred, t_tr[rows]).requires_grad_()\n",
        ),
    ),
    faulty(
        "loss from hard classes",
        WINE,
        "graph-cut-at-loss",
        (
            "    loss = loss_fn(model(X_train), y_train)\n",
            "    guess = model(X_train).argmax(1)\n    loss = (guess != y_train).float().mean().requires_grad_()\n",
        ),
    ),
]

MODES = [
    faulty(
        "eval mode in training, cnn", CNN, "eval-mode-in-training", ("    model.train()\n", "    model.eval()\n"), layers="bn1 bn2 drop"
    ),
    faulty(
        "eval mode left on after the first pass",
        HOOKS,
        "eval-mode-in-training",
        ("        module.train()\n", ""),
        layers="layers layers.1 layers.4",
    ),
    faulty(
        "eval mode left on, class",
        CANCER,
        "eval-mode-in-training",
        ("        self.model.train()\n        return", "        return"),
        layers="body.2",
    ),
    faulty("train mode in evaluation, cnn", CNN, "train-mode-in-evaluation", ("    model.eval()\n", ""), layers="bn1 bn2 drop"),
    faulty(
        "eval without call",
        HOOKS,
        "train-mode-in-evaluation",
        ("        module.eval()\n", "        module.eval\n"),
        layers="layers.1 layers.4 layers",
    ),
    faulty("dropout on in evaluation", CANCER, "train-mode-in-evaluation", ("        self.model.eval()\n", ""), layers="body.2"),
    faulty(
        "functional dropout always on",
        LSTM,
        "train-mode-in-evaluation",
        ("self.out(self.norm(states[:, -1]))", "self.out(nn.functional.dropout(self.norm(states[:, -1]), 0.3))"),
    ),
    faulty(
        "train mode in evaluation, patches",
        PATCHES,
        "train-mode-in-evaluation",
        ("    model.eval()\n", ""),
        ("dropout=0.05", "dropout=0.3"),
        layers="encoder encoder.layers.0.dropout encoder.layers.0 encoder.layers.0.dropout1",
    ),
]

LOSSES = [
    faulty(
        "softmax before cross-entropy, mlp",
        MLP,
        "output-activation-mismatch",
        ("    nn.Linear(32, 10),\n", "    nn.Linear(32, 10),\n    nn.Softmax(dim=1),\n"),
        layers="5",
    ),
    faulty(
        "softmax before cross-entropy, cnn",
        CNN,
        "output-activation-mismatch",
        ("return self.fc(self.drop(x.flatten(1)))", "return F.softmax(self.fc(self.drop(x.flatten(1))), dim=1)"),
    ),
    faulty(
        "softmax before cross-entropy, letters",
        GRU,
        "output-activation-mismatch",
        ("return self.decode(states)", "return torch.softmax(self.decode(states), dim=-1)"),
    ),
    faulty(
        "sigmoid before the loss with logits",
        CANCER,
        "output-activation-mismatch",
        ("self.head(self.body(x)).squeeze(1)", "torch.sigmoid(self.head(self.body(x))).squeeze(1)"),
    ),
    faulty(
        "relu at the end of a regression",
        DIABETES,
        "output-activation-mismatch",
        ("    torch.nn.Linear(16, 1),\n", "    torch.nn.Linear(16, 1),\n    torch.nn.ReLU(),\n"),
        layers="3",
    ),
    faulty(
        "relu on the classes' scores",
        MLP,
        "output-activation-mismatch",
        ("    nn.Linear(32, 10),\n", "    nn.Linear(32, 10),\n    nn.ReLU(),\n"),
        layers="5",
    ),
    faulty("sigmoid head, pixels beyond 1", AUTO, "output-activation-mismatch", (") / 16\n", ") / 4\n"), layers="decoder.3"),
    faulty(
        "tanh head, target beyond 1",
        DIABETES,
        "output-activation-mismatch",
        ("    torch.nn.Linear(16, 1),\n", "    torch.nn.Linear(16, 1),\n    torch.nn.Tanh(),\n"),
        ("mu, sd = ", "y_train_scale = 1.0\nmu, sd = "),
        layers="3",
    ),
    faulty(
        "logits in a likelihood loss",
        MLP,
        "wrong-loss output-activation-mismatch",
        ("criterion = nn.CrossEntropyLoss()", "criterion = nn.NLLLoss()"),
    ),
    faulty(
        "probabilities in a likelihood loss",
        WINE,
        "wrong-loss output-activation-mismatch",
        ("torch.nn.Linear(8, 3))", "torch.nn.Linear(8, 3), torch.nn.Softmax(dim=1))"),
        ("torch.nn.CrossEntropyLoss()", "torch.nn.NLLLoss()"),
    ),
    faulty(
        "squared error on class numbers",
        MLP,
        "wrong-loss",
        ("    nn.Linear(32, 10),\n", "    nn.Linear(32, 1),\n"),
        ("nn.CrossEntropyLoss()", "nn.MSELoss()"),
        ("loss = criterion(model(xb), yb)", "loss = criterion(model(xb).squeeze(1), yb.float())"),
        ("total += criterion(out, yb)", "total += criterion(out.squeeze(1), yb.float())"),
        ("out.argmax(1)", "out.squeeze(1).round()"),
    ),
    faulty(
        "cross-entropy over one logit",
        CANCER,
        "wrong-loss",
        ("nn.BCEWithLogitsLoss()", "nn.CrossEntropyLoss()"),
        ("self.head(self.body(x)).squeeze(1)", "self.head(self.body(x))"),
        (
            "self.y = torch.as_tensor(y, dtype=torch.float32)",
            "self.y = torch.zeros(len(y), dtype=torch.long) + torch.as_tensor(y).long() * 0",
        ),
    ),
    faulty(
        "broadcast target, regression",
        DIABETES,
        "shape-broadcast",
        ("        pred = net(X_tr[rows]).squeeze(-1)\n", "        pred = net(X_tr[rows])\n"),
    ),
    faulty(
        "broadcast by hand",
        DIABETES,
        "shape-broadcast",
        (
            "        pred = net(X_tr[rows]).squeeze(-1)\n        loss = mse(pred, t_tr[rows])\n",
            "        pred = net(X_tr[rows])\n        loss = ((pred - t_tr[rows]) ** 2).mean()\n",
        ),
    ),
    faulty(
        "softmax over the batch",
        MLP,
        "wrong-softmax-axis",
        ("criterion = nn.CrossEntropyLoss()", "criterion = nn.NLLLoss()"),
        ("loss = criterion(model(xb), yb)", "loss = criterion(model(xb).log_softmax(0), yb)"),
        ("criterion(out, yb)", "criterion(out.log_softmax(0), yb)"),
    ),
    faulty(
        "softmax module over the batch",
        WINE,
        "wrong-softmax-axis",
        ("torch.nn.Linear(8, 3))", "torch.nn.Linear(8, 3), torch.nn.LogSoftmax(dim=0))"),
        ("torch.nn.CrossEntropyLoss()", "torch.nn.NLLLoss()"),
        layers="3",
    ),
    faulty(
        "attention over the wrong axis",
        TRANSFORMER,
        "wrong-softmax-axis future-leak batch-mixing",
        ("weights = torch.softmax(scores, dim=-1)", "weights = torch.softmax(scores, dim=-2)"),
    ),
]

DATA = [
    faulty("batch taken for time", LSTM, "batch-mixing", ("nn.LSTM(8, 40, batch_first=True)", "nn.LSTM(8, 40)"), layers="lstm RowReader"),
    faulty(
        "view in place of transpose",
        PATCHES,
        "batch-mixing",
        (
            "self.encoder(self.embed(patches) + self.position)",
            "self.encoder((self.embed(patches) + self.position).view(16, len(images), -1).transpose(0, 1).contiguous().view(len(images), 16, -1) if False else (self.embed(patches) + self.position).transpose(0, 1).reshape(len(images), 16, -1))",
        ),
        layers="encoder PatchClassifier",
    ),
    faulty("no causal mask", TRANSFORMER, "future-leak", ('        scores = scores.masked_fill(~self.mask[:t, :t], float("-inf"))\n', "")),
    faulty("target not shifted, transformer", TRANSFORMER, "future-leak", ("source[i + 1 : i + T + 1]", "source[i : i + T]")),
    faulty("target not shifted, gru", GRU, "future-leak", ("targets = windows[1:].view", "targets = windows[:-1].view")),
    faulty(
        "reads both ways",
        GRU,
        "future-leak",
        ("nn.GRU(24, width, batch_first=True)", "nn.GRU(24, width // 2, batch_first=True, bidirectional=True)"),
    ),
    faulty(
        "sorted by class, no shuffling",
        MLP,
        "unshuffled-data",
        (
            "train_set = TensorDataset(torch.tensor(X_train, dtype=torch.float32), torch.tensor(y_train))",
            "order = y_train.argsort()\ntrain_set = TensorDataset(torch.tensor(X_train[order], dtype=torch.float32), torch.tensor(y_train[order]))",
        ),
        ("batch_size=32, shuffle=True", "batch_size=32"),
    ),
    faulty(
        "sorted by target, regression",
        DIABETES,
        "unshuffled-data",
        ("    order = torch.randperm(len(X_tr))\n", "    order = t_tr.argsort()\n"),
    ),
    faulty(
        "first batch again and again",
        MLP,
        "same-batch-every-step",
        ("    for xb, yb in train_loader:\n", "    for _ in range(len(train_loader)):\n        xb, yb = next(iter(first))\n"),
        ("model = nn.Sequential(", "first = [next(iter(train_loader))]\nmodel = nn.Sequential("),
    ),
    faulty(
        "same rows every step",
        CANCER,
        "same-batch-every-step",
        (
            "np.mean([self.training_step(batch) for batch in self.train_loader])",
            "np.mean([self.training_step(self.first) for _ in self.train_loader])",
        ),
        ("        self.best = float", "        self.first = next(iter(train_loader))\n        self.best = float"),
    ),
    faulty(
        "labels of other rows, shuffled apart",
        MLP,
        "label-misalignment",
        (
            "torch.tensor(X_train, dtype=torch.float32), torch.tensor(y_train))",
            "torch.tensor(X_train, dtype=torch.float32), torch.tensor(y_train)[torch.randperm(len(y_train))])",
        ),
    ),
    faulty("labels one row off", CNN, "label-misalignment", ("torch.tensor(y))\n    train_set", "torch.tensor(y).roll(1))\n    train_set")),
    faulty(
        "labels sorted in the batch",
        HOOKS,
        "label-misalignment",
        ("        return self.loss(self(x), y)\n", "        return self.loss(self(x), y.sort().values)\n"),
    ),
    faulty(
        "validation rows are training rows",
        MLP,
        "split-overlap",
        (
            "valid_set = TensorDataset(torch.tensor(X_valid, dtype=torch.float32), torch.tensor(y_valid))",
            "valid_set = TensorDataset(torch.tensor(X_train[:400], dtype=torch.float32), torch.tensor(y_train[:400]))",
        ),
    ),
    faulty(
        "overlap of the splits, cnn",
        CNN,
        "split-overlap",
        (
            "    train_loader = DataLoader(train_set",
            "    valid_set = torch.utils.data.Subset(data, range(1397, 1797))\n    train_set = torch.utils.data.Subset(data, range(1600))\n    train_loader = DataLoader(train_set",
        ),
    ),
    faulty(
        "mirrored letters of digits",
        CNN,
        "label-breaking-augmentation",
        (
            "    for images, labels in loader:\n        logits = model(images)\n        loss",
            "    for images, labels in loader:\n        flip = torch.rand(len(images)) < 0.5\n        images[flip] = images[flip].rot90(2, (2, 3))\n        logits = model(images)\n        loss",
        ),
    ),
]

RUNS: list[Run] = [*LOOP, *PARAMETERS, *MODES, *LOSSES, *DATA]
