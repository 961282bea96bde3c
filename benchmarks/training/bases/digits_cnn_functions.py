"""Functions for one pass and for evaluation: digits as images, convolutions with batch norm and dropout, a cosine schedule."""

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


class SmallConvNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(12)
        self.conv2 = nn.Conv2d(12, 24, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(24)
        self.drop = nn.Dropout(0.25)
        self.fc = nn.Linear(24 * 4, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        return self.fc(self.drop(x.flatten(1)))


def train_one_epoch(model, loader, optimizer):
    model.train()
    seen = 0.0
    for images, labels in loader:
        logits = model(images)
        loss = F.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen += loss.item() * len(labels)
    return seen / len(loader.dataset)


def evaluate(model, loader):
    model.eval()
    seen, right = 0.0, 0
    with torch.no_grad():
        for images, labels in loader:
            logits = model(images)
            seen += F.cross_entropy(logits, labels, reduction="sum").item()
            right += (logits.argmax(1) == labels).sum().item()
    return seen / len(loader.dataset), right / len(loader.dataset)


def main() -> None:
    torch.manual_seed(1)
    X, y = load_digits(return_X_y=True)
    images = torch.tensor(X, dtype=torch.float32).view(-1, 1, 8, 8) / 16.0
    data = TensorDataset((images - images.mean()) / images.std(), torch.tensor(y))
    train_set, valid_set = random_split(data, [1400, 397])
    train_loader = DataLoader(train_set, batch_size=64, shuffle=True)
    valid_loader = DataLoader(valid_set, batch_size=200)
    model = SmallConvNet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    epochs = 8
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    for epoch in range(epochs):
        train_loss = train_one_epoch(model, train_loader, optimizer)
        valid_loss, accuracy = evaluate(model, valid_loader)
        schedule.step()
        print(f"{epoch} train {train_loss:.3f} valid {valid_loss:.3f} accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
