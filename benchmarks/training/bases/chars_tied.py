"""A model of the next letter from six before it, with input and output embeddings tied."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
text = open("LICENSE").read()
letters = sorted(set(text))
codes = torch.tensor([letters.index(c) for c in text])
context = 6
X = codes.unfold(0, context + 1, 1)
X, y = X[:, :-1].contiguous(), X[:, -1].contiguous()
cut = int(0.9 * len(X))


class Tied(nn.Module):
    def __init__(self, n, d=24) -> None:
        super().__init__()
        self.embedding = nn.Embedding(n, d)
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.hidden = nn.Linear(context * d, 64)
        self.project = nn.Linear(64, d)
        self.output = nn.Linear(d, n)
        self.output.weight = self.embedding.weight

    def forward(self, x):
        h = torch.tanh(self.hidden(self.embedding(x).flatten(1)))
        return self.output(self.project(h))


model = Tied(len(letters))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(300):
    rows = torch.randint(cut, (64,))
    loss = F.cross_entropy(model(X[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 99:
        with torch.no_grad():
            print(step, loss.item(), F.cross_entropy(model(X[cut:]), y[cut:]).item())
