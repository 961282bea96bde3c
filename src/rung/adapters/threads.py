"""One thread for small fits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rung.inputs.case import Case, Train


@contextmanager
def one_thread(case: Case) -> Iterator[None]:
    """Numeric libraries work on one thread within.

    rung fits many models on a few thousand rows each. There, threads wait for each other longer than they work: on a busy machine of two
    cores a run took 17 times the CPU seconds with two threads. Sums are also the same on machines with other numbers of cores.
    Without tables nothing is fitted, and nothing is imported.
    """
    if Train not in case.inputs:
        yield
        return
    import sklearn.ensemble  # noqa: F401 - a library that is loaded later would bring threads that are not limited
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield
