"""Do batches hold the pairs that the dataset hands out one by one? A collate function or a hand-made shuffle can part them."""

from __future__ import annotations

from time import thread_time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from rung.core.finding import Where
from rung.inputs.history_probes import Pairing
from rung.record.torch.feed import row_hashes
from rung.record.torch.places import users_code

if TYPE_CHECKING:
    from rung.record.torch.recorder import Recorder

MAX_ITEMS, SECONDS = 400, 0.7


def pairing(recorder: Recorder) -> Pairing | None:
    """Compare the pairs of the first batches with single rows of the loader's dataset. None where there is no such dataset."""
    loader = recorder.loop.train_loader
    pairs = recorder.feed.pairs
    if loader is None or not pairs:
        return None
    dataset = loader.dataset
    try:
        size = len(dataset)
    except TypeError:
        return None
    order = np.random.default_rng(0).permutation(size)[:MAX_ITEMS]
    begun, compared, changed = thread_time(), 0, 0
    for count, index in enumerate(order.tolist()):
        item = _pair(dataset[index])
        if item is None:
            return None
        if count < 3 and _pair(dataset[index]) != item:
            return Pairing(compared=0, changed=0, augmented=True)
        if item[0] in pairs:
            compared += 1
            changed += item[1] not in pairs[item[0]]
        if thread_time() - begun > SECONDS:
            break
    return Pairing(compared=compared, changed=changed, where=_collate(loader))


def _pair(item: Any) -> tuple[int, float] | None:
    """Hash of the input and value of the target of one row, None where the item is no such pair."""
    if not isinstance(item, list | tuple) or len(item) != 2:
        return None
    given, target = (each.detach().cpu().numpy() if isinstance(each, torch.Tensor) else each for each in item)
    if not isinstance(given, np.ndarray) or given.ndim < 1 or np.size(target) != 1:
        return None
    array = given.astype(np.float32) if given.dtype == np.float64 and isinstance(item[0], np.ndarray) else given
    return int(row_hashes(array[None])[0]), round(float(np.asarray(target).reshape(-1)[0]), 5)


def _collate(loader: Any) -> Where | None:
    """The line of the collate function, where it is the user's."""
    code = getattr(loader.collate_fn, "__code__", None)
    return Where(file=code.co_filename, line=code.co_firstlineno) if code is not None and users_code(code) else None
