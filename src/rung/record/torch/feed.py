"""What is fed: batch sizes, statistics a channel, fingerprints of batches and rows, a small sample."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch

from rung.inputs.history_loop import Batches, Channels

MAX_BATCHES = 512
MAX_ROWS = 20_000
MAX_SAMPLE_ROWS = 1_000
MAX_SAMPLE_COLUMNS = 1_024
MAX_CHANNELS = 256
# What is looked at hangs on the data alone, never on a clock: a busy machine must see what an idle one sees.
ALLOWANCE = 6_000_000  # entries of training batches, and as many of validation batches, that are looked at (about 0.1 s each)
A_BATCH = 3_000  # what a batch costs besides its entries, in entries
AT_LEAST = 8  # batches that are looked at whatever their size
WIDEST = 1_000_000  # entries of one batch that are looked at, in whole rows
MULTIPLIERS = np.random.default_rng(20_240_101).integers(1, 2**63, size=4_096, dtype=np.uint64) | np.uint64(1)


def first_tensor(args: tuple[Any, ...], kwargs: dict[str, Any]) -> torch.Tensor | None:
    """The model's input: the first tensor among positional arguments, then by the usual names, then any."""
    named = [kwargs[name] for name in ("input_ids", "inputs_embeds", "pixel_values", "x", "input", "inputs") if name in kwargs]
    for value in (*args, *named, *kwargs.values()):
        if isinstance(value, torch.Tensor):
            return value
        inside = _inside(value)
        if inside is not None:
            return inside
    return None


def _inside(value: Any) -> torch.Tensor | None:
    """The first tensor in a list, tuple, dictionary or batch object."""
    if isinstance(value, list | tuple):
        entries = list(value)
    elif isinstance(value, dict) or (hasattr(value, "keys") and hasattr(value, "values")):
        entries = list(value.values())
    else:
        return None
    return next((each for each in entries[:16] if isinstance(each, torch.Tensor)), None)


