"""The recorder: opens an event before a call, closes it after, and never stands in the call's way."""

from __future__ import annotations

import os
import random
import sys
import threading
import traceback
import weakref
from dataclasses import replace
from types import FrameType
from typing import Any

import numpy as np

from rung.inputs.trace import Lost
from rung.inputs.trace_parts import Argument, Fold, Rows, Use
from rung.record.hook import Running
from rung.record.places import is_rung
from rung.record.script import values
from rung.record.script.draft import Draft, Handler, Spec, Work
from rung.record.script.memory import Estimators, Predictions
from rung.record.script.objects import Objects
from rung.record.script.rankings import Rankings
from rung.record.script.state import state

MAX_REPEATS = 200  # a line in a loop: after so many identical calls only their number is kept
MAX_SINK_REPEATS = 2_000
MAX_CHILDREN = 60
MAX_NOTES = 20
RECENT_NUMBERS = 4_000
MAX_FOLDS = 20
MAX_HISTORY = 60
MIN_ROWS = 20


class _Local(threading.local):
    def __init__(self) -> None:
        self.busy = False
        self.stack: list[Draft] = []
        self.splitting: set[int] = set()


class Recorder:
    """State of one recording. `on` is the switch: while it is off, every wrapper only calls what it wraps."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.on = True
        self.local = _Local()
        self.objects = Objects()
        self.drafts: list[Draft] = []
        self.numbers: dict[float, int] = {}  # numbers that reductions gave, and which
        self.seeds: set[str] = set()  # global generators that were seeded
        self.generators: dict[int, tuple[Any, bool]] = {}  # generators of the user's, and whether they were given a seed
        self.estimators = Estimators()
        self.predictions = Predictions()
        self.rankings = Rankings()
        self.lost: list[Lost] = []
        self.compared: tuple[weakref.ref[Any], tuple[Argument, ...], tuple[Use, ...]] | None = None  # the last `truth == prediction`
        self.containers: dict[int, tuple[weakref.ref[Any], int | None, int | None]] = {}
        self.files: dict[str, tuple[int | None, int | None]] = {}  # path -> item, estimator saved there
        self._repeats: dict[tuple[int, int, int], Draft | int] = {}

    # -- around a call ----------------------------------------------------------------------------------------------------

    def enter(self, spec: Spec, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Draft, Work] | None:
        """Open an event for this call; None where it is not to be observed. Never raises."""
        local = self.local
        if local.busy or not self.on:
            return None
        stack = local.stack
        if stack and (not spec.nested or stack[-1].children >= MAX_CHILDREN):
            return None
        local.busy = True
        try:
            draft = self._child(spec, stack[-1]) if stack else self._outermost(spec)
            if draft is None:
                return None
            work = spec.handler(self, draft, args, kwargs)
            with np.errstate(all="ignore"):  # a warning of our own arithmetic would stand in the program's output
                next(work)
        except StopIteration:
            return None
        except Exception:
            self.trouble(spec.call)
            return None
        finally:
            local.busy = False
        self.drafts.append(draft)
        stack.append(draft)
        return draft, work

    def leave(self, opened: tuple[Draft, Work], result: Any) -> None:
        """Close an event with what the call gave. Never raises."""
        draft, work = opened
        local = self.local
        local.stack.remove(draft)
        local.busy = True
        try:
            with np.errstate(all="ignore"):
                work.send(result)
        except StopIteration:
            pass
        except Exception:
            self.trouble(draft.call)
        finally:
            local.busy = False
        if not draft.keep and self.drafts and self.drafts[-1] is draft:
            self.drafts.pop()

    def leave_raised(self, opened: tuple[Draft, Work], error: BaseException) -> None:
        """Close an event that an exception left."""
        draft, work = opened
        draft.raised = type(error).__name__
        self.local.stack.remove(draft)
        self.local.busy = True
        try:
            work.close()
        except Exception:
            self.trouble(draft.call)
        finally:
            self.local.busy = False

    def trouble(self, call: str) -> None:
        """A failure of rung's own at one call: it is told, the user's call goes on."""
        last = traceback.format_exc().strip().splitlines()
        text = f"Tracing was lost at {call}: {last[-1]} ({last[-3].strip() if len(last) > 2 else ''})"
        if len(self.running.notes) < MAX_NOTES and text not in self.running.notes:
            self.running.notes.append(text)

    def _child(self, spec: Spec, parent: Draft) -> Draft:
        parent.children += 1
        draft = Draft(id=len(self.drafts), kind=spec.kind, call=spec.call, where=parent.where, file=parent.file, function=parent.function)
        draft.line = parent.line
        draft.depth, draft.parent, draft.rows_of = parent.depth + 1, parent, dict(parent.rows_of)
        return draft

    def _outermost(self, spec: Spec) -> Draft | None:
        frame = self._user_frame(anywhere=spec.anywhere)
        if frame is None:
            return None
        key = (id(frame.f_code), frame.f_lasti, id(spec))
        seen = self._repeats.get(key, 0)
        limit = MAX_SINK_REPEATS if spec.sink else MAX_REPEATS
        if isinstance(seen, Draft):
            seen.times += 1
            return None
        name = frame.f_code.co_filename
        draft = Draft(
            id=len(self.drafts), kind=spec.kind, call=spec.call, where=self.running.places.where(name, frame.f_lineno or 0), file=name
        )
        draft.function, draft.line = frame.f_code.co_name, frame.f_lineno or 0
        self._repeats[key] = seen + 1 if seen + 1 < limit else draft
        return draft

    def _user_frame(self, *, anywhere: bool) -> FrameType | None:
        """The user's frame that made the call: the first that is not rung's own, or with `anywhere` the nearest one above."""
        frame: FrameType | None = sys._getframe(3)
        places = self.running.places
        while frame is not None:
            name = frame.f_code.co_filename
            if places.shown(name) is not None:
                return frame
            if not anywhere and not is_rung(name):
                return None
            frame = frame.f_back
        return None

    # -- for handlers -----------------------------------------------------------------------------------------------------

    def read(self, draft: Draft, role: str, value: Any, *, sink: bool = False) -> int | None:
        """Note that the call reads an object; its item, None for what is not followed. `sink`: make sure that it is still what it was."""
        if value is None or not values.kind_of(value):
            return None
        number = self.objects.known(value)
        if number is None and draft.depth and (rows := draft.rows_of.get(values.n_rows(value))) is not None:
            number = self.objects.item(value, rows, draft.id)
        elif number is None or sink:
            number = self.objects.fresh(value, draft.id) if sink else self.objects.of(value, draft.id)
        draft.reads.append(Use(role=role, item=number))
        return number

    def write(self, draft: Draft, role: str, value: Any, rows: Rows | None, **parts: Any) -> int | None:
        """Note that the call made (or changed) an object with these rows."""
        if value is None or not values.kind_of(value):
            return None
        number = self.objects.item(value, rows, draft.id, **parts)
        draft.writes.append(Use(role=role, item=number))
        return number

    def rows(self, number: int | None) -> Rows | None:
        """Rows of an item, None where unknown."""
        return None if number is None else self.objects.items[number].rows

    def first_seen(self, number: int, value: Any, draft: Draft, *, tell: bool = True) -> None:
        """Rows of nobody's knowing become a source here: from now on they are followed. Where they may have come from a known table, that is lost."""
        item = self.objects.items[number]
        if item.rows is not None or not item.shape:
            return
        n = item.shape[0]
        if tell and any(source.n_rows >= n and source.kind != "unknown" for source in self.objects.sources):
            why = item.why_unknown or "made by a call that is not observed"
            self.lost.append(Lost(item=number, event=draft.id, where=draft.where, call=draft.call, why=why))
        rows = self.objects.new_rows(n, item.name or f"{item.kind} first seen in {draft.call}", "unknown", draft.id)
        self.objects.adopt(number, value, rows)

    def touch(self, draft: Draft, value: Any) -> None:
        """The first look at an array or list of nobody's knowing, where the user's line works on it: its rows get numbers. A vector as long as
        the one table that is known belongs to it.
        """
        listed = values.kind_of(value) == "list"
        if not (listed or (isinstance(value, np.ndarray) and value.ndim in (1, 2))) or len(value) < MIN_ROWS:
            return
        number = self.objects.of(value, draft.id)
        if self.objects.items[number].rows is not None:
            return
        if not listed and value.ndim == 2:
            self.first_seen(number, value, draft)
            return
        whole = self.objects.whole_tables(len(value))
        if len(whole) == 1:
            self.objects.adopt(number, value, whole[0], "paired")
        elif listed:
            self.first_seen(number, value, draft, tell=False)

    def opened(self, spec: Spec, *args: Any) -> Draft | None:
        """An event for something that goes on for a while (a splitter's pairs): opened and closed at once, completed later."""
        opened = self.enter(spec, args[:1], args[1] if len(args) > 1 else {})
        if opened is None:
            return None
        self.leave(opened, None)
        return opened[0]

    def folded(self, draft: Draft, value: Any, train: Any, test: Any, fold: Fold) -> None:
        """One more pair of a splitter: its positions are known objects from now on, so that taking rows by them is told."""
        if draft.split is not None and len(draft.split.folds) < MAX_FOLDS:
            draft.split = replace(draft.split, folds=(*draft.split.folds, fold))
        for side, places, rows in (("train", train, fold.train_rows), ("test", test, fold.test_rows)):
            if values.kind_of(places) and not values.is_mask(places):
                self.write(draft, f"{side}[{len(draft.split.folds) - 1 if draft.split else 0}]", places, rows)

    def comes_from(self, number: int | None, event: int | None) -> bool:
        """Whether an item's history, over at most 20 calls, leads back to an event."""
        todo, seen = [number] if number is not None else [], 0
        while todo and seen < MAX_HISTORY:
            seen += 1
            made = self.objects.items[todo.pop()].made_by
            if made == event:
                return True
            draft = self.drafts[made] if made < len(self.drafts) else None
            todo += [use.item for use in draft.reads if use.item < (number or 0)] if draft is not None and draft.id == made else []
        return False

    def remember_container(self, container: Any, data: int | None, label: int | None) -> None:
        """A booster's own container of rows and labels."""
        self.containers[id(container)] = (weakref.ref(container), data, label)

    def container(self, value: Any) -> tuple[int | None, int | None]:
        """Items of the rows and labels in a container, (None, None) for what is none."""
        found = self.containers.get(id(value))
        return (found[1], found[2]) if found is not None and found[0]() is value else (None, None)

    def remember_file(self, path: str, value: Any, draft: Draft) -> None:
        """What was saved under a path."""
        number = self.objects.known(value) if values.kind_of(value) else None
        if number is not None:
            self.files[os.path.abspath(path)] = (number, None)
        elif hasattr(value, "fit") or hasattr(value, "predict"):
            draft.estimator = state(self, value)
            self.files[os.path.abspath(path)] = (None, self.estimators.number(value))

    def recall_file(self, path: str, value: Any, draft: Draft) -> None:
        """What comes from a path: rows and fits of what was saved there in this run."""
        item, estimator = self.files.get(os.path.abspath(path), (None, None))
        if values.kind_of(value) in ("frame", "series", "array", "sparse"):
            draft.kind = "load"
            rows = self.rows(item)
            if rows is not None and len(rows) == values.n_rows(value):
                self.write(draft, "result", value, rows)
            else:
                draft.writes.append(Use(role="result", item=self.objects.source(value, path, "file", draft.id)))
        elif hasattr(value, "fit") or hasattr(value, "predict"):
            draft.estimator = state(self, value)
            number = self.estimators.number(value)
            self.estimators.loaded[number] = draft.id
            self.estimators.fits[number] = self.estimators.fits.get(estimator, ()) if estimator is not None else ()
        else:
            draft.keep = False

    def generator_is_seeded(self, generator: Any) -> bool | None:
        """Whether what this generator draws can be drawn again; None for one whose making was not seen."""
        found = self.generators.get(id(generator))
        if found is not None and found[0] is generator:
            return found[1]
        if isinstance(generator, random.Random):
            return "random" in self.seeds if generator is random._inst else None  # type: ignore[attr-defined]
        return "numpy" in self.seeds if generator is getattr(np.random, "mtrand", np.random)._rand else None  # type: ignore[attr-defined]

    def number_was_made(self, value: Any, draft: Draft) -> None:
        """Remember that a reduction gave this number, so that its later use can be told."""
        for each in np.asarray(value, dtype=float).ravel()[:50].tolist() if _numeric(value) else ():
            if len(self.numbers) < RECENT_NUMBERS and np.isfinite(each):
                self.numbers[each] = draft.id

    def uses(self, draft: Draft, value: Any) -> None:
        """Note that a value enters the call which an earlier reduction, or a derivation from one, gave."""
        if isinstance(value, dict):
            for each in list(value.values())[:50]:
                self.uses(draft, each)
        elif isinstance(value, float | np.floating):
            made = self.numbers.get(float(value)) if _telling(value) else None
            draft.uses |= {made} if made is not None else set()
        elif values.kind_of(value):
            number = self.objects.known(value)
            if number is not None:
                draft.uses |= self._reductions_behind(number)

    def _reductions_behind(self, number: int) -> set[int]:
        """The reductions that a small table of statistics came from."""
        made = self.objects.items[number].made_by
        draft = self.drafts[made] if made < len(self.drafts) else None
        return {made} if draft is not None and draft.kind in ("reduce", "fit", "fit-transform") else set()


def _numeric(value: Any) -> bool:
    return isinstance(value, int | float | np.number) or getattr(getattr(value, "dtype", None), "kind", "") in ("i", "u", "f")


def _telling(value: float | np.floating[Any]) -> bool:
    """Whether equality with a statistic says something: a library's number, or one that nobody types by hand."""
    return isinstance(value, np.floating) or (float(value) != round(float(value), 3))


__all__ = ["Draft", "Handler", "Recorder", "Spec", "Work"]
