"""A recurrent net on characters, with an iterator that is asked for the next batch and a clipped gradient."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(2)
with open("LICENSE") as handle:
    text = handle.read().lower()
vocabulary = sorted(set(text))
codes = torch.tensor([vocabulary.index(letter) for letter in text])
length = 24
windows = codes[: (len(codes) - 1) // length * length + 1]
inputs = windows[:-1].view(-1, length)
targets = windows[1:].view(-1, length)
n_valid = 60
train_loader = DataLoader(TensorDataset(inputs[:-n_valid], targets[:-n_valid]), batch_size=16, shuffle=True, drop_last=True)
x_valid, y_valid = inputs[-n_valid:], targets[-n_valid:]


class Writer(nn.Module):
    def __init__(self, size=len(vocabulary), width=48) -> None:
        super().__init__()
        self.embed = nn.Embedding(size, 24)
        self.rnn = nn.GRU(24, width, batch_first=True)
        self.decode = nn.Linear(width, size)

    def forward(self, letters):
        states, _ = self.rnn(self.embed(letters))
        return self.decode(states)


model = Writer()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.RMSprop(model.parameters(), lr=4e-3)
iterator = iter(train_loader)
for step in range(1, 201):
    try:
        x, y = next(iterator)
    except StopIteration:
        iterator = iter(train_loader)
        x, y = next(iterator)
    model.train()
    optimizer.zero_grad()
    logits = model(x)
    loss = criterion(logits.transpose(1, 2), y)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
    optimizer.step()
    if step % 40 == 0:
        model.eval()
        with torch.inference_mode():
            print(step, loss.item(), criterion(model(x_valid).transpose(1, 2), y_valid).item())
