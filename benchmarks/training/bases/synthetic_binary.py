"""Generated rows, a net of 20-64-32-1 that ends in a sigmoid, and helper functions that look at it between passes."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
features = torch.randn(1000, 20)
target = (features.sum(1) > 0).float().unsqueeze(1)
loader = DataLoader(TensorDataset(features, target), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
loss_fn = nn.BCELoss()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)


def one_pass():
    total = 0.0
    for rows, wanted in loader:
        optimizer.zero_grad()
        probability = net(rows)
        loss = loss_fn(probability, wanted)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / len(loader.dataset)


curve = [one_pass() for _ in range(12)]
print([round(value, 3) for value in curve])
