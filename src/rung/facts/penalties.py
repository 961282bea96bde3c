"""Which parameters of a learner hold it back, and their looser and tighter values."""

from __future__ import annotations

import math
from collections.abc import Mapping

Setting = Mapping[str, object]

# Parameter -> (direction in which it loosens, value at which it does not hold the learner back). 'up': larger is looser.
PENALTIES: dict[str, tuple[str, float]] = {
    "C": ("up", 1.0),
    "alpha": ("down", 1.0),
    "lambda_l1": ("down", 0.0),
    "lambda_l2": ("down", 1.0),
    "reg_alpha": ("down", 0.0),
    "reg_lambda": ("down", 1.0),
    "l2_leaf_reg": ("down", 3.0),
    "l2_regularization": ("down", 0.0),
    "min_split_gain": ("down", 0.0),
    "min_split_loss": ("down", 0.0),
    "ccp_alpha": ("down", 0.0),
    "min_impurity_decrease": ("down", 0.0),
    "min_samples_leaf": ("down", 1.0),
    "min_samples_split": ("down", 2.0),
    "min_child_samples": ("down", 20.0),
    "min_child_weight": ("down", 1.0),
    "min_data_in_leaf": ("down", 20.0),
    "var_smoothing": ("down", 1e-9),
    "shrink_threshold": ("down", 0.0),
}
# Neutral value of min_child_weight and of alpha where a library means something else by the name.
LIBRARY_NEUTRAL = {
    ("LGBM", "min_child_weight"): 1e-3,
    ("LGBM", "reg_lambda"): 0.0,
    ("MLP", "alpha"): 1e-4,
    ("SGD", "alpha"): 1e-4,
    ("HistGradient", "min_samples_leaf"): 20.0,
}
# Capacity: value at which the learner is as rich as is usual.
CAPACITY: dict[str, object] = {
    "max_depth": None,
    "depth": None,
    "max_leaf_nodes": None,
    "num_leaves": 31,
    "max_features": None,
    "n_neighbors": 10,
}
BOOSTERS = ("XGB", "LGBM", "GradientBoosting", "CatBoost")


def neutral_of(learner: str, name: str) -> float:
    """The value at which this parameter does not hold this learner back."""
    special = [value for (part, each), value in LIBRARY_NEUTRAL.items() if part in learner and each == name]
    return special[0] if special else PENALTIES[name][1]


def relaxed(learner: str, parameters: Setting) -> list[dict[str, object]]:
    """Looser settings, mildest first: every penalty that exceeds its neutral value, once half-way and once at it or beyond."""
    held = {name: value for name, value in _numbers(parameters).items() if name in PENALTIES and _holds(learner, name, value)}
    if not held:
        return []
    half = {name: _towards(learner, name, value, 0.5) for name, value in held.items()}
    full = {name: _towards(learner, name, value, 1.0) for name, value in held.items()}
    return [half, full] if half != full else [full]


def _holds(learner: str, name: str, value: float) -> bool:
    neutral = neutral_of(learner, name)
    if name in ("C", "alpha"):  # the neutral point depends on the data: try looser values wherever it stands
        return True
    return value > neutral if PENALTIES[name][0] == "down" else value < neutral


def _towards(learner: str, name: str, value: float, share: float) -> object:
    neutral = neutral_of(learner, name)
    if name in ("C", "alpha"):
        # First back to the neutral point, then two powers of ten beyond it: the best value depends on the data.
        away = max(1.0, neutral / value if name == "C" else value / neutral) if value > 0 else 1.0
        factor = (100.0 * away) ** share
        return value * factor if name == "C" else value / factor
    if neutral <= 0:
        return 0.0 if share == 1.0 else type(value)(value * 0.01)
    moved = math.exp(math.log(value) + share * (math.log(neutral) - math.log(value)))
    return max(1, round(moved)) if isinstance(value, int) else moved


