"""rung's fits take one thread, and the user's setting comes back."""

from __future__ import annotations

import sys

from threadpoolctl import threadpool_info, threadpool_limits

from cases import breast_cancer, case_of
from rung.adapters.threads import one_thread
from rung.inputs.case import Case


def test_libraries_work_on_one_thread_within_and_as_before_after():
    import sklearn.ensemble  # noqa: F401

    with threadpool_limits(limits=2):
        before = {pool["num_threads"] for pool in threadpool_info()}
        with one_thread(case_of(breast_cancer(), target="target")):
            within = {pool["num_threads"] for pool in threadpool_info()}
        after = {pool["num_threads"] for pool in threadpool_info()}

    assert within == {1}
    assert before == after


def test_a_case_without_tables_imports_nothing(monkeypatch):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)  # an import would fail

    with one_thread(Case()):
        pass
