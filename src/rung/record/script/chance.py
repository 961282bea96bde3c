"""Handlers for NumPy's generators: arrays shuffled, and tables drawn."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from rung.record.script import lists, values
from rung.record.script.parents import Given, Named, Parent, note
from rung.record.script.recorder import MIN_ROWS, Draft, Recorder, Work

SHUFFLES = {"shuffle", "permutation", "permuted", "choice"}
LIST_DRAWS = {"sample", "choices"}
DRAWS = {"normal", "random", "uniform", "rand", "randn", "standard_normal", "integers", "randint"}


def drawn_by(owner: Any) -> Any:
    def drawn(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
        """A generator shuffles or draws; the order is found by letting a copy of it draw the same."""
        value = args[0] if args else None
        name = draft.call.rpartition(".")[2]
        draft.seeded = recorder.generator_is_seeded(owner)
        note(draft, {"args": str(args[:1])[:40]} if isinstance(value, int) else {}, "args")
        if isinstance(value, list) and name in ("shuffle", *LIST_DRAWS):
            yield from lists.drawn_by(owner, seeded=draft.seeded)(recorder, draft, args, kwargs)
            return
        if not isinstance(value, np.ndarray) or name not in ("shuffle", "permutation") or value.ndim not in (1, 2):
            result = yield
            if name in DRAWS and values.kind_of(result) == "array" and result.ndim == 2 and len(result) >= MIN_ROWS:
                rows = recorder.objects.new_rows(len(result), draft.call, "generated", draft.id)
                recorder.write(draft, "result", result, rows, followed="origin")
            return
        recorder.touch(draft, value)
        parent = Parent(recorder, draft, value)
        twin, before = copy.deepcopy(owner), value.copy() if value.nbytes < (64 << 20) else None
        result = yield
        order = twin.permutation(np.arange(len(value))) if name == "permutation" or value.ndim == 1 else _order_of_rows(twin, value)
        after = value if result is None else result
        right = before is not None and np.array_equal(before[order], after)
        rows = parent.rows[order] if right and parent.rows is not None else None
        role = "self" if result is None else "result"
        recorder.write(draft, role, after, rows, joined=tuple(each[order] for each in parent.joined) if right else ())

    return drawn


def _order_of_rows(twin: Any, value: Any) -> Any:
    order = np.repeat(np.arange(len(value), dtype=np.int64)[:, None], 2, axis=1)
    twin.shuffle(order)
    return order[:, 0]
