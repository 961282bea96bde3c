"""Are curves read right? The rules on loss curves against simulated and real curves whose shape is known.

    python -m benchmarks.curves            # 600 simulated curves and 60 of scikit-learn's nets
    python -m benchmarks.curves --show     # the ones that were read wrongly

Only curves are handed over, as a log file would: no layers, no loop. Bar: 0.90 right.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.engine.run import run_check
from rung.inputs.case import Case
from rung.inputs.history import Curve, History
from rung.inputs.settings import Settings

Floats = NDArray[np.float64]
#: Where several rules speak, the first of these is the shape.
ORDER = ("nan-loss", "diverging-loss", "overfitting-curve", "oscillating-loss", "flat-loss", "plateaued-loss")
SHAPES = ("healthy", *ORDER)


def main() -> None:
    """Read all curves, print the card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=86, help="simulated curves of each shape")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--simulated-only", action="store_true", help="leave scikit-learn's nets out")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--output", type=Path)
    given = parser.parse_args()
    simulated = [(f"simulated {shape} {number}", shape, *simulate(shape, np.random.default_rng([given.seed, place, number])))
                 for place, shape in enumerate(SHAPES) for number in range(given.each)]  # fmt: skip
    cards = {"simulated": judge(simulated, show=given.show)}
    if not given.simulated_only:
        cards["real"] = judge([*real(), *descents()], show=given.show)
    print(json.dumps(cards, indent=1))
    if given.output:
        given.output.write_text(json.dumps(cards, indent=1) + "\n")


def judge(curves: list[tuple[str, str, Floats, Floats | None]], *, show: bool) -> dict[str, object]:
    """Share of the curves whose shape was read right, and where the others went."""
    said = [(name, shape, read(train, valid)) for name, shape, train, valid in curves]
    wrong = [(name, shape, found) for name, shape, found in said if shape != found]
    if show:
        print(*(f"{name}: is {shape}, read as {found}" for name, shape, found in wrong), sep="\n")
    healthy = [found for _, shape, found in said if shape == "healthy"]
    return {
        "curves": len(said),
        "right": round(1 - len(wrong) / len(said), 3),
        "healthy read as anything else": round(sum(each != "healthy" for each in healthy) / max(1, len(healthy)), 3),
        "wrong": {
            f"{shape} read as {found}": count
            for (shape, found), count in Counter((shape, found) for _, shape, found in wrong).most_common()
        },
    }


