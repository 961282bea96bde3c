"""Odd but healthy: mean and variance are learned, so that the likelihood loss falls below zero."""

import torch
from sklearn.datasets import load_breast_cancer
from torch import nn

torch.manual_seed(0)
table = load_breast_cancer().data
table = (table - table.mean(0)) / table.std(0)
X = torch.tensor(table[:, 1:], dtype=torch.float32)
y = torch.tensor(table[:, :1], dtype=torch.float32)
train, valid = slice(0, 450), slice(450, None)
net = nn.Sequential(nn.Linear(29, 32), nn.SiLU(), nn.Linear(32, 2))
criterion = nn.GaussianNLLLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(15):
    for rows in torch.randperm(450).split(32):
        mean, log_variance = net(X[train][rows]).chunk(2, dim=1)
        loss = criterion(mean, y[train][rows], log_variance.exp() + 1e-2)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        mean, log_variance = net(X[valid]).chunk(2, dim=1)
        print(epoch, loss.item(), criterion(mean, y[valid], log_variance.exp() + 1e-2).item())
