"""Score card of the training rules: planted and healthy runs, recorded without a change of their code, judged by the whole rule book.

    python -m benchmarks.run_training                 # record what is missing, judge, print the card
    python -m benchmarks.run_training --only flow     # runs whose name contains a word
    python -m benchmarks.run_training --again         # record everything anew

Bars: the planted fault stands first in 0.85 of the faulty runs or more, the right layer is named in 0.90, and 0.03 of the healthy runs
or fewer have any finding of a warning or worse.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.training.planted import Run

ROOT = Path(__file__).parents[1]
KEPT = Path(os.environ.get("RUNG_BENCH_CACHE", tempfile.gettempdir())) / "rung-training-runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one run was judged. first : slug ranked first, '' for none.   alarms : slugs at warning or worse.   layer : right layer named."""

    name: str
    wanted: tuple[str, ...]
    first: str
    alarms: tuple[str, ...]
    layer: bool | None
    text: str = ""


def main() -> None:
    """Record, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="runs whose name contains this")
    parser.add_argument("--again", action="store_true", help="record everything anew")
    parser.add_argument("--kept", action="store_true", help="judge what is recorded already, record nothing")
    parser.add_argument("--show", action="store_true", help="every run, with what was said of it")
    parser.add_argument("--output", type=Path, help="write the card as JSON")
    given = parser.parse_args()
    from benchmarks.training import dynamics_runs, healthy_runs, wiring_runs

    runs = [
        each
        for each in (*wiring_runs.RUNS, *dynamics_runs.RUNS, *healthy_runs.RUNS)
        if given.only in each.name and (not given.kept or kept(each).exists())
    ]
    if not given.kept:
        record(runs, again=given.again)
    verdicts = [judged(each) for each in runs]
    for each in verdicts:
        if given.show or not right(each):
            print(
                f"{'ok  ' if right(each) else 'MISS'} {each.name}: wanted {'/'.join(each.wanted) or 'nothing'}; said {', '.join(each.alarms) or 'nothing'}. {each.text}"
            )
    card = summed(verdicts)
    print(json.dumps(card, indent=1))
    if given.output:
        given.output.write_text(json.dumps(card, indent=1) + "\n")


def right(verdict: Verdict) -> bool:
    """Whether nothing is to be said about it."""
    return not verdict.alarms if not verdict.wanted else verdict.first in verdict.wanted and verdict.layer is not False


def summed(verdicts: list[Verdict]) -> dict[str, object]:
    """The card."""
    faulty = [each for each in verdicts if each.wanted]
    healthy = [each for each in verdicts if not each.wanted]
    placed = [each for each in faulty if each.layer is not None]
    return {
        "faulty": len(faulty),
        "named first": _share([each.first in each.wanted for each in faulty]),
        "named at all": _share([bool(set(each.wanted) & set(each.alarms)) for each in faulty]),
        "right layer": _share([bool(each.layer) for each in placed]),
        "with a layer": len(placed),
        "healthy": len(healthy),
        "healthy with an alarm": _share([bool(each.alarms) for each in healthy]),
        "alarms on healthy": dict(Counter(slug for each in healthy for slug in each.alarms)),
    }


def _share(hits: list[bool]) -> float:
    return round(sum(hits) / len(hits), 3) if hits else float("nan")


def judged(run: Run) -> Verdict:
    """One run's report against its truth."""
    from rung.inputs.case import Case
    from rung.inputs.history_file import load_history
    from rung.inputs.settings import Settings
    from rung.interfaces.api import report_on

    path = kept(run)
    if not path.exists():
        return Verdict(name=run.name, wanted=run.slugs, first="", alarms=("not recorded",), layer=None)
    report = report_on(Case(load_history(path), Settings(budget=0.0)), Settings(budget=0.0))
    found = {each.key: each for each in report.findings}
    ranked = [found[cause.key] for cause in report.diagnosis.causes]
    alarms = tuple(each.name for each in ranked if each.weight)
    first = next((each for each in ranked if each.weight), None) or (ranked[0] if ranked else None)
    layer = None
    if run.layers:
        hit = next((each for each in ranked if each.name in run.slugs), None)
        layer = hit is not None and bool(set(run.layers) & set(hit.subject.names))
    crashed = [f"{each.name} crashed: {each.traceback.strip().splitlines()[-1]}" for each in report.runs if each.outcome == "failed"]
    told = f"First: {first.message} {list(first.subject.names)[:6]}" if first else ""
    return Verdict(
        name=run.name, wanted=run.slugs, first=first.name if first else "", alarms=alarms, layer=layer, text=" ".join([told, *crashed])
    )


def kept(run: Run) -> Path:
    """Where its history is kept: a changed script is another run."""
    return KEPT / f"{hashlib.sha256(run.source.encode()).hexdigest()[:16]}.json.gz"


def record(runs: list[Run], *, again: bool) -> None:
    """Record what is missing, all in one process that forks for each."""
    KEPT.mkdir(parents=True, exist_ok=True)
    missing = [each for each in runs if again or not kept(each).exists()]
    if not missing:
        return
    for each in missing:
        kept(each).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        pairs = []
        for number, each in enumerate(missing):
            script = Path(folder) / f"run_{number}" / "train.py"
            script.parent.mkdir()
            script.write_text(each.source)
            pairs += [str(script), str(kept(each))]
        subprocess.run(
            [sys.executable, "-m", "benchmarks.training.record_one", *pairs],
            cwd=ROOT,
            check=False,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )


if __name__ == "__main__":
    main()
