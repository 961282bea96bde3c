"""The measured process of `speed`: `make` writes a table and a fitted model, `pass` runs rung on them and prints what it took."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HALF = 0.75


def make(size: str, folder: Path) -> dict[str, object]:
    """Write train, test and a boosted pipeline fitted on 100,000 training rows at most."""
    import joblib

    from benchmarks.healthy_models import fitted
    from benchmarks.speed_table import TARGET, mixed
    from benchmarks.tables import by_name

    rows, columns = (int(part) for part in size.split("x"))
    frame = mixed(rows, columns)
    cut = int(HALF * rows)
    frame.iloc[:cut].to_parquet(folder / "train.parquet")
    frame.iloc[cut:].reset_index(drop=True).to_parquet(folder / "test.parquet")
    from dataclasses import replace

    entry = replace(by_name("acs_income"), target=TARGET, task="binary", time=None, group=None)
    joblib.dump(fitted(entry, frame.iloc[: min(cut, 100_000)], "boosting"), folder / "model.joblib")
    return {}


def measure(folder: Path) -> dict[str, object]:
    """One full pass before experiments from files, as the command makes it."""
    from benchmarks.speed_table import TARGET
    from rung.adapters.threads import one_thread
    from rung.engine import discover
    from rung.engine.run import investigate
    from rung.inputs.contract import Contract
    from rung.inputs.settings import Settings
    from rung.interfaces.build import build_case

    costs = Costs()
    discover.rules(), discover.facts()
    imported, settings = time.process_time(), Settings(experiments=False)
    case = build_case(
        folder / "train.parquet",
        contract=Contract(target=TARGET),
        settings=settings,
        test=folder / "test.parquet",
        model=folder / "model.joblib",
        trust=True,
    )
    read = time.process_time()
    before, started = _peak(), time.perf_counter()
    with one_thread(case):
        work = investigate(case, settings)
    return {
        "cpu_seconds": round(time.process_time(), 2),
        "wall_seconds": round(time.perf_counter() - started + read, 2),
        "import_seconds": round(imported, 2),
        "read_seconds": round(read - imported, 2),
        "peak_mb": round(_peak()),
        "added_mb": round(_peak() - before),
        "facts": _top(costs.facts),
        "rules": _top(costs.rules),
        "findings": sorted({each.name for each in work.findings if each.weight}),
        "crashed": [f"{run.name}: {run.reason[:200]}" for run in work.runs.values() if run.outcome == "failed"],
    }


class Costs:
    """CPU seconds that each fact and each rule took by itself, without those of the facts that it asked for."""

    def __init__(self) -> None:
        self.facts: dict[str, float] = {}
        self.rules: dict[str, float] = {}
        self._inner = [0.0]
        from rung.engine import run
        from rung.engine.ledger import Ledger

        whole_fact, whole_rule = Ledger._work_out, run.run_check  # noqa: SLF001 - the clock is put around the engine's own verbs
        Ledger._work_out = lambda ledger, wanted: self._timed(self.facts, wanted.__name__, lambda: whole_fact(ledger, wanted))  # type: ignore[method-assign] # noqa: SLF001
        run.run_check = lambda rule, *rest: self._timed(self.rules, rule.name, lambda: whole_rule(rule, *rest))  # type: ignore[assignment]

    def _timed(self, book: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
        self._inner.append(0.0)
        started = time.process_time()
        try:
            return work()
        finally:
            took = time.process_time() - started
            book[name] = book.get(name, 0.0) + took - self._inner.pop()
            self._inner[-1] += took


def _peak() -> float:
    """Peak resident memory in MB; Linux counts in kilobytes, macOS in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)


def _top(seconds: dict[str, float]) -> dict[str, float]:
    """Most expensive first."""
    return {name: round(value, 2) for name, value in sorted(seconds.items(), key=lambda pair: -pair[1])[:25] if value >= 0.005}


if __name__ == "__main__":
    step, size, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    print(json.dumps(make(size, folder) if step == "make" else measure(folder)))
