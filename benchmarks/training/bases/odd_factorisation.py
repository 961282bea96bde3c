"""Odd but healthy: sparse embeddings of rows and columns; each step touches few of them, and two optimizers share the work."""

import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
table = torch.tensor(load_digits().data[:400], dtype=torch.float32)
table = (table - table.mean()) / table.std()
row = nn.Embedding(400, 8, sparse=True)
column = nn.Embedding(64, 8, sparse=True)
bias = nn.Parameter(torch.zeros(64))
nn.init.normal_(row.weight, std=0.3)
nn.init.normal_(column.weight, std=0.3)
fast = torch.optim.SparseAdam([*row.parameters(), *column.parameters()], lr=0.02)
slow = torch.optim.SGD([bias], lr=0.5)
for step in range(400):
    i, j = torch.randint(400, (256,)), torch.randint(64, (256,))
    guess = (row(i) * column(j)).sum(1) + bias[j]
    loss = (guess - table[i, j]).square().mean()
    fast.zero_grad()
    slow.zero_grad()
    loss.backward()
    fast.step()
    slow.step()
    if step % 100 == 99:
        print(step, loss.item())
