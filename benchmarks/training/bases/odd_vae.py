"""Odd but healthy: a variational autoencoder, with a loss summed over pixels and two heads."""

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)
X = torch.tensor(load_digits().data, dtype=torch.float32) / 16
loader = DataLoader(X, batch_size=64, shuffle=True)


class VAE(nn.Module):
    def __init__(self, latent=6) -> None:
        super().__init__()
        self.enc = nn.Linear(64, 48)
        self.mu = nn.Linear(48, latent)
        self.logvar = nn.Linear(48, latent)
        self.dec = nn.Sequential(nn.Linear(latent, 48), nn.ReLU(), nn.Linear(48, 64))

    def forward(self, x):
        h = torch.tanh(self.enc(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.randn_like(mu) * (0.5 * logvar).exp()
        return self.dec(z), mu, logvar


vae = VAE()
optimizer = torch.optim.Adam(vae.parameters(), lr=2e-3)
for epoch in range(10):
    for x in loader:
        logits, mu, logvar = vae(x)
        reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
        divergence = -0.5 * (1 + logvar - mu.square() - logvar.exp()).sum(1).mean()
        loss = reconstruction + divergence
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item(), divergence.item())
