"""Deep residual blocks whose last layer starts at zero, with warm-up."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Residual(nn.Module):
    def __init__(self, d) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.up = nn.Linear(d, 2 * d)
        self.down = nn.Linear(2 * d, d)
        nn.init.zeros_(self.down.weight)
        nn.init.zeros_(self.down.bias)

    def forward(self, x):
        return x + self.down(torch.relu(self.up(self.norm(x))))


class ResidualNet(nn.Module):
    def __init__(self, depth=8, d=32) -> None:
        super().__init__()
        self.stem = nn.Linear(64, d)
        self.blocks = nn.Sequential(*[Residual(d) for _ in range(depth)])
        self.head = nn.Linear(d, 10)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)))


def main() -> None:
    torch.manual_seed(4)
    X, y = load_digits(return_X_y=True)
    X = torch.tensor(X, dtype=torch.float32) / 16
    X = (X - X.mean(0)) / (X.std(0) + 0.1)
    y = torch.tensor(y)
    rows = torch.randperm(len(X))
    loader = DataLoader(TensorDataset(X[rows[:1400]], y[rows[:1400]]), batch_size=64, shuffle=True)
    model = ResidualNet()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
    warmup = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.05, total_iters=30)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    for epoch in range(6):
        model.train()
        for inputs, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(inputs), labels)
            loss.backward()
            optimizer.step()
            warmup.step()
        model.eval()
        with torch.no_grad():
            print(epoch, loss.item(), criterion(model(X[rows[1400:]]), y[rows[1400:]]).item())


main()
