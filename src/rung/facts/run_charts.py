"""Charts of a training run that several rules show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rung.core.evidence import Bars, Code, Line, Lines
from rung.core.finding import Where
from rung.inputs.history import Curve, History

MOST_POINTS = 400
MOST_BARS = 40


def loss_chart(history: History, *, title: str = "Loss", reading: str = "", events: Iterable[tuple[float, str]] = ()) -> tuple[Lines, ...]:
    """Training and validation loss over the run; empty where neither was recorded."""
    curves = [(name, history.curve(name)) for name in ("train", "valid")]
    lines = tuple(_line(name, curve) for name, curve in curves if curve is not None and np.isfinite(curve.value).any())
    if not lines:
        return ()
    unit = next(curve.unit for _, curve in curves if curve is not None)
    return (
        Lines(
            title=title,
            x_label=unit,
            y_label="loss",
            lines=lines,
            events=tuple((float(step), text) for step, text in events),
            log_y=_wide(curves[0][1]),
            reading=reading,
        ),
    )


def series_chart(title: str, y_label: str, steps: Sequence[float], series: dict[str, NDArray[np.float64]], reading: str = "") -> Lines:
    """Some series over the steps that were looked at, at most 5."""
    x = np.asarray(steps, dtype=float)
    lines = tuple(_points(name, x, values) for name, values in list(series.items())[:5])
    return Lines(title=title, x_label="step", y_label=y_label, lines=lines, reading=reading)


def layer_bars(
    title: str, names: Sequence[str], values: Sequence[float], *, marked: Sequence[str] = (), unit: str = "", reading: str = ""
) -> Bars:
    """One bar a layer, at most 40: the marked ones and those nearest to both ends."""
    keep = _kept(names, marked)
    return Bars(
        title=title,
        labels=tuple(names[each] for each in keep),
        values=tuple(float(values[each]) for each in keep),
        marked=tuple(marked),
        unit=unit,
        reading=reading,
    )


def source_lines(where: Where | None, title: str = "The line") -> tuple[Code, ...]:
    """The user's line with two around it; empty where it is not known or the file is gone."""
    if where is None:
        return ()
    try:
        with open(where.file, encoding="utf-8") as handle:  # noqa: PTH123 - facts know no paths but this one
            lines = handle.read().splitlines()
    except (OSError, UnicodeDecodeError):
        return ()
    first = max(1, where.line - 2)
    shown = tuple(lines[first - 1 : where.line + 2])
    return (Code(title=title, file=where.file, first_line=first, lines=shown, marked=(where.line,)),) if shown else ()


def at(where: Where | None) -> str:
    """' (train.py:41)', '' where the line is not known."""
    return f" ({where.file.rpartition('/')[2]}:{where.line})" if where is not None else ""


def listed(names: Sequence[str], most: int = 3) -> str:
    """The first names in quotes and how many more there are."""
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def _kept(names: Sequence[str], marked: Sequence[str]) -> list[int]:
    if len(names) <= MOST_BARS:
        return list(range(len(names)))
    ends = [*range(MOST_BARS // 4), *range(len(names) - MOST_BARS // 4, len(names))]
    chosen = [place for place, name in enumerate(names) if name in set(marked)][: MOST_BARS // 2]
    return sorted({*ends, *chosen})


def _line(name: str, curve: Curve) -> Line:
    return _points(name, curve.step.astype(float), curve.value)


def _points(name: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> Line:
    known = np.flatnonzero(np.isfinite(y[: len(x)]))
    if len(known) > MOST_POINTS:
        known = known[np.linspace(0, len(known) - 1, MOST_POINTS).astype(int)]
    return Line(name=name, x=tuple(x[known].tolist()), y=tuple(y[known].tolist()))


def _wide(curve: Curve | None) -> bool:
    """Whether positive values span more than two powers of ten."""
    if curve is None:
        return False
    known = curve.value[np.isfinite(curve.value)]
    return bool(len(known) and known.min() > 0 and known.max() > 100 * known.min())
