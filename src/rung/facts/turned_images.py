"""Are training images turned or mirrored, and would a turned one be taken for another class?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rung.core.errors import Unavailable
from rung.core.marks import fact
from rung.inputs.history import History

Floats = NDArray[np.float64]
MIN_ROWS = 100
MIN_CLASS = 5
NEARER = 0.8  # a turned row lies so much nearer to turned rows of its class than to plain ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One way to turn an image.

    name : in words.   share : training rows that lie nearer to turned validation rows of their class than to plain ones.   plain_share : the same
    of validation rows against the others (what symmetric shapes give by themselves).
    source, taken_for : the class whose turned rows are most often nearest to another class, and that class.   confused : share of its rows.
    """

    name: str
    share: float
    plain_share: float
    source: int
    taken_for: int
    confused: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedImages:
    """All turns that were looked for."""

    turns: tuple[Turn, ...]
    rows: int


def _ways(square: bool) -> dict[str, Callable[[Floats], Floats]]:
    ways: dict[str, Callable[[Floats], Floats]] = {
        "mirrored left to right": lambda x: x[..., ::-1],
        "mirrored top to bottom": lambda x: x[..., ::-1, :],
        "turned by 180 degrees": lambda x: x[..., ::-1, ::-1],
    }
    if square:
        ways |= {
            "turned by 90 degrees": lambda x: np.rot90(x, 1, axes=(-2, -1)),
            "turned by 270 degrees": lambda x: np.rot90(x, 3, axes=(-2, -1)),
        }
    return ways


@fact(cost="pass")
def turned_images(history: History) -> TurnedImages:
    """Unavailable without images of both splits with a class each."""
    fed, shape = history.batches, history.batches.inputs.shape
    train, valid = fed.sample, fed.valid_sample
    whole = (
        len(shape) in (2, 3)
        and min(shape[-2:]) > 3
        and train.ndim == valid.ndim == 2
        and train.shape[1] == valid.shape[1] == int(np.prod(shape))
    )
    if not whole or min(len(train), len(valid)) < MIN_ROWS or len(train) != len(fed.sample_targets):
        raise Unavailable("no images of both splits were kept")
    labels, goals = fed.valid_targets, fed.sample_targets
    if (labels != labels.round()).any() or len(np.unique(labels)) > len(labels) // MIN_CLASS:
        raise Unavailable("the targets are no classes")
    images = valid.reshape(-1, *shape)
    plain = _nearest(valid, labels, valid, labels, own=True)
    to_plain = _nearest(train, goals, valid, labels)
    found = [
        _turn(name, way(images).reshape(len(valid), -1), valid, labels, train, goals, plain, to_plain)
        for name, way in _ways(shape[-1] == shape[-2]).items()
    ]
    return TurnedImages(turns=tuple(found), rows=len(train))


def _turn(name: str, turned: Floats, valid: Floats, labels: Floats, train: Floats, goals: Floats, plain: Floats, to_plain: Floats) -> Turn:
    share = float((_nearest(train, goals, turned, labels) < NEARER * to_plain).mean())
    by_itself = float((_nearest(valid, labels, turned, labels, own=True) < NEARER * plain).mean())
    source, taken_for, confused = _confusion(turned, valid, labels)
    return Turn(name=name, share=share, plain_share=by_itself, source=source, taken_for=taken_for, confused=confused)


def _distances(a: Floats, b: Floats) -> Floats:
    return (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2 * a @ b.T


def _nearest(rows: Floats, goals: Floats, others: Floats, labels: Floats, *, own: bool = False) -> Floats:
    """Distance of each row to the nearest other row of its class, infinite where the class has none. own : row i of both is one and the same."""
    distance = np.where(goals[:, None] == labels[None, :], np.maximum(_distances(rows, others), 0.0), np.inf)
    if own:
        np.fill_diagonal(distance, np.inf)
    return np.sqrt(distance.min(axis=1))


def _confusion(turned: Floats, valid: Floats, labels: Floats) -> tuple[int, int, float]:
    """The class whose turned rows are most often nearest to one other class."""
    distance = _distances(turned, valid)
    np.fill_diagonal(distance, np.inf)
    seen = labels[distance.argmin(axis=1)]
    best = (0, 0, 0.0)
    for each in np.unique(labels):
        mine = seen[labels == each]
        if len(mine) < MIN_CLASS:
            continue
        other, counts = np.unique(mine[mine != each], return_counts=True)
        if len(other) and counts.max() / len(mine) > best[2]:
            best = (int(each), int(other[counts.argmax()]), float(counts.max() / len(mine)))
    return best