class _ChannelBook:
    """Running sums a channel."""

    def __init__(self, batch: np.ndarray, dtype: str) -> None:
        self.axis = 1 if batch.ndim >= 4 or batch.ndim == 1 else batch.ndim - 1
        self.dtype, self.shape, self.rows = dtype, tuple(batch.shape[1:]), 0
        width = batch.shape[self.axis] if batch.ndim > 1 else 1
        self.step = max(1, -(-width // MAX_CHANNELS))
        self.sums: np.ndarray | None = None

    def add(self, batch: np.ndarray) -> None:
        if tuple(batch.shape[1:])[self.axis - 1 : self.axis] != self.shape[self.axis - 1 : self.axis] and batch.ndim > 1:
            return
        self.rows += len(batch)
        table = np.moveaxis(batch, self.axis, -1).reshape(-1, batch.shape[self.axis]) if batch.ndim > 1 else batch.reshape(-1, 1)
        new = _sums(np.ascontiguousarray(table[:, :: self.step].T, dtype=np.float64))
        if self.sums is None:
            self.sums = new
        else:
            self.sums[:-2] += new[:-2]
            np.minimum(self.sums[-2], new[-2], out=self.sums[-2])
            np.maximum(self.sums[-1], new[-1], out=self.sums[-1])

    def record(self) -> Channels:
        if self.sums is None:
            return Channels()
        count, total, squares, nan, infinite, zero, entries, low, high = self.sums
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = total / count
            std = np.sqrt(np.maximum(squares / count - mean**2, 0))
        return Channels(
            rows=self.rows, shape=self.shape, axis=self.axis, dtype=self.dtype, token_like=self.dtype.startswith("int"), mean=mean, std=std,
            low=low, high=high, nan_share=nan / entries, infinite_share=infinite / entries, zero_share=zero / entries,
        )  # fmt: skip


def _sums(table: np.ndarray) -> np.ndarray:
    """Of each row of a table: count, sum, sum of squares, NaN, infinite, zeros, entries, least and largest. Shape (9, rows)."""
    found = np.zeros((9, len(table)))
    found[5], found[6] = table.shape[1] - np.count_nonzero(table, axis=1), table.shape[1]
    total = table.sum(axis=1)
    if np.isfinite(total).all():
        found[0], found[1], found[2] = table.shape[1], total, np.einsum("ij,ij->i", table, table)
        found[7], found[8] = table.min(axis=1, initial=np.inf), table.max(axis=1, initial=-np.inf)
        return found
    finite, found[3] = np.isfinite(table), np.isnan(table).sum(axis=1)
    clean = np.where(finite, table, 0.0)
    found[0], found[1], found[2], found[4] = finite.sum(axis=1), clean.sum(axis=1), (clean**2).sum(axis=1), np.isinf(table).sum(axis=1)
    found[7], found[8] = np.where(finite, table, np.inf).min(axis=1), np.where(finite, table, -np.inf).max(axis=1)
    return found


class _Sheet:
    """A sample of rows, copied into room taken once: small pieces kept amid the user's tensors would break up the heap."""

    def __init__(self) -> None:
        self.room: np.ndarray | None = None
        self.rows = 0
        self.even = True  # all rows were of one width

    def add(self, rows: np.ndarray) -> None:
        if self.room is None:
            self.room = np.empty((MAX_SAMPLE_ROWS, rows.shape[1]), dtype=rows.dtype)
        self.even = self.even and rows.shape[1] == self.room.shape[1]
        n = min(len(rows), MAX_SAMPLE_ROWS - self.rows) if self.even else 0
        self.room[self.rows : self.rows + n] = rows[:n]
        self.rows += n

    def record(self) -> np.ndarray:
        return self.room[: self.rows].astype(np.float64) if self.room is not None and self.even else np.empty((0, 0))


class Feed:
    """Keeps what went into the model, within its own share of the time."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.fingerprints: list[int] = []
        self.fingerprint_batches: list[int] = []
        self.rows: dict[int, int] = {}
        self.valid_rows: set[int] = set()
        self.valid_passes = self.valid_looks = self.valid_rows_looked = self.valid_rows_fed = 0
        self.channels: _ChannelBook | None = None
        self.valid_channels: _ChannelBook | None = None
        self.targets: _ChannelBook | None = None
        self.target_order: list[np.ndarray] = []
        self.n_targets = 0
        self.sample = _Sheet()
        self.sample_targets: list[np.ndarray] = []
        self.waiting_sample: np.ndarray | None = None
        self.hashes = np.empty(0, dtype=np.uint64)  # of the rows of the last training batch
        self.valid_sample: list[np.ndarray] = []
        self.valid_targets: list[np.ndarray] = []
        self.waiting_valid: np.ndarray | None = None
        self.pairs: dict[int, set[float]] = {}  # hash of a row -> targets it came with, for the first thousand rows
        self.spent = {"train": 0, "valid": 0}
        self.n_train = 0
        self.fresh = False  # the last training batch was looked at

    @property
    def gathering(self) -> bool:
        """Whether training batches are still of interest: the first ones are, without a gap."""
        return self.n_train < AT_LEAST or (self.n_train < MAX_BATCHES and self.spent["train"] < ALLOWANCE)

    def wants(self, phase: str) -> bool:
        """Whether the next batch is looked at."""
        if phase == "train":
            self.fresh = self.gathering
            return self.fresh
        self.valid_passes += phase == "valid"
        return phase == "valid" and len(self.valid_rows) < MAX_ROWS and (self.valid_looks < AT_LEAST or self.spent["valid"] < ALLOWANCE)

    @property
    def wants_target(self) -> bool:
        """Whether targets are still gathered."""
        return self.fresh and self.n_targets < 10_000

    def batch(self, phase: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """One batch goes into the model."""
        tensor = first_tensor(args, kwargs)
        if tensor is None or not tensor.dim() or tensor.is_meta or tensor.is_sparse or tensor.is_nested:
            return
        rows = max(1, WIDEST // max(1, tensor[0].numel())) if len(tensor) else 0
        values = tensor.detach()[:rows]
        array = (values.float() if values.dtype in (torch.bfloat16, torch.float16) else values).cpu().numpy()
        (self._train if phase == "train" else self._valid)(array, len(tensor))
        self.spent[phase] += A_BATCH + array.size

    def _train(self, array: np.ndarray, size: int) -> None:
        self.sizes.append(size)
        self.hashes = row_hashes(array)
        self.fingerprints.append(_fingerprint(self.hashes))
        self.fingerprint_batches.append(self.n_train)
        self.n_train += 1
        if len(self.rows) < MAX_ROWS and array.ndim > 1:
            for each in self.hashes.tolist():
                self.rows[each] = self.rows.get(each, 0) + 1
        if self.channels is None:
            self.channels = _ChannelBook(array, str(array.dtype))
        if len(self.fingerprints) <= 64:
            self.channels.add(array)
        self.waiting_sample = array if self.sample.rows < MAX_SAMPLE_ROWS and self.sample.even and array.ndim > 1 else None

    def _valid(self, array: np.ndarray, size: int) -> None:
        self.valid_looks += 1
        if array.ndim > 1:
            seen = array[:MAX_ROWS]
            self.valid_rows.update(row_hashes(seen).tolist())
            self.valid_rows_looked += len(seen)
            self.valid_rows_fed += size
        self.waiting_valid = array if sum(map(len, self.valid_targets)) < MAX_SAMPLE_ROWS // 2 and array.ndim > 1 else None
        if self.valid_channels is None:
            self.valid_channels = _ChannelBook(array, str(array.dtype))
        if self.valid_channels.rows < 5_000:
            self.valid_channels.add(array)

    def target(self, tensor: torch.Tensor) -> None:
        """The target that a training loss was given, right after the batch."""
        if tensor.is_meta or not tensor.dim() or not tensor.numel():
            return
        self._target(tensor)

    def valid_target(self, tensor: torch.Tensor) -> None:
        """The target of the validation pass just seen."""
        array, self.waiting_valid = self.waiting_valid, None
        if array is None or tensor.is_meta or tensor.numel() != len(array) or array[0].size > MAX_SAMPLE_COLUMNS:
            return
        if self.valid_sample and self.valid_sample[0].shape[1] != array[0].size:
            return
        self.valid_sample.append(np.array(array.reshape(len(array), -1)[: MAX_SAMPLE_ROWS // 2]))
        self.valid_targets.append(tensor.detach().float().cpu().numpy().reshape(-1)[: MAX_SAMPLE_ROWS // 2].astype(np.float64))

    def _target(self, tensor: torch.Tensor) -> None:
        array = tensor.detach().float().cpu().numpy()
        rows = array.reshape(len(array), -1)
        if self.targets is None:
            self.targets = _ChannelBook(array, str(tensor.dtype).removeprefix("torch."))
        self.targets.add(array)
        if rows.shape[1] == 1:
            self.target_order.append(rows[:, 0].copy())
        self.n_targets += len(rows)
        if self.waiting_sample is not None and self.sizes[-1] == len(rows):
            rows = rows[: len(self.waiting_sample)]
            if rows.shape[1] == 1:
                for key, value in zip(self.hashes.tolist(), rows[:, 0].tolist(), strict=True):
                    self.pairs.setdefault(key, set()).add(round(value, 5))
            flat = self.waiting_sample.reshape(len(rows), -1)[:, :: -(-self.waiting_sample[0].size // MAX_SAMPLE_COLUMNS)]
            self.sample.add(flat)
            self.sample_targets.append(rows[:, 0].astype(np.float64) if rows.shape[1] == 1 else rows.mean(axis=1).astype(np.float64))
            self.waiting_sample = None

    def _valid_reach(self) -> float:
        """Validation rows that there may be, over those looked at. What was met twice on average was met in full."""
        if not self.valid_looks or self.valid_rows_looked >= 2 * len(self.valid_rows):
            return 1.0
        return self.valid_passes / self.valid_looks * max(1.0, self.valid_rows_fed / max(1, self.valid_rows_looked))

    def record(self, loader: str, settings: dict[str, float | str | bool | None], epoch_starts: tuple[int, ...]) -> Batches:
        """The book as part of a history. `epoch_starts` are numbers of batches."""
        starts = tuple(int(each) for each in np.searchsorted(self.fingerprint_batches, epoch_starts) if each < len(self.fingerprints))
        sample = self.sample.record()
        return Batches(
            sizes=np.array(self.sizes, dtype=float), inputs=_record(self.channels), valid_inputs=_record(self.valid_channels),
            targets=_record(self.targets), loader=loader, loader_settings=settings, epoch_starts=starts,
            fingerprints=np.array(self.fingerprints, dtype=np.uint64), fingerprint_batches=np.array(self.fingerprint_batches, dtype=np.int64),
            row_hashes=np.array(list(self.rows), dtype=np.uint64),
            row_repeats=np.array(list(self.rows.values()), dtype=float), valid_row_hashes=np.array(sorted(self.valid_rows), dtype=np.uint64),
            valid_reach=self._valid_reach(),
            target_order=np.concatenate(self.target_order)[:10_000] if self.target_order else np.empty(0),
            sample=sample, sample_targets=np.concatenate(self.sample_targets)[: len(sample)] if len(sample) else np.empty(0),
            valid_sample=np.concatenate(self.valid_sample)[: MAX_SAMPLE_ROWS // 2].astype(np.float64) if self.valid_sample else np.empty((0, 0)),
            valid_targets=np.concatenate(self.valid_targets)[: MAX_SAMPLE_ROWS // 2] if self.valid_targets else np.empty(0),
        )  # fmt: skip


def _record(book: _ChannelBook | None) -> Channels:
    return Channels() if book is None else book.record()


def _fingerprint(hashes: np.ndarray) -> int:
    """A 64-bit hash of a batch, from those of its rows in their order."""
    with np.errstate(over="ignore"):
        return int((hashes * _multipliers(len(hashes))).sum(dtype=np.uint64)) ^ len(hashes)


def row_hashes(array: np.ndarray) -> np.ndarray:
    """A 64-bit hash of each row's values: a sum of the entries' bits times fixed odd numbers, mixed. Shape (rows,)."""
    flat = np.ascontiguousarray(array.reshape(len(array), -1))
    if flat.dtype.itemsize < 4:
        flat = flat.astype(np.int32)
    bits = flat.view(np.uint64) if flat.strides[0] % 8 == 0 and flat.size else flat.view(np.uint32).astype(np.uint64)
    weights = _multipliers(bits.shape[1])
    with np.errstate(over="ignore"):
        mixed = (bits + np.uint64(0x9E3779B97F4A7C15)) * weights
        total = (mixed ^ (mixed >> np.uint64(29))).sum(axis=1, dtype=np.uint64)
        return (total ^ (total >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)


@lru_cache(maxsize=4)
def _multipliers(width: int) -> np.ndarray:
    """Odd numbers, one a column."""
    if width <= len(MULTIPLIERS):
        return MULTIPLIERS[:width]
    return np.resize(MULTIPLIERS, width) + np.arange(width, dtype=np.uint64) * np.uint64(2)
