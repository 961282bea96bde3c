"""Small fits without the costs of large ones."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from rung.inputs.case import Case, Train

RARELY = (100_000, 50, 100)  # objects, and collections of one generation, before the next


@contextmanager
def one_thread(case: Case) -> Iterator[None]:
    """Numeric libraries work on one thread within, and estimators do not check their own parameters anew at every fit.

    rung fits many models on a few thousand rows each. There, threads wait for each other longer than they work: on a busy machine of two
    cores a run took 17 times the CPU seconds with two threads. Sums are also the same on machines with other numbers of cores.
    The same few settings are fitted hundreds of times; checking them is a twentieth of a run. Cycles of garbage are looked for more rarely:
    what is worked out lives to the end, and looking through it again and again took a twentieth too.
    Without tables nothing is fitted, and nothing is imported.
    """
    if Train not in case.inputs:
        yield
        return
    import sklearn.ensemble  # a library that is loaded later would bring threads that are not limited
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1), sklearn.config_context(skip_parameter_validation=True), _rare_collections():
        yield


@contextmanager
def _rare_collections() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
