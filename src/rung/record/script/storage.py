"""What goes to files and comes from them: pickles, joblib, CSV."""

from __future__ import annotations

import os
from types import ModuleType
from typing import Any

from rung.record.script.parents import Given, Named
from rung.record.script.recorder import Draft, Recorder, Spec, Work
from rung.record.script.wrap import Installer

WRITERS = ("to_csv", "to_parquet", "to_feather", "to_json", "to_pickle", "to_excel")


def attach(module: ModuleType, install: Installer) -> None:
    """Wrap dump and load of one module."""
    name = module.__name__.partition(".")[0]
    install.function(module, "dump", Spec("dump", f"{name}.dump", dump))
    install.function(module, "load", Spec("load-model", f"{name}.load", load))
    if name in ("pickle", "cloudpickle", "dill"):
        install.function(module, "dumps", Spec("dump", f"{name}.dumps", dump))
        install.function(module, "loads", Spec("load-model", f"{name}.loads", load))


def attach_writers(owner: type, install: Installer) -> None:
    """Wrap a frame's ways into a file."""
    for name in WRITERS:
        install.method(owner, name, Spec("dump", f"pandas.DataFrame.{name}", table_written))


def _path(value: Any) -> str:
    if isinstance(value, str | os.PathLike):
        return os.fspath(value)  # type: ignore[return-value]
    return str(getattr(value, "name", type(value).__name__))[:200]


def dump(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """An estimator or a table is saved."""
    value = args[0] if args else kwargs.get("value", kwargs.get("obj"))
    target = args[1] if len(args) > 1 else kwargs.get("filename", kwargs.get("file", ""))
    draft.settings["path"] = _path(target) if target != "" else ""
    yield
    recorder.remember_file(str(draft.settings["path"]), value, draft)


def load(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """An estimator or a table comes back: another object, with what is known of the one that was saved."""
    source = args[0] if args else kwargs.get("filename", kwargs.get("file", ""))
    draft.settings["path"] = _path(source) if not isinstance(source, bytes) else ""
    result = yield
    recorder.recall_file(str(draft.settings["path"]), result, draft)


def table_written(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
    """A frame is saved: what is read from that file later holds its rows."""
    target = args[1] if len(args) > 1 else next((kwargs[each] for each in ("path_or_buf", "path", "excel_writer") if each in kwargs), "")
    recorder.read(draft, "self", args[0])
    draft.settings["path"] = _path(target)
    yield
    recorder.remember_file(str(draft.settings["path"]), args[0], draft)
