"""Patches of an image through a bidirectional transformer encoder from the library, mean-pooled."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class PatchClassifier(nn.Module):
    def __init__(self, width=32) -> None:
        super().__init__()
        self.embed = nn.Linear(4, width)
        self.position = nn.Parameter(torch.randn(1, 16, width) * 0.02)
        layer = nn.TransformerEncoderLayer(width, nhead=4, dim_feedforward=64, dropout=0.05, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers=2, enable_nested_tensor=False)
        self.head = nn.Linear(width, 10)

    def forward(self, images):
        patches = images.unfold(1, 2, 2).unfold(2, 2, 2).reshape(len(images), 16, 4)
        return self.head(self.encoder(self.embed(patches) + self.position).mean(dim=1))


torch.manual_seed(0)
digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32) / 16
labels = torch.tensor(digits.target)
order = torch.randperm(len(images))
train = DataLoader(TensorDataset(images[order[:1300]], labels[order[:1300]]), batch_size=64, shuffle=True)
valid = DataLoader(TensorDataset(images[order[1300:]], labels[order[1300:]]), batch_size=128)
model = PatchClassifier()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
criterion = nn.CrossEntropyLoss()

for epoch in range(6):
    model.train()
    running = 0.0
    for x, target in train:
        optimizer.zero_grad()
        loss = criterion(model(x), target)
        loss.backward()
        optimizer.step()
        running += loss.item()
    model.eval()
    correct = 0
    with torch.no_grad():
        for x, target in valid:
            correct += (model(x).argmax(1) == target).sum().item()
    print(f"{epoch}: {running / len(train):.3f} {correct / len(valid.dataset):.3f}")
