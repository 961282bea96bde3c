"""Odd but healthy: a teacher is a running average of the student; it is called without gradients and held by no optimizer."""

import copy

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X, dtype=torch.float32) / 16, torch.tensor(y)
student = nn.Sequential(nn.Linear(64, 48), nn.ReLU(), nn.Dropout(0.1), nn.Linear(48, 10))
teacher = copy.deepcopy(student).requires_grad_(False).eval()
optimizer = torch.optim.Adam(student.parameters(), lr=2e-3)
for epoch in range(8):
    student.train()
    for rows in torch.randperm(1400).split(64):
        out = student(X[rows])
        with torch.no_grad():
            soft = teacher(X[rows]).softmax(1)
        loss = F.cross_entropy(out, y[rows]) + 0.3 * F.kl_div(out.log_softmax(1), soft, reduction="batchmean")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for slow, fast in zip(teacher.parameters(), student.parameters(), strict=True):
                slow.lerp_(fast, 0.05)
    with torch.no_grad():
        print(epoch, loss.item(), (teacher(X[1400:]).argmax(1) == y[1400:]).float().mean().item())
