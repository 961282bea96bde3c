"""Small batches, gradients accumulated over four of them."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X, y = load_digits(return_X_y=True)
X = torch.tensor(X, dtype=torch.float32) / 16 - 0.3
y = torch.tensor(y)
order = torch.randperm(len(X))
train_set, test_set = TensorDataset(X[order[:1408]], y[order[:1408]]), TensorDataset(X[order[1408:]], y[order[1408:]])
loader = DataLoader(train_set, batch_size=16, shuffle=True)
test_loader = DataLoader(test_set, batch_size=16)
accumulation = 4

model = nn.Sequential(nn.Linear(64, 64), nn.GELU(), nn.Linear(64, 64), nn.GELU(), nn.Linear(64, 10))
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
loss_fn = nn.CrossEntropyLoss()
optimizer.zero_grad()
for epoch in range(8):
    model.train()
    for i, (features, labels) in enumerate(loader):
        loss = loss_fn(model(features), labels) / accumulation
        loss.backward()
        if (i + 1) % accumulation == 0:
            optimizer.step()
            optimizer.zero_grad()
    model.eval()
    with torch.no_grad():
        losses = [loss_fn(model(features), labels) for features, labels in test_loader]
    print(epoch, loss.item() * accumulation, torch.stack(losses).mean().item())
