"""What a constant prediction would score: by each loss's own arithmetic, on the targets seen."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

Setting = float | str | bool | None


def uniform_loss(name: str, width: int) -> float:
    """ln K for K classes, ln 2 for binary, NaN for other losses."""
    if name in ("cross_entropy", "nll_loss"):
        return math.log(width) if width > 1 else math.nan
    return math.log(2) if name.startswith("binary_cross_entropy") else math.nan


def constant_loss(
    name: str, targets: np.ndarray, *, width: int, weight: np.ndarray | None = None, settings: Mapping[str, Setting] | None = None,
    reduction: str = "mean",
) -> float:  # fmt: skip
    """The smallest mean loss that one prediction for all rows can reach.

    targets : shape (n,), or (n, columns) where each column has its own constant.   width : columns of the input.
    weight : class weights (cross-entropy), positive weights (binary).   Returns NaN where it is not defined here.
    """
    rows = targets[np.isfinite(targets.reshape(len(targets), -1)).all(axis=1)].astype(np.float64) if len(targets) else targets
    if len(rows) < 2 or reduction != "mean":
        return math.nan
    given = settings or {}
    if name in ("cross_entropy", "nll_loss"):
        return _classes(rows, width, weight, float(given.get("label_smoothing") or 0.0))
    if name.startswith("binary_cross_entropy"):
        share = rows.mean(axis=0)
        return float(np.mean(_binary(share, weight if name.endswith("logits") else None)))
    if name == "mse_loss":
        return float(rows.var(axis=0).mean())
    if name == "l1_loss":
        return float(np.abs(rows - np.median(rows, axis=0)).mean())
    if name in ("smooth_l1_loss", "huber_loss"):
        return _huber(rows, float(given.get("beta" if name == "smooth_l1_loss" else "delta") or 1.0), scaled=name == "smooth_l1_loss")
    return math.nan


def _classes(rows: np.ndarray, width: int, weight: np.ndarray | None, smoothing: float) -> float:
    """Entropy of the (weighted, smoothed) class shares."""
    if rows.ndim > 1:
        shares = rows.mean(axis=0)
        return float(-(shares[shares > 0] * np.log(shares[shares > 0] / shares.sum())).sum()) if rows.min() >= 0 else math.nan
    if rows.min() < 0 or rows.max() >= max(width, 2) or (rows != np.round(rows)).any():
        return math.nan
    counts = np.bincount(rows.astype(int), minlength=width).astype(float)
    if weight is not None and len(weight) == len(counts):
        counts = counts * weight
    shares = counts / counts.sum()
    shares = (1 - smoothing) * shares + smoothing / len(shares)
    return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())


def _binary(share: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    """Mean of -w t ln p - (1 - t) ln(1 - p) at the best p = w t / (w t + 1 - t), a column."""
    positive = share * (1.0 if weight is None else weight if weight.size in (1, share.size) else 1.0)
    p = np.clip(positive / (positive + 1 - share), 1e-12, 1 - 1e-12)
    return -(positive * np.log(p) + (1 - share) * np.log(1 - p))


def _huber(rows: np.ndarray, delta: float, *, scaled: bool) -> float:
    """The Huber loss around the best constant, found by golden-section search over the targets' range (the loss is convex)."""
    from scipy.optimize import minimize_scalar

    def loss(centre: float) -> float:
        gap = np.abs(rows - centre)
        value = np.where(gap < delta, 0.5 * gap**2, delta * (gap - 0.5 * delta))
        return float(value.mean() / (delta if scaled else 1.0))

    low, high = float(rows.min()), float(rows.max())
    return loss(low) if low == high else float(minimize_scalar(loss, bounds=(low, high), method="bounded").fun)  # type: ignore[union-attr]
