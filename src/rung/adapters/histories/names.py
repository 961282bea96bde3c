"""What a logged name means: phase, quantity and direction, by the habits of the tools that write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np

from rung.inputs.history import Curve, Phase, Quantity

VALID = frozenset(("val", "valid", "validation", "dev", "eval", "evaluation", "holdout"))
TEST = frozenset(("test", "testing"))
LOSSES = frozenset((
    "loss", "losses", "mse", "mae", "rmse", "rmsle", "mape", "logloss", "mlogloss", "nll", "bce", "ce", "xent", "crossentropy", "perplexity", "ppl",
    "error", "merror", "err", "l1", "l2", "huber", "deviance", "elbo", "kl", "objective", "cost",
))  # fmt: skip
LARGER = frozenset((
    "acc", "accuracy", "auc", "auroc", "aucpr", "auprc", "ap", "map", "f1", "fscore", "precision", "recall", "r2", "iou", "miou", "dice", "bleu",
    "rouge", "ndcg", "kappa", "mcc", "psnr", "ssim", "score", "reward", "return", "top1", "top5", "em",
))  # fmt: skip
RATES = frozenset(("lr", "rate"))
INDEXES = frozenset((
    "step", "epoch", "steps", "epochs", "iteration", "iter", "round", "time", "timestamp", "walltime", "runtime", "samples", "index", "id",
    "second", "seconds", "hour", "hours", "flos", "relative",
))  # fmt: skip
PLAIN = frozenset(("train", "training", "loss", "step", "epoch", "total", "mean", "avg", "average", "learning"))
Unit = Literal["step", "epoch", "round"]


def words(name: str) -> list[str]:
    """The words of a logged name, in small letters: 'valLoss_epoch' is val, loss, epoch."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return [each for each in re.split(r"[^a-z0-9]+", spaced.lower()) if each]


def meaning(name: str) -> tuple[Phase, Quantity, bool | None]:
    """Phase, quantity and whether larger is better (None where the name does not tell)."""
    parts = set(words(name))
    phase: Phase = "valid" if parts & VALID else "test" if parts & TEST else "train"
    if parts & LARGER:
        return phase, "metric", True
    if parts & LOSSES or any(part.endswith("loss") for part in parts):
        return phase, "loss", False
    if parts & RATES:
        return "train", "rate", None
    return phase, "other", None


def is_index(name: str) -> bool:
    """Whether a column counts (steps, epochs, time) and measures nothing."""
    parts = words(name)
    return not parts or (parts[-1] in INDEXES and not set(parts) & (LOSSES | LARGER))


def curve(name: str, steps: Sequence[float], values: Sequence[float], unit: Unit = "step") -> Curve:
    """A curve from what was logged, in the order of its steps; of equal steps the last counts, as loggers overwrite."""
    phase, quantity, larger = meaning(name)
    last = {int(step): float(value) for step, value in zip(steps, values, strict=True) if not math.isnan(float(step))}
    order = sorted(last)
    return Curve(
        name=name, phase=phase, quantity=quantity, step=np.array(order, dtype=np.int64), value=np.array([last[step] for step in order]),
        unit=unit, larger_is_better=larger,
    )  # fmt: skip


def ordered(curves: Iterable[Curve]) -> tuple[Curve, ...]:
    """The plainest name of each kind first: 'loss' before 'aux/loss_3', finer before coarser."""
    return tuple(
        sorted(curves, key=lambda each: (each.quantity == "other", _strange_words(each.name), -len(each.step), len(each.name), each.name))
    )


def _strange_words(name: str) -> int:
    """Words beyond phase and quantity: 'aux' in 'train/aux_loss'."""
    known = VALID | TEST | LOSSES | LARGER | RATES | PLAIN
    return sum(word not in known for word in words(name))


def from_lists(given: Mapping[str, object], unit: Unit) -> list[Curve]:
    """Curves from lists of equal meaning: one entry an epoch or round."""
    found = []
    for name, values in given.items():
        if isinstance(values, list | tuple | np.ndarray) and len(values) and not is_index(name) and all(_number(each) for each in values):
            numbers = [float(each) for each in values]
            found.append(curve(name, range(1, len(numbers) + 1), numbers, unit))
    return found


def _number(value: object) -> bool:
    return isinstance(value, int | float | np.number) or (isinstance(value, str) and value.lower() in ("nan", "inf", "-inf", "infinity"))
