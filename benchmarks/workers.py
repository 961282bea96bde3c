"""Runs many jobs in worker processes, each with a time limit; every result is a line of a file, so that a long run can be continued."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

Record = dict[str, object]
#: One thread a worker: times are CPU seconds and workers do not fight.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "LOKY_MAX_CPU_COUNT")


class Job(Protocol):
    """What can be run: it has a key."""

    @property
    def key(self) -> str: ...


def code_of(folder: Path) -> str:
    """Short fingerprint of the code under test: results of other code are not its results."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()[:10]


def read_lines(path: Path) -> dict[str, Record]:
    """The last result of every key; a half-written line at the end is passed over."""
    found: dict[str, Record] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        found.pop(record["key"], None)  # so that the order is that of the latest runs
        found[record["key"]] = record
    return found


class Worker:
    """A process that runs one job after another, replaced when a job overruns its limit."""

    def __init__(self, run: Callable[[Job], Record]) -> None:
        self.run = run
        self.job: Job | None = None
        self.started = 0.0
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(theirs, self.run), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, job: Job) -> None:
        """Start a job."""
        self.job, self.started = job, time.monotonic()
        self.pipe.send(job)

    def result(self, limit: float) -> Record | None:
        """The record of the job, or a record of its failure; None while it is still running."""
        assert self.job is not None
        if self.pipe.poll():
            try:
                record: Record = self.pipe.recv()
            except EOFError:
                record = self._failed("the worker died")
        elif time.monotonic() - self.started > limit:
            record = self._failed(f"over the limit of {limit:g} s")
        else:
            return None
        self.job = None
        return record

    def _failed(self, why: str) -> Record:
        assert self.job is not None
        self.stop()
        record: Record = {**_fields(self.job), "key": self.job.key, "state": "failed", "why": why}
        self._start()
        return record

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.join(5)
        self.pipe.close()


def _fields(job: Job) -> Record:
    return {name: getattr(job, name) for name in getattr(job, "__slots__", ())}


def _serve(pipe: Connection, run: Callable[[Job], Record]) -> None:
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            record = run(job)
        except Exception as error:  # noqa: BLE001 - a card goes on: the failure is its result
            record = {
                **_fields(job),
                "key": job.key,
                "state": "failed",
                "why": f"{type(error).__name__}: {error}",
                "traceback": traceback.format_exc()[-1500:],
            }
        pipe.send(record)


def run_all(
    jobs: Iterable[Job], run: Callable[[Job], Record], *, workers: int, limit: float, end: float = float("inf")
) -> Iterator[Record]:
    """The records of all jobs, as they come; none is started after `end` (monotonic seconds)."""
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    waiting = list(jobs)[::-1]
    crew = [Worker(run) for _ in range(min(workers, len(waiting)))]
    try:
        while any(each.job for each in crew) or (waiting and time.monotonic() < end):
            for each in crew:
                if each.job is None and waiting and time.monotonic() < end:
                    each.give(waiting.pop())
            wait([each.pipe for each in crew if each.job is not None], timeout=1.0)
            for each in crew:
                record = each.result(limit) if each.job is not None else None
                if record is not None:
                    yield record
    finally:
        for each in crew:
            each.stop()
