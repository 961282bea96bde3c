"""A backbone trained on five digits, frozen on purpose, with a new head for the other five."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X, y = load_digits(return_X_y=True)
X = torch.tensor(X, dtype=torch.float32) / 16
y = torch.tensor(y)
first, second = y < 5, y >= 5


def loop(model, optimizer, inputs, labels, epochs) -> None:
    n = int(0.8 * len(inputs))
    loader = DataLoader(TensorDataset(inputs[:n], labels[:n]), batch_size=32, shuffle=True)
    for epoch in range(epochs):
        model.train()
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            valid = nn.functional.cross_entropy(model(inputs[n:]), labels[n:])
        print(epoch, loss.item(), valid.item())


backbone = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 48), nn.ReLU())
model = nn.Sequential(backbone, nn.Linear(48, 5))
loop(model, torch.optim.Adam(model.parameters(), lr=2e-3), X[first], y[first], epochs=6)

for parameter in backbone.parameters():
    parameter.requires_grad = False
model = nn.Sequential(backbone, nn.Linear(48, 5))
loop(model, torch.optim.Adam(model[1].parameters(), lr=1e-2), X[second], y[second] - 5, epochs=8)
