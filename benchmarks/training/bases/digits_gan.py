"""Two nets and two optimizers: a small generative adversarial net on digits."""

import torch
import torch.nn as nn
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
real_data = torch.tensor(load_digits().data, dtype=torch.float32) / 8 - 1
loader = DataLoader(TensorDataset(real_data), batch_size=64, shuffle=True, drop_last=True)
generator = nn.Sequential(nn.Linear(16, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.Tanh())
discriminator = nn.Sequential(nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Dropout(0.2), nn.Linear(64, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=5e-4, betas=(0.5, 0.999))
bce = nn.BCEWithLogitsLoss()

for epoch in range(8):
    for (real,) in loader:
        n = len(real)
        noise = torch.randn(n, 16)
        fake = generator(noise)
        opt_d.zero_grad()
        d_loss = bce(discriminator(real), torch.full((n, 1), 0.9)) + bce(discriminator(fake.detach()), torch.zeros(n, 1))
        d_loss.backward()
        opt_d.step()
        opt_g.zero_grad()
        g_loss = bce(discriminator(fake), torch.ones(n, 1))
        g_loss.backward()
        opt_g.step()
    print(epoch, d_loss.item(), g_loss.item())
