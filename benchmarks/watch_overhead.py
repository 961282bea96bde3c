"""What watching costs: training steps beside an unwatched twin, in turns, one thread, process CPU time.

    python -m benchmarks.watch_overhead [--steps 12000 600 600] [--models mlp cnn transformer] [--json FILE]

Each model is trained twice in the same process, watched and not, in blocks that take turns; the figure is the median of the ratios of
neighbouring blocks. Both see the same batches in the same order, so that the final weights must be equal bit for bit, which is checked too.
Memory is the peak of a process that trains watched over that of one that trains unwatched and never imports rung: medians of three of each.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
from torch import nn

MEMORY_BLOCKS = {"mlp": 60, "cnn": 30, "transformer": 30}


def mlp() -> tuple[nn.Module, torch.Tensor, torch.Tensor, nn.Module]:
    """20-64-32-1 on 1000 rows in batches of 32: the worst case, half a millisecond a step."""
    inputs = torch.randn(1000, 20)
    model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
    return model, inputs, (inputs.sum(1) > 0).float().unsqueeze(1), nn.BCELoss()


def cnn() -> tuple[nn.Module, torch.Tensor, torch.Tensor, nn.Module]:
    """Two convolutions on 28x28, batches of 64."""
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 49, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 10),
    )  # fmt: skip
    return model, torch.randn(640, 1, 28, 28), torch.randint(0, 10, (640,)), nn.CrossEntropyLoss()


class Transformer(nn.Module):
    """Four encoder layers of width 128 over 64 tokens, batches of 16."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(100, 128)
        layer = nn.TransformerEncoderLayer(128, 4, 256, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 4)
        self.head = nn.Linear(128, 100)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.head(self.encoder(self.embedding(tokens))).transpose(1, 2)


def transformer() -> tuple[nn.Module, torch.Tensor, torch.Tensor, nn.Module]:
    tokens = torch.randint(0, 100, (160, 64))
    return Transformer(), tokens, tokens.roll(-1, 1), nn.CrossEntropyLoss()


MODELS = {"mlp": (mlp, 32, 200), "cnn": (cnn, 64, 10), "transformer": (transformer, 16, 4)}


class Twin:
    """One model with its optimizer and its random state, trained in blocks."""

    def __init__(self, name: str) -> None:
        torch.manual_seed(0)
        make, self.batch, self.block = MODELS[name]
        self.model, self.inputs, self.targets, self.loss = make()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.random = torch.get_rng_state()
        self.step = 0

    def run(self) -> float:
        """CPU seconds of a block of steps."""
        torch.set_rng_state(self.random)
        begun = time.process_time()
        for _ in range(self.block):
            place = self.step * self.batch % (len(self.inputs) - self.batch + 1)
            inputs, targets = self.inputs[place : place + self.batch], self.targets[place : place + self.batch]
            self.optimizer.zero_grad()
            loss = self.loss(self.model(inputs), targets)
            loss.backward()
            self.optimizer.step()
            self.step += 1
        taken = time.process_time() - begun
        self.random = torch.get_rng_state()
        return taken


def compare(name: str, steps: int) -> dict[str, float | bool | str]:
    """Median ratio of watched to unwatched blocks over so many steps."""
    from rung.record.torch.watching import Watching

    plain, watched, control = Twin(name), Twin(name), Twin(name)
    watching = Watching((watched.model,), (watched.optimizer,), probes=False)
    for each in (plain, watched, control):
        each.run()
    ratios, noise, total, blocks = [], [], [0.0, 0.0], 0
    watching.start()
    watching.recorder.pause()
    while watched.step < steps:
        gc.collect()
        base = plain.run()
        watching.recorder.resume()
        seen = watched.run()
        watching.recorder.pause()
        again = control.run()
        if blocks:
            ratios.append(seen / ((base + again) / 2))
            noise.append(base / again)
            total[0], total[1] = total[0] + seen, total[1] + (base + again) / 2
        blocks += 1
    watching.recorder.resume()
    watching.stop()
    equal = all(torch.equal(a, b) for a, b in zip(plain.model.parameters(), watched.model.parameters(), strict=True))
    plain_mb, watched_mb = (statistics.median(peak(name, how) for _ in range(3)) for how in ("plain", "watched"))
    return {
        "model": name, "ratio": round(statistics.median(ratios), 3), "ratio_of_sums": round(total[0] / total[1], 3),
        "nothing_vs_nothing": round(statistics.median(noise), 3), "blocks": blocks, "steps": watched.step,
        "ms_a_step": round(1000 * total[1] / max(1, blocks - 1) / watched.block, 3), "equal_bit_for_bit": equal,
        "looks": len(watching.recorder.frames), "plain_mb": round(plain_mb, 1), "watched_mb": round(watched_mb, 1), "memory_ratio": round(watched_mb / plain_mb, 3),
    }  # fmt: skip


def alone(name: str, how: str) -> None:
    """Train in this process, watched or plain, and print its peak of memory in MB."""
    twin, watching = Twin(name), None
    if how == "watched":
        from rung.record.torch.watching import Watching

        watching = Watching((twin.model,), (twin.optimizer,), probes=False)
        watching.start()
    for _ in range(MEMORY_BLOCKS[name]):
        twin.run()
    if watching is not None:
        watching.stop()
    status = Path("/proc/self/status").read_text()  # the peak in getrusage begins with that of the process that started this one
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)


def peak(name: str, how: str) -> float:
    """Peak of memory of a process of its own, in MB."""
    command = [sys.executable, "-m", "benchmarks.watch_overhead", "--alone", name, how]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, nargs="+", default=[12_000, 600, 600], help="of each model")
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--alone", nargs=2, metavar=("MODEL", "HOW"), help="train one model plain or watched and print the peak of memory")
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.alone:
        alone(*options.alone)
        return
    found = []
    for place, name in enumerate(options.models):
        found.append(compare(name, options.steps[min(place, len(options.steps) - 1)]))
        print(json.dumps(found[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
