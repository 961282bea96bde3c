"""Odd but healthy: fine-tuning with the statistics of batch norm held still on purpose, and a small rate for old layers."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X, y = load_digits(return_X_y=True)
images, labels = torch.tensor(X, dtype=torch.float32).view(-1, 1, 8, 8) / 16, torch.tensor(y)
features = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),
    nn.BatchNorm2d(8),
    nn.ReLU(),
    nn.Conv2d(8, 16, 3, padding=1),
    nn.BatchNorm2d(16),
    nn.ReLU(),
    nn.MaxPool2d(2),
)
net = nn.Sequential(features, nn.Flatten(), nn.Linear(256, 5))


def passes(net, optimizer, rows, wanted, epochs, hold) -> None:
    loader = DataLoader(TensorDataset(rows, wanted), batch_size=32, shuffle=True)
    for epoch in range(epochs):
        net.train()
        if hold:
            for module in net.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(xb), yb)
            loss.backward()
            optimizer.step()
        print(epoch, loss.item())


old, new = labels < 5, labels >= 5
passes(net, torch.optim.Adam(net.parameters(), lr=2e-3), images[old], labels[old], 4, hold=False)
net = nn.Sequential(features, nn.Flatten(), nn.Linear(256, 5))
groups = [{"params": features.parameters(), "lr": 1e-4}, {"params": net[2].parameters(), "lr": 3e-3}]
passes(net, torch.optim.Adam(groups), images[new], labels[new] - 5, 6, hold=True)
