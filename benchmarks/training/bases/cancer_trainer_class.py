"""A Trainer class: breast cancer, one logit, binary cross-entropy, early stopping on the validation loss."""

import numpy as np
import torch
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Table(Dataset):
    def __init__(self, X, y) -> None:
        self.X = torch.as_tensor(X, dtype=torch.float32)
        self.y = torch.as_tensor(y, dtype=torch.float32)

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, index):
        return self.X[index], self.y[index]


class Classifier(nn.Module):
    def __init__(self, n_features, width=24) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(n_features, width), nn.ReLU(), nn.Dropout(0.1), nn.Linear(width, width), nn.ReLU())
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        return self.head(self.body(x)).squeeze(1)


class Trainer:
    def __init__(self, model, train_loader, valid_loader, lr=2e-3, patience=4) -> None:
        self.model = model
        self.train_loader = train_loader
        self.valid_loader = valid_loader
        self.loss_fn = nn.BCEWithLogitsLoss()
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=1e-3)
        self.patience = patience
        self.best = float("inf")
        self.bad_epochs = 0

    def training_step(self, batch):
        features, target = batch
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss_fn(self.model(features), target)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def validate(self):
        self.model.eval()
        losses = [self.loss_fn(self.model(features), target).item() for features, target in self.valid_loader]
        self.model.train()
        return float(np.mean(losses))

    def fit(self, epochs) -> None:
        self.model.train()
        for epoch in range(epochs):
            train = np.mean([self.training_step(batch) for batch in self.train_loader])
            valid = self.validate()
            print(f"epoch {epoch}: {train:.4f} {valid:.4f}")
            if valid < self.best:
                self.best, self.bad_epochs = valid, 0
            else:
                self.bad_epochs += 1
                if self.bad_epochs >= self.patience:
                    break


torch.manual_seed(3)
X, y = load_breast_cancer(return_X_y=True)
X_train, X_valid, y_train, y_valid = train_test_split(X, y, test_size=0.3, random_state=3, stratify=y)
scaler = StandardScaler().fit(X_train)
train_loader = DataLoader(Table(scaler.transform(X_train), y_train), batch_size=16, shuffle=True)
valid_loader = DataLoader(Table(scaler.transform(X_valid), y_valid), batch_size=64)
trainer = Trainer(Classifier(X.shape[1]), train_loader, valid_loader)
trainer.fit(12)
