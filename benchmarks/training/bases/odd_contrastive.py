"""Odd but healthy: rows of a batch meet in the loss (contrastive pairs of noisy copies)."""

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

torch.manual_seed(0)
X = torch.tensor(load_digits().data, dtype=torch.float32) / 16
encoder = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 16))
optimizer = torch.optim.Adam(encoder.parameters(), lr=2e-3)
for step in range(200):
    rows = X[torch.randint(len(X), (64,))]
    a = F.normalize(encoder(rows + 0.1 * torch.randn_like(rows)), dim=1)
    b = F.normalize(encoder(rows + 0.1 * torch.randn_like(rows)), dim=1)
    similarity = a @ b.T / 0.2
    loss = F.cross_entropy(similarity, torch.arange(len(rows)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 49:
        print(step, loss.item())
