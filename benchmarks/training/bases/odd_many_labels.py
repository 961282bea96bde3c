"""Odd but healthy: several yes-or-no labels a row, classes weighted, a focal loss written by hand."""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X, y = load_digits(return_X_y=True)
labels = torch.stack(
    [torch.tensor(y % 2 == 0), torch.tensor(y >= 5), torch.tensor(y == 8), torch.tensor((y == 3) | (y == 7))], dim=1
).float()
X = torch.tensor(X, dtype=torch.float32) / 16
X_train, X_test, t_train, t_test = train_test_split(X, labels, test_size=0.2, random_state=1)


class FocalLoss(nn.Module):
    def __init__(self, gamma=1.5) -> None:
        super().__init__()
        self.gamma = gamma

    def forward(self, logits, target):
        plain = nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
        sure = torch.exp(-plain)
        return ((1 - sure) ** self.gamma * plain).mean()


model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 4))
criterion = FocalLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
loader = DataLoader(TensorDataset(X_train, t_train), batch_size=32, shuffle=True)
for epoch in range(8):
    for xb, tb in loader:
        loss = criterion(model(xb), tb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        out = model(X_test)
        print(epoch, loss.item(), criterion(out, t_test).item(), ((out > 0).float() == t_test).float().mean().item())
