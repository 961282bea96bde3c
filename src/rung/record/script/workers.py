"""Work that joblib sends to other processes is not followed; it is said."""

from __future__ import annotations

from types import ModuleType

from rung.record.script.parents import Given, Named
from rung.record.script.recorder import Draft, Recorder, Spec, Work
from rung.record.script.wrap import Installer

SENTENCE = "Work that joblib sent to other processes was not followed (calls inside n_jobs workers)."


def attach(module: ModuleType, install: Installer) -> None:
    """Notice parallel work."""
    install.method(module.Parallel, "__call__", Spec("derive", "joblib.Parallel", parallel, nested=True, anywhere=True))


def parallel(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """joblib.Parallel(...)(...)."""
    draft.keep = False
    jobs = getattr(args[0], "n_jobs", None)
    yield
    backend = type(getattr(args[0], "_backend", None)).__name__
    if jobs not in (None, 1) and "Sequential" not in backend and "Threading" not in backend and SENTENCE not in recorder.running.notes:
        recorder.running.notes.append(SENTENCE)
