"""The same predictions under every usual metric, each beside what a constant would get: what one number hides, the others show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.metric_names import spoken
from rung.facts.scored import Scored
from rung.inputs.contract import Contract
from rung.stats import metrics
from rung.stats.delong import auc_interval
from rung.stats.influence import error_of, r2_influence
from rung.stats.intervals import Interval, around, mean_interval, wilson

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DRAWS, MAX_DRAWN = 60, 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One metric. trivial : what the best constant answer gets.   larger : whether larger is better."""

    name: str
    value: Interval
    trivial: float
    larger: bool = True

    @property
    def beats_trivial(self) -> bool:
        """Whether the interval lies on the good side of the constant's value."""
        return bool(self.value.low > self.trivial if self.larger else self.value.high < self.trivial)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricViews:
    """declared : the metric of the contract in its usual name, None where none is declared.   views : by usual name, in reading order."""

    declared: str | None
    views: tuple[View, ...]
    n: int

    def of(self, name: str | None) -> View | None:
        """One metric, None where it is not among them."""
        return next((each for each in self.views if each.name == name), None)


@fact(cost="pass")
def metric_views(scored: Scored, contract: Contract) -> MetricViews:
    """Score the scored rows under each metric."""
    made = _numbers(scored) if not scored.target.is_classification else _classes(scored)
    known = tuple(replace(each, value=_within(each)) for each in made if np.isfinite(each.value.value))
    return MetricViews(declared=spoken(contract.metric), views=known, n=scored.n)


def _within(view: View) -> Interval:
    """No score is above 1, no error below 0, and no share outside of both."""
    low = float("-inf") if view.name == "R2" else 0.0
    high = 1.0 if view.larger else float("inf")
    return replace(view.value, low=max(view.value.low, low), high=min(view.value.high, high))


def _classes(scored: Scored) -> list[View]:
    shares = np.bincount(scored.y.astype(np.int64), minlength=len(scored.target.classes)) / scored.n
    right = ~scored.wrong
    present = np.flatnonzero(shares)
    recalls = [right[scored.y == code] for code in present]
    error = float(np.sqrt(sum(each.var() / len(each) for each in recalls))) / len(recalls)
    views = [
        View(name="accuracy", value=wilson(int(right.sum()), scored.n), trivial=float(shares.max())),
        View(
            name="balanced accuracy",
            value=around(float(np.mean([each.mean() for each in recalls])), error, 1.96, 0.95),
            trivial=1 / len(recalls),
        ),
    ]
    if scored.p is not None:
        entropy = float(-(shares[present] * np.log(shares[present])).sum())
        codes = scored.y.astype(np.int64)
        views.append(View(name="log loss", value=mean_interval(metrics.log_losses(codes, scored.p)), trivial=entropy, larger=False))
        brier = metrics.brier_losses(codes, scored.p[:, 1] if scored.p.shape[1] == 2 else scored.p)
        spread = float((shares * (1 - shares)).sum())
        views.append(View(name="Brier score", value=mean_interval(brier), trivial=spread / 2 if len(shares) == 2 else spread, larger=False))
    return views + (_binary(scored) if scored.target.task == "binary" else _several(scored, shares))


def _several(scored: Scored, shares: Floats) -> list[View]:
    views = [
        _resampled(
            "macro F1",
            lambda rows: _macro_f1(scored, rows),
            scored,
            float(np.mean(shares.max() * 2 / (1 + shares.max()) / np.count_nonzero(shares))),
        )
    ]
    if scored.has_scores:
        views.append(
            _resampled("macro ROC AUC", lambda rows: metrics.auc_macro(scored.y[rows].astype(int), scored.score[rows]), scored, 0.5)
        )
    return views


def _binary(scored: Scored) -> list[View]:
    positive = scored.target.positive
    y, called = scored.y == positive, scored.labels == positive
    share, hits = float(y.mean()), int((y & called).sum())
    views = [
        View(name="recall", value=wilson(hits, int(y.sum())), trivial=1.0),
        View(name="precision", value=wilson(hits, int(called.sum())), trivial=share),
        _resampled("F1", lambda rows: f1(y[rows], called[rows]), scored, 2 * share / (1 + share)),
    ]
    if scored.has_scores:
        views.append(View(name="ROC AUC", value=auc_interval(y, scored.score), trivial=0.5))
        views.append(_resampled("average precision", lambda rows: metrics.average_precision(y[rows], scored.score[rows]), scored, share))
    return views


def f1(y: Bools, called: Bools) -> float:
    """2 TP / (2 TP + FP + FN); NaN where nothing is positive or called."""
    total = int(y.sum() + called.sum())
    return 2 * int((y & called).sum()) / total if total else float("nan")


def _macro_f1(scored: Scored, rows: NDArray[np.int64]) -> float:
    y, labels = scored.y[rows], scored.labels[rows]
    return float(np.mean([f1(y == code, labels == code) for code in np.unique(y)]))


def _numbers(scored: Scored) -> list[View]:
    y, residual = scored.y, scored.residual
    size, squares = np.abs(residual), residual**2
    variance, middle = float(np.var(y)), float(np.median(y))
    if variance <= 0:
        return []
    mse = mean_interval(squares)
    root = Interval(value=mse.value**0.5, low=max(mse.low, 0.0) ** 0.5, high=mse.high**0.5, level=mse.level)
    # A far value of y swells the error and the variance alike: their ratio is surer than either of them.
    r2 = around(1 - mse.value / variance, error_of(r2_influence(y, scored.labels)), 1.96, 0.95)
    views = [
        View(name="R2", value=r2, trivial=0.0),
        View(name="RMSE", value=root, trivial=variance**0.5, larger=False),
        View(name="MAE", value=mean_interval(size), trivial=float(np.abs(y - middle).mean()), larger=False),
        _resampled("median error", lambda rows: float(np.median(size[rows])), scored, float(np.median(np.abs(y - middle))), larger=False),
    ]
    if (y != 0).all():
        best = min(float(np.mean(np.abs((y - guess) / y))) for guess in np.quantile(y, np.linspace(0.02, 0.6, 30)))
        views.append(View(name="MAPE", value=mean_interval(size / np.abs(y)), trivial=best, larger=False))
    return views


def _resampled(name: str, value: Callable[[NDArray[np.int64]], object], scored: Scored, trivial: float, *, larger: bool = True) -> View:
    """A metric without a formula for its error: percentiles of resampled rows; on at most 4,000 of them, scaled to all by the root of n."""
    rng = np.random.default_rng(0)
    rows = np.arange(scored.n) if scored.n <= MAX_DRAWN else np.sort(rng.permutation(scored.n)[:MAX_DRAWN])
    whole = float(value(np.arange(scored.n)))  # pyright: ignore[reportArgumentType]
    drawn = [float(value(rng.choice(rows, len(rows)))) for _ in range(DRAWS)]  # pyright: ignore[reportArgumentType]
    error = float(np.nanstd(drawn)) * float(np.sqrt(len(rows) / scored.n)) if np.isfinite(drawn).any() else float("nan")
    return View(name=name, value=around(whole, error, 1.96, 0.95), trivial=trivial, larger=larger)
