"""Logistic regression by L-BFGS: the whole table in one batch, a closure."""

import torch
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale

torch.manual_seed(0)
X, y = load_breast_cancer(return_X_y=True)
X = torch.tensor(scale(X), dtype=torch.float32)
y = torch.tensor(y, dtype=torch.float32).unsqueeze(1)
model = torch.nn.Linear(30, 1)
criterion = torch.nn.BCEWithLogitsLoss()
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=5)


def closure():
    optimizer.zero_grad()
    loss = criterion(model(X), y) + 1e-3 * model.weight.square().sum()
    loss.backward()
    return loss


for step in range(25):
    loss = optimizer.step(closure)
    if step % 5 == 0:
        print(step, loss.item())
print("accuracy", ((model(X) > 0).float() == y).float().mean().item())
