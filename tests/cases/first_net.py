"""A first net as tutorials write it: a net of 20-64-32-1 on generated rows, and helpers that look into it. Run by the stories."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
rows = torch.randn(1000, 20)
answers = (rows.sum(dim=1) > 0).float()
batches = DataLoader(TensorDataset(rows, answers), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
measure = nn.BCELoss()
descent = torch.optim.Adam(net.parameters(), lr=0.001)


def gradients(x, y):
    net.zero_grad()
    measure(net(x), y.unsqueeze(1)).backward()
    found = {}
    for name, parameter in net.named_parameters():
        g = parameter.grad.data
        found[name] = {"mean": g.mean().item(), "spread": g.std().item(), "norm": g.norm().item()}
    return found


def activations(x):
    found = {}

    def keep(name):
        def look(module, given, made):
            found[name] = {"zeros": (made == 0).float().mean().item()}

        return look

    for name, module in net.named_modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(keep(name))
    with torch.no_grad():
        net(x)
    return found


curve = []
for epoch in range(12):
    total = 0
    for x, y in batches:
        descent.zero_grad()
        logits = net(x)
        loss = measure(logits, y.unsqueeze(1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm=1.0)
        descent.step()
        total += loss.item()
    curve.append(total / len(batches))
    norms = [parameter.grad.norm().item() for parameter in net.parameters()]
    if epoch % 4 == 0:
        gradients(*next(iter(batches)))
        activations(torch.randn(32, 20))

guessed = []
with torch.no_grad():
    for x, _ in batches:
        guessed.append((net(x) > 0.5).float())
print(curve[0], curve[-1], len(torch.cat(guessed)))  # noqa: T201 - a tutorial prints