def read(train: Floats, valid: Floats | None) -> str:
    """The shape that the rules see."""
    unit = "step" if len(train) > 150 else "epoch"
    curves = [_curve("train", train, unit, 1)]
    if valid is not None:
        curves.append(_curve("valid", valid, unit, max(1, len(train) // len(valid))))
    history = History(source="a log", n_steps=len(train), counted="epoch" if unit == "epoch" else "optimizer.step", curves=tuple(curves))
    ledger = Ledger(Case(history, Settings()), discover.facts())
    rules = {each.name: each for each in discover.rules() if each.name in ORDER}
    return next((name for name in ORDER if run_check(rules[name], ledger)[1]), "healthy")


def _curve(phase: str, values: Floats, unit: str, every: int) -> Curve:
    return Curve(name=f"{phase}/loss", phase=phase, quantity="loss", step=np.arange(1, len(values) + 1) * every, value=values, unit=unit)


def simulate(shape: str, rng: np.random.Generator) -> tuple[Floats, Floats | None]:
    """A training loss of this shape and, half of the time, a validation loss; lengths from 15 epochs to 2,000 steps."""
    by_step = rng.random() < 0.6
    n = int(rng.integers(160, 2000) if by_step else rng.integers(15, 120))
    t = np.arange(n) / n
    start = float(np.exp(rng.uniform(np.log(0.3), np.log(8))))
    noise = float(rng.uniform(0.02, 0.35) if by_step else rng.uniform(0.0, 0.03))
    end = float(rng.uniform(0.02, 0.2)) * start
    fall = end + (start - end) * np.exp(-t * rng.uniform(3, 9)) if rng.random() < 0.6 else start * (1 + t * n) ** -rng.uniform(0.35, 0.6)
    fuzz = _fuzz(n, noise, rng)
    train = _shaped(shape, fall, start, t, rng) * fuzz
    if shape == "nan-loss":
        train[int(n * rng.uniform(0.1, 0.9)) :] = np.nan
    wants = shape == "overfitting-curve" or (shape == "healthy" and rng.random() < 0.6)
    return train, _validation(shape, start, t, rng) if wants else None


def _fuzz(n: int, noise: float, rng: np.random.Generator) -> Floats:
    """Noise in proportion to the level, skewed as losses of batches are, now and then with a single outlier."""
    fuzz = np.exp(rng.normal(0, noise, n) - noise**2 / 2)
    if rng.random() < 0.2:
        fuzz[rng.integers(n)] *= 2.5
    return fuzz


def _shaped(shape: str, fall: Floats, start: float, t: Floats, rng: np.random.Generator) -> Floats:
    if shape == "flat-loss":
        return np.full(len(t), start)
    if shape == "diverging-loss":
        kind, turn = rng.integers(3), rng.uniform(0.1, 0.5)
        if kind == 0:
            return start * np.exp(rng.uniform(0.8, 5) * t)
        if kind == 1:
            return start * (1 + t * rng.uniform(0.8, 10))
        low = np.interp(turn, t, fall)
        climb = low * (rng.uniform(1.5, 6) * start / low) ** (np.maximum(t - turn, 0) / (1 - turn))
        return np.where(t < turn, fall, climb)
    if shape == "plateaued-loss":
        level = rng.uniform(0.35, 0.8) * start
        return level + (start - level) * np.exp(-t * len(t) / max(1.0, len(t) * rng.uniform(0.01, 0.06)))
    if shape == "oscillating-loss":
        return _swinging(start, t, rng)
    return fall


def _swinging(start: float, t: Floats, rng: np.random.Generator) -> Floats:
    base = start * (rng.uniform(0.3, 0.6) + 0.4 * np.exp(-t * 20))
    kind, size = rng.integers(3 if len(t) > 60 else 2), rng.uniform(0.35, 0.8)
    if kind == 0:
        cycles = rng.uniform(3, max(3.5, min(10, len(t) / 6)))
        return base * (1 + size * np.sin(2 * np.pi * cycles * t + rng.uniform(0, 6)))
    if kind == 1:
        return base * (1 + size * (-1.0) ** np.arange(len(t)))
    spikes = np.zeros(len(t))
    for place in np.linspace(len(t) * 0.25, len(t) * 0.95, int(rng.integers(4, 8))).astype(int):
        spikes[place : place + (8 if len(t) > 150 else 1)] = rng.uniform(8, 30)
    return base * 0.4 * (1 + spikes)


def _validation(shape: str, start: float, t: Floats, rng: np.random.Generator) -> Floats:
    n = int(rng.integers(12, 60)) if len(t) > 150 else len(t)
    at = np.linspace(0.02, 1, n)
    level = start * rng.uniform(0.15, 0.45)
    values = level + (start - level) * np.exp(-at * rng.uniform(8, 20))
    if shape == "overfitting-curve":
        turn = rng.uniform(0.15, 0.6)
        values = values + level * rng.uniform(0.35, 2.5) * np.maximum(at - turn, 0) / (1 - turn)
    return values * np.exp(rng.normal(0, rng.uniform(0.005, 0.06), n))


def real() -> Iterator[tuple[str, str, Floats, Floats | None]]:
    """Nets of scikit-learn whose settings leave no doubt about the shape."""
    for name in ("digits", "wine", "breast_cancer"):
        data = getattr(datasets, f"load_{name}")()
        x, y = StandardScaler().fit_transform(data.data), data.target
        for seed in range(4):
            order = np.random.default_rng(seed).permutation(len(x))
            x_s, y_s = x[order], y[order]
            cut = int(0.7 * len(x))
            noisy = np.where(np.random.default_rng(seed).random(len(y)) < 0.35, np.random.default_rng(seed + 9).permutation(y_s), y_s)
            few = max(40, cut // 8)
            settings = [
                ("healthy", {"learning_rate_init": 3e-3}, y_s, cut, 25),
                ("healthy", {"solver": "sgd", "learning_rate_init": 0.05, "momentum": 0.9}, y_s, cut, 25),
                ("flat-loss", {"learning_rate_init": 1e-8}, y_s, cut, 20),
                ("overfitting-curve", {"learning_rate_init": 1e-2, "hidden_layer_sizes": (200,)}, noisy, few, 60),
            ]
            for shape, changed, labels, n_train, epochs in settings:
                yield (f"{name} {shape} {seed}", shape, *_fitted(x_s, labels, n_train, epochs, seed, dict(changed)))


def _fitted(x: Floats, y: NDArray[np.int64], n_train: int, epochs: int, seed: int, changed: dict) -> tuple[Floats, Floats]:
    net = MLPClassifier(random_state=seed, batch_size=32, **{"hidden_layer_sizes": (32,), **changed})
    train, valid = [], []
    for _ in range(epochs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            net.partial_fit(x[:n_train], y[:n_train], classes=np.unique(y))
        train.append(log_loss(y[:n_train], net.predict_proba(x[:n_train]), labels=net.classes_))
        valid.append(log_loss(y[n_train:], net.predict_proba(x[n_train:]), labels=net.classes_))
    return np.array(train), np.array(valid)


def descents() -> Iterator[tuple[str, str, Floats, None]]:
    """Gradient descent on least squares, below and above the largest rate that is stable, with batches of 16 rows."""
    data = datasets.load_diabetes()
    x, y = StandardScaler().fit_transform(data.data), (data.target - data.target.mean()) / data.target.std()
    stable = 2 / np.linalg.eigvalsh(x.T @ x / len(x)).max()
    for seed in range(6):
        rng = np.random.default_rng(seed)
        yield f"descent healthy {seed}", "healthy", _descent(x + rng.normal(0, 0.01, x.shape), y, 0.05 * stable, 400, rng), None
        yield f"descent diverging {seed}", "diverging-loss", _descent(x, y, (1.6 + 0.2 * seed) * stable, 60, rng), None


def _descent(x: Floats, y: Floats, rate: float, steps: int, rng: np.random.Generator) -> Floats:
    weights, losses = rng.normal(0, 1, x.shape[1]), []
    for _ in range(steps):
        rows = rng.integers(len(x), size=16)
        rest = x[rows] @ weights - y[rows]
        losses.append(float((rest**2).mean()))
        weights = weights - rate * x[rows].T @ rest / len(rows)
    return np.array(losses)


if __name__ == "__main__":
    main()
