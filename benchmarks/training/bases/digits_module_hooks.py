"""Lightning in miniature: the module knows its step and its optimizer, a loop drives it."""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedShuffleSplit
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset


class LitDigits(nn.Module):
    def __init__(self, hidden=48, rate=1e-2) -> None:
        super().__init__()
        self.rate = rate
        self.layers = nn.Sequential(
            nn.Linear(64, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.BatchNorm1d(hidden), nn.ReLU()
        )
        self.classifier = nn.Linear(hidden, 10)
        self.loss = nn.CrossEntropyLoss(label_smoothing=0.05)

    def forward(self, x):
        return self.classifier(self.layers(x))

    def training_step(self, batch):
        x, y = batch
        return self.loss(self(x), y)

    def validation_step(self, batch):
        x, y = batch
        logits = self(x)
        return self.loss(logits, y), (logits.argmax(dim=1) == y).float().mean()

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=self.rate, momentum=0.9, weight_decay=1e-4)
        return optimizer, torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.3)


def fit(module, train_loader, valid_loader, max_epochs) -> None:
    optimizer, scheduler = module.configure_optimizers()
    for epoch in range(max_epochs):
        module.train()
        for batch in train_loader:
            optimizer.zero_grad()
            loss = module.training_step(batch)
            loss.backward()
            optimizer.step()
        scheduler.step()
        module.eval()
        with torch.no_grad():
            results = [module.validation_step(batch) for batch in valid_loader]
        print(epoch, loss.item(), *[torch.stack(column).mean().item() for column in zip(*results, strict=True)])


torch.manual_seed(7)
X, y = load_digits(return_X_y=True)
dataset = TensorDataset(torch.tensor((X - X.mean()) / X.std(), dtype=torch.float32), torch.tensor(y))
train_rows, valid_rows = next(StratifiedShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
fit(
    LitDigits(),
    DataLoader(Subset(dataset, train_rows), batch_size=64, shuffle=True),
    DataLoader(Subset(dataset, valid_rows), batch_size=64),
    max_epochs=8,
)
