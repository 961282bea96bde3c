"""Odd but healthy: temporal differences with a target net that is copied now and then, on a small grid."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
size = 5
online = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 4))
target_net = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 4))
target_net.load_state_dict(online.state_dict())
optimizer = torch.optim.Adam(online.parameters(), lr=2e-3)
moves = torch.tensor([[0, 1], [1, 0], [0, -1], [-1, 0]])
for step in range(400):
    state = torch.randint(size, (64, 2))
    action = torch.randint(4, (64,))
    after = (state + moves[action]).clamp(0, size - 1)
    done = (after == size - 1).all(1).float()
    with torch.no_grad():
        wanted = done + 0.9 * (1 - done) * target_net(after / 2 - 1).max(1).values
    value = online(state / 2 - 1).gather(1, action.unsqueeze(1)).squeeze(1)
    loss = F.smooth_l1_loss(value, wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        target_net.load_state_dict(online.state_dict())
    if step % 100 == 99:
        print(step, loss.item())
