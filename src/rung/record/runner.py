"""Runs the user's program under observation: the same program, the same output, the same end."""

from __future__ import annotations

import ast
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType, TracebackType
from typing import Self

from rung.core.finding import Where
from rung.record.hook import Ended, Hook, Running
from rung.record.imports import ImportWatch
from rung.record.patches import Patches
from rung.record.places import Places, is_rung
from rung.record.program import Program, compiled
from rung.record.tracebacks import clean, hide

OFF = "RUNG_OFF"  # set to anything but '' or '0': programs run as if there were no rung
INTERRUPTED = 130
_live: list[Session] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of a run. inputs : what the hooks recorded.   running : the user's files, notes, seconds.   child : this is a forked child."""

    inputs: tuple[object, ...]
    ended: Ended
    running: Running
    child: bool = False


def run(program: Program, hooks: Sequence[Hook]) -> Ran:
    """Run the program as `__main__`. An uncaught error is shown as the interpreter would show it; the code is in `Ran.ended`."""
    running = Running(arguments=program.arguments, places=Places(program.path))
    hooks = [] if os.environ.get(OFF, "0") not in ("", "0") else list(hooks)
    owner, clock, spent = os.getpid(), time.perf_counter(), time.process_time()
    with _as_interpreter(program), Session(hooks, running) as session:
        ended = _execute(program, running, session)
    running.seconds, running.spent = time.perf_counter() - clock, time.process_time() - spent
    if os.getpid() != owner:
        return Ran(inputs=(), ended=ended, running=running, child=True)
    return Ran(inputs=tuple(session.finish(ended)), ended=ended, running=running)


class Session:
    """Hooks at work, between attaching and detaching. Also used alone where code already runs (a notebook, a `with` block)."""

    def __init__(self, hooks: Sequence[Hook], running: Running) -> None:
        self.hooks, self.running = list(hooks), running
        self._patches = Patches()
        self._watch = ImportWatch(self.hooks, self._attach, self._is_user, self._compiled)

    def __enter__(self) -> Self:
        _live.append(self)
        for hook in self.hooks:
            hook.begin(self.running)
        if self.hooks:
            hide(self._patches)
            self._watch.start()
        for hook in self.hooks:
            self._guard(hook.ready)
        return self

    def __exit__(self, *error: object) -> None:
        self._watch.stop()
        for hook in self.hooks:
            self._guard(hook.detach)
        self._patches.undo()
        _live.remove(self)

    def finish(self, ended: Ended) -> Iterator[object]:
        """What the hooks recorded. A hook that fails is named in the notes; the others speak."""
        for hook in self.hooks:
            try:
                yield from hook.finish(ended)
            except Exception:  # a recorder's failure must not cost the user's run; it is told in full
                self.running.notes.append(f"The recorder {type(hook).__module__} failed:\n{traceback.format_exc()}")

    def known(self, names: Mapping[str, object]) -> None:
        """Tell every hook what was there before."""
        for hook in self.hooks:
            self._guard(lambda hook=hook: hook.known(names))

    def rewrite(self, tree: ast.Module, path: str) -> ast.Module:
        """Every hook's say over one file of the user's."""
        for hook in self.hooks:
            tree = hook.rewrite(tree, path)
        return tree

    @property
    def rewrites(self) -> bool:
        """Whether any hook wants to see source before it is compiled."""
        return any(type(hook).rewrite is not Hook.rewrite for hook in self.hooks)

    def forked(self) -> None:
        """In a forked child: every hook rests."""
        for hook in self.hooks:
            hook.forked()

    def _attach(self, hook: Hook, module: ModuleType) -> None:
        self._guard(lambda: hook.attach(module))

    def _guard(self, work: object) -> None:
        try:
            work()  # type: ignore[operator]
        except Exception:  # the user's import must go on; what failed is told in full
            self.running.notes.append(f"A recorder failed:\n{traceback.format_exc()}")

    def _is_user(self, path: str) -> bool:
        return self.running.places.shown(path) is not None

    def _compiled(self, source: bytes, path: str) -> object:
        from rung.record.hook import Source
        from rung.record.program import decoded

        self.running.sources.append(Source(path=self.running.places.shown(path) or path, text=decoded(source)))
        return compiled(source, path, self.rewrite) if self.rewrites else None


def _execute(program: Program, running: Running, session: Session) -> Ended:
    ended = Ended()
    try:
        program.execute(running, session.rewrite if session.rewrites else None)
    except SystemExit as stop:
        ended = Ended(code=_exit_code(stop))
    except BaseException as error:  # the interpreter's own last word is said here
        ended = _uncaught(error, running)
    _wait_for_threads(running.places)
    _flush()
    return ended


def _exit_code(stop: SystemExit) -> int:
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return stop.code & 0xFF
    _flush()
    sys.stderr.write(f"{stop.code}\n")
    return 1


def _uncaught(error: BaseException, running: Running) -> Ended:
    place = _place(error.__traceback__, running)
    clean(error)
    _flush()
    sys.excepthook(type(error), error, error.__traceback__)
    code = INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    return Ended(code=code, exception=type(error).__name__, message=str(error)[:500], where=place)


def _place(trace: TracebackType | None, running: Running) -> Where | None:
    found = None
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        found = (None if is_rung(name) else running.places.where(name, trace.tb_lineno)) or found
        trace = trace.tb_next
    return found


def _wait_for_threads(places: Places) -> None:
    """For threads that run the user's own functions. Pools keep threads of their own, which end only when the interpreter does."""
    for thread in threading.enumerate():
        code = getattr(getattr(thread, "_target", None), "__code__", None)
        if thread is not threading.current_thread() and not thread.daemon and code is not None and places.shown(code.co_filename):
            thread.join()


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not getattr(stream, "closed", False):
            stream.flush()


@contextmanager
def _as_interpreter(program: Program) -> Iterator[None]:
    """`sys.argv`, `sys.path` and `__main__` as the interpreter would set them; put back afterwards, for those who run from Python."""
    argv, path, main, here = sys.argv, list(sys.path), sys.modules["__main__"], os.getcwd()
    sys.argv = [program.name, *program.arguments]
    if path and not getattr(sys.flags, "safe_path", False):
        sys.path[0] = program.folder
    try:
        yield
    finally:
        sys.argv, sys.path[:], sys.modules["__main__"] = argv, path, main
        os.chdir(here)


def _rest_in_children() -> None:
    for session in _live:
        session.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_rest_in_children)
