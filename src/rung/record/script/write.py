"""From the recorder's drafts to a `Trace`."""

from __future__ import annotations

import linecache
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

from rung.inputs.trace import Event, Exit, Lost, Script, Trace
from rung.record.hook import Ended
from rung.record.script.recorder import Draft, Recorder

LIBRARIES = {
    "numpy": "numpy", "pandas": "pandas", "polars": "polars", "scipy": "scipy", "sklearn": "scikit-learn", "imblearn": "imbalanced-learn",
    "xgboost": "xgboost", "lightgbm": "lightgbm", "catboost": "catboost", "joblib": "joblib", "torch": "torch",
}  # fmt: skip
NEED_ROWS = {"fit", "fit-transform", "transform", "predict", "score", "metric", "split", "resample", "search", "cross-validation"}


def write(recorder: Recorder, ended: Ended) -> Trace:
    """The whole trace, with events and items numbered in order."""
    kept = [draft for draft in recorder.drafts if draft.keep]
    numbers = {draft.id: place for place, draft in enumerate(kept)}
    events = tuple(draft.event(numbers[draft.id], _line(draft), numbers) for draft in kept)
    before = _nearest(recorder, numbers)
    items = tuple(replace(item, made_by=before[item.made_by]) for item in recorder.objects.items) if events else ()
    sources = tuple(replace(each, event=before[each.event]) for each in recorder.objects.sources) if events else ()
    running = recorder.running
    return Trace(
        scripts=tuple(Script(path=each.path, text=each.text, cells=each.cells) for each in running.sources),
        events=events,
        items=items,
        sources=sources,
        lost=tuple(replace(each, event=before[each.event]) for each in recorder.lost) + _untold(events, recorder),
        followed=_followed(events, recorder),
        exit=Exit(code=ended.code, exception=ended.exception, message=ended.message, where=ended.where),
        notes=tuple(running.notes),
        versions=_versions(),
        arguments=running.arguments,
        seconds=round(running.seconds, 3),
    )


def _nearest(recorder: Recorder, numbers: dict[int, int]) -> dict[int, int]:
    """Draft -> number of the event it became, of the last one before it where it was dropped."""
    found, last = {}, 0
    for number in range(len(recorder.drafts) + 1):
        last = numbers.get(number, last)
        found[number] = last
    return found


def _line(draft: Draft) -> str:
    return linecache.getline(draft.file, draft.line).strip() if draft.file else ""


def _untold(events: tuple[Event, ...], recorder: Recorder) -> tuple[Lost, ...]:
    told = {each.item for each in recorder.lost}
    found = []
    for event in events:
        for use in event.reads if event.kind in NEED_ROWS and not event.depth else ():
            item = recorder.objects.items[use.item]
            if item.rows is None and item.id not in told and use.role not in ("sample_weight", "groups"):
                told.add(item.id)
                why = item.why_unknown or "made by a call that is not observed"
                found.append(Lost(item=item.id, event=event.id, where=event.where, call=event.call, why=why))
    return tuple(found)


def _followed(events: tuple[Event, ...], recorder: Recorder) -> tuple[int, int]:
    lost = {each.item for each in recorder.lost}
    need = [event for event in events if event.kind in NEED_ROWS and not event.depth and event.reads]
    items = recorder.objects.items
    good = [event for event in need if all(items[use.item].rows is not None and use.item not in lost for use in event.reads)]
    return len(good), len(need)


def _versions() -> dict[str, str]:
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for module, name in LIBRARIES.items():
        if module in sys.modules:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                found[name] = str(getattr(sys.modules[module], "__version__", "unknown"))
    return found
