"""An autoencoder with a sigmoid head on pixels between 0 and 1."""

import torch
import torch.nn as nn
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader

torch.manual_seed(0)
pixels = torch.tensor(load_digits().data, dtype=torch.float32) / 16
pixels = pixels[torch.randperm(len(pixels))]
train, held_out = pixels[:1500], pixels[1500:]
loader = DataLoader(train, batch_size=50, shuffle=True)


class AutoEncoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 40), nn.ReLU(), nn.Linear(40, 12))
        self.decoder = nn.Sequential(nn.Linear(12, 40), nn.ReLU(), nn.Linear(40, 64), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


net = AutoEncoder()
optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
loss_fn = nn.MSELoss()
for epoch in range(10):
    net.train()
    for batch in loader:
        rebuilt = net(batch)
        loss = loss_fn(rebuilt, batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    net.eval()
    with torch.no_grad():
        print(epoch, loss.item(), loss_fn(net(held_out), held_out).item())
