"""Odd but healthy: a policy gradient; the loss is noise around nothing while the reward rises."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
X, y = load_digits(return_X_y=True)
keep = y < 4
X, y = torch.tensor(X[keep], dtype=torch.float32) / 16, torch.tensor(y[keep])
policy = nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(policy.parameters(), lr=5e-3)
baseline = 0.25
for step in range(400):
    rows = torch.randint(len(X), (64,))
    choice = Categorical(logits=policy(X[rows]))
    action = choice.sample()
    reward = (action == y[rows]).float()
    loss = -(choice.log_prob(action) * (reward - baseline)).mean() - 0.01 * choice.entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    baseline += 0.05 * (reward.mean().item() - baseline)
    if step % 100 == 99:
        print(step, round(loss.item(), 3), round(baseline, 3))
