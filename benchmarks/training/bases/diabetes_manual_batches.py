"""Batches by hand: diabetes regression with inputs and target standardised, no loader."""

import numpy as np
import torch
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

torch.manual_seed(0)
rng = np.random.default_rng(0)

X, y = load_diabetes(return_X_y=True, scaled=False)
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, random_state=0)
mu, sd = X_tr.mean(0), X_tr.std(0)
X_tr, X_te = (X_tr - mu) / sd, (X_te - mu) / sd
y_mu, y_sd = y_tr.mean(), y_tr.std()
t_tr, t_te = (y_tr - y_mu) / y_sd, (y_te - y_mu) / y_sd

X_tr, X_te = torch.tensor(X_tr).float(), torch.tensor(X_te).float()
t_tr, t_te = torch.tensor(t_tr).float(), torch.tensor(t_te).float()

net = torch.nn.Sequential(
    torch.nn.Linear(10, 16),
    torch.nn.Tanh(),
    torch.nn.Linear(16, 1),
)
mse = torch.nn.MSELoss()
opt = torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.8)
batch = 32
for epoch in range(25):
    order = torch.randperm(len(X_tr))
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        pred = net(X_tr[rows]).squeeze(-1)
        loss = mse(pred, t_tr[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        test = mse(net(X_te).squeeze(-1), t_te).item()
    if epoch % 5 == 4:
        print("epoch", epoch, "loss", loss.item(), "test", test, "rmse", test**0.5 * y_sd)
