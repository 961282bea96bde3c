"""The hook of the script recorder: which modules it waits for, and what it does when they come."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rung.record.hook import Ended, Hook, Running
from rung.record.patches import Patches

if TYPE_CHECKING:
    from rung.record.script.recorder import Recorder
    from rung.record.script.wrap import Installer

FAMILY = ("sklearn.", "imblearn.", "xgboost.", "lightgbm.", "catboost.")
PARTS = {"numpy": "numpy", "pandas": "pandas", "polars": "polars"}


OTHERS = {
    "scipy.stats._stats_py": "scipy",
    "scipy.stats._mannwhitneyu": "scipy",
    "scipy.stats.contingency": "scipy",
    "joblib.numpy_pickle": "storage",
    "joblib.parallel": "workers",
    "torch.random": "seeds_torch",
}


class ScriptHook(Hook):
    """Writes a `Trace`. Nothing numeric is imported before the program has imported NumPy."""

    modules = (*PARTS, *FAMILY, *OTHERS)

    def __init__(self) -> None:
        self._patches = Patches()
        self._running: Running | None = None
        self._waiting: list[ModuleType] = []
        self.recorder: Recorder | None = None
        self._install: Installer | None = None
        self._places = 0

    def begin(self, running: Running) -> None:
        """Wait for NumPy."""
        self._running = running

    def attach(self, module: ModuleType) -> None:
        """Wrap what the module has to offer; what came before NumPy waits for it."""
        if self.recorder is None and module.__name__ != "numpy":
            self._waiting.append(module)
            return
        if self.recorder is None:
            self._begin_recording()
        for each in [module, *self._waiting]:
            self._attach(each)
        self._waiting.clear()

    def _begin_recording(self) -> None:
        from rung.record.script import seeds, silence, storage
        from rung.record.script.recorder import Recorder
        from rung.record.script.wrap import Active, Installer

        assert self._running is not None
        self.recorder = Active.recorder = Recorder(self._running)
        self._install = Installer(self._patches)
        silence.attach(self._install)
        seeds.attach(self._install)
        for name in ("pickle", "cloudpickle", "dill"):
            if name in sys.modules:
                storage.attach(sys.modules[name], self._install)

    def _attach(self, module: ModuleType) -> None:
        name = module.__name__
        if name in PARTS:
            part: Any = import_module(f"rung.record.script.{PARTS[name]}")
        elif name.startswith(FAMILY):
            import_module("rung.record.script.boosting").attach(module, self._install)
            part = import_module("rung.record.script.sklearn")
        else:
            part = import_module(f"rung.record.script.{OTHERS[name]}")
        part.attach(module, self._install)

    def ready(self) -> None:
        """Whoever runs in a live interpreter has imported names from modules already."""
        if self._install is not None:
            self._install.rebind()

    def known(self, names: Mapping[str, object]) -> None:
        """Tables that were made before are sources under their names."""
        if self.recorder is None:
            return
        from rung.record.script import values

        for name, value in names.items():
            if values.kind_of(value) in ("frame", "series", "array", "sparse") and values.n_rows(value) > 1:
                number = self.recorder.objects.source(value, name, "literal", 0)
                self.recorder.objects.excerpt(number, value)

    def rewrite(self, tree: ast.Module, path: str) -> ast.Module:
        """Let the user's lines look at NumPy arrays."""
        from rung.record.script.rewrite import rewritten

        tree, self._places = rewritten(tree, self._places)
        return tree

    def forked(self) -> None:
        """Children are not followed."""
        if self.recorder is not None:
            self.recorder.on = False

    def detach(self) -> None:
        """Take every wrapper out again."""
        if self.recorder is not None:
            from rung.record.script import arrays

            arrays.stop()
            self.recorder.on = False
        self._patches.undo()

    def finish(self, ended: Ended) -> Sequence[object]:
        """The trace; also of a program that touched no data, for its source can still be read."""
        from rung.record.script.recorder import Recorder
        from rung.record.script.wrap import Active
        from rung.record.script.write import write

        assert self._running is not None
        Active.recorder = None
        return (write(self.recorder or Recorder(self._running), ended),)
