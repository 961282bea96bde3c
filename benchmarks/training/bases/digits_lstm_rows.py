"""An LSTM that reads an image row by row; one function does it all."""

import torch
from sklearn.datasets import load_digits
from torch import nn


class RowReader(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(8, 40, batch_first=True)
        self.norm = nn.LayerNorm(40)
        self.out = nn.Linear(40, 10)

    def forward(self, x):
        states, _ = self.lstm(x)
        return self.out(self.norm(states[:, -1]))


def run(epochs=8, batch_size=50, lr=0.005) -> None:
    torch.manual_seed(11)
    digits = load_digits()
    x = torch.from_numpy(digits.images).float().div(8).sub(1)
    y = torch.from_numpy(digits.target).long()
    perm = torch.randperm(len(x))
    train, valid = perm[:1400], perm[1400:]
    model = RowReader()
    loss_function = nn.CrossEntropyLoss()
    optim = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        model.train()
        order = train[torch.randperm(len(train))]
        for rows in order.split(batch_size):
            optim.zero_grad()
            output = model(x[rows])
            loss = loss_function(output, y[rows])
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optim.step()
        model.eval()
        with torch.no_grad():
            output = model(x[valid])
            print(epoch, loss_function(output, y[valid]).item(), (output.argmax(-1) == y[valid]).float().mean().item())


run()