def tightened(learner: str, parameters: Setting, n_rows: int) -> list[dict[str, object]]:
    """Tighter settings, mildest first. n_rows : rows that it is fitted on."""
    known, found = _numbers(parameters), []
    if "min_samples_leaf" in parameters and "HistGradient" not in learner:
        found = [{"min_samples_leaf": max(3, n_rows // 200)}, {"min_samples_leaf": max(5, n_rows // 50)}]
        tree = {"max_depth": 3} if any(each in learner for each in BOOSTERS) else {}
        return [{**tree, **each} for each in found]
    if any(each in learner for each in BOOSTERS):
        return _tighter_booster(parameters, n_rows)
    if "n_neighbors" in known:
        return [
            {"n_neighbors": min(max(int(known["n_neighbors"]) * 3, 7), n_rows // 4)},
            {"n_neighbors": min(max(int(known["n_neighbors"]) * 10, 25), n_rows // 3)},
        ]
    if "C" in known:
        tighter = [{"C": known["C"] / 10}, {"C": min(known["C"] / 100, 1.0)}]
        return [{**each, "gamma": "scale"} for each in tighter] if _narrow_kernel(parameters) else tighter  # pyright: ignore[reportReturnType]
    if "alpha" in known:
        base = max(known["alpha"], neutral_of(learner, "alpha"))
        return [{"alpha": base * 100}, {"alpha": base * 10_000 if "MLP" in learner else base * 1_000}]
    return []


def _narrow_kernel(parameters: Setting) -> bool:
    return isinstance(parameters.get("gamma"), int | float) and parameters.get("kernel") == "rbf"


def _tighter_booster(parameters: Setting, n_rows: int) -> list[dict[str, object]]:
    """Shallow trees, few rounds: the first thing that helps an overfitted booster."""
    rounds = next((name for name in ("n_estimators", "max_iter", "iterations") if isinstance(parameters.get(name), int)), "n_estimators")
    leaf = next((name for name in ("min_child_samples", "min_samples_leaf", "min_data_in_leaf") if name in parameters), "")
    wide = {leaf: max(20, n_rows // 50)} if leaf else {}
    depth = "depth" if "depth" in parameters else "max_depth"
    return [{rounds: 100, depth: 3, "learning_rate": 0.05}, {rounds: 50, depth: 2, "learning_rate": 0.05, **wide}]


def enriched(learner: str, parameters: Setting, n_classes: int) -> list[dict[str, object]]:
    """Richer settings of the same learner: depth, leaves, rounds. None for boosting of many classes: a tree a class and round is too dear."""
    booster = any(each in learner for each in BOOSTERS)
    if booster and n_classes > 3:
        return []
    richer: dict[str, object] = {}
    for name, usual in CAPACITY.items():
        value = parameters.get(name)
        small = isinstance(value, int | float) and not isinstance(value, bool) and name in parameters
        if small and name != "n_neighbors":
            richer[name] = (6 if "depth" in name else 31) if booster and name != "max_features" else usual
        elif small and isinstance(value, int) and value > 50:
            richer[name] = usual
    rounds = next((name for name in ("n_estimators", "iterations") if isinstance(parameters.get(name), int)), "")
    if "HistGradient" in learner:
        rounds = "max_iter"
    value = parameters.get(rounds)
    if booster and isinstance(value, int) and value < 100:
        richer[rounds] = max(100, 4 * value)
    rate = parameters.get("learning_rate")
    if parameters.get("kernel") in ("rbf", "poly", "sigmoid") and isinstance(parameters.get("gamma"), int | float):
        richer["gamma"] = "scale"
    if booster and isinstance(rate, float) and rate < 0.05:
        richer["learning_rate"] = 0.1
    return [richer] if richer else []


def _numbers(parameters: Setting) -> dict[str, float]:
    return {name: value for name, value in parameters.items() if isinstance(value, int | float) and not isinstance(value, bool)}
