"""Run the user's script twice more, without the recorder, in a copy of its folder: do the scores that it prints differ?"""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path

from rung.core.errors import Unavailable
from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding, Verdict
from rung.core.marks import experiment
from rung.experiments.copies import copied_folder, refuse_outward
from rung.inputs.lab import Lab
from rung.inputs.settings import Settings
from rung.inputs.trace import Trace

NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.]*\w)")
# Numbers that differ from run to run without chance in the data: clocks, addresses, places on the disk.
CLOCK = re.compile(r"\d\d:\d\d|\btime\b|took|elapsed|duration|second|minute|\d\s*m?s\b|it/s|0x[0-9a-f]{6}|/tmp|rung-", re.IGNORECASE)
SLOWER = 3  # times its own seconds that a run may take, ten at least


@experiment("run-twice")
def run_twice(lab: Lab, _finding: Finding) -> Outcome:
    """Two plain runs of the same script: printed scores that differ prove the chance, equal ones refute it."""
    trace, settings = lab.ask(Trace), lab.ask(Settings)
    script = _script(trace, settings)
    first, second = (_printed(script, trace) for _ in range(2))
    pairs = _differences(first, second)
    if pairs:
        return _outcome(*pairs[0], Verdict.CONFIRMED, f"two runs of the script printed {pairs[0][0]:g} and {pairs[0][1]:g}")
    shown = _score_in(first, trace)
    if shown is None:
        raise Unavailable("two runs of the script printed the same, but no score that was recorded is among it")
    return _outcome(shown, shown, Verdict.REFUTED, f"two more runs of the script printed the same score, {shown:g}")


def _script(trace: Trace, settings: Settings) -> str:
    path = trace.scripts[0].path if trace.scripts else ""
    if not trace.counted or trace.exit.code:
        raise Unavailable("the script did not run to its end")
    if not path.endswith(".py") or Path(path).is_absolute() or not Path(path).exists():
        raise Unavailable("only scripts in the working folder can be run again")
    if 2 * trace.seconds > settings.budget:
        raise Unavailable(f"two more runs of {trace.seconds:.0f} s are beyond the budget")
    refuse_outward(trace)
    return path


def _printed(script: str, trace: Trace) -> list[str]:
    """What a plain run prints, without lines that tell the time."""
    with copied_folder(Path.cwd()) as copy:
        limit = max(10.0, SLOWER * trace.seconds)
        try:
            ended = subprocess.run(  # noqa: S603 - the user's own script, as the user ran it
                [sys.executable, script, *trace.arguments], cwd=copy, capture_output=True, text=True, check=False, timeout=limit, stdin=subprocess.DEVNULL
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"a plain run of the script took more than {limit:.0f} s") from error
    if ended.returncode:
        raise Unavailable("a plain run of the script in a copy of its folder failed")
    return [line for line in ended.stdout.splitlines() if not CLOCK.search(line)]


def _differences(first: list[str], second: list[str]) -> list[tuple[float, float]]:
    """Numbers at the same place of lines that say the same otherwise."""
    found = []
    for one, other in zip(first, second, strict=False):
        if one != other and NUMBER.sub("#", one) == NUMBER.sub("#", other):
            found += [(float(a), float(b)) for a, b in zip(NUMBER.findall(one), NUMBER.findall(other), strict=True) if float(a) != float(b)]
    return found


def _score_in(lines: list[str], trace: Trace) -> float | None:
    """A recorded score among the printed numbers, to the digits that were printed."""
    scores = [each.metric.value for each in trace.events if each.metric is not None and math.isfinite(each.metric.value)]
    for text in (each for line in lines for each in NUMBER.findall(line) if "." in each):
        digits = len(text.partition(".")[2].partition("e")[0])
        for score in scores:
            if any(math.isclose(round(shown, digits), float(text), abs_tol=10.0**-digits / 2) for shown in (score, -score, 100 * score)):
                return float(text)
    return None


def _outcome(before: float, after: float, verdict: Verdict, why: str) -> Outcome:
    one, other, gap = (Estimate(value=each, low=each, high=each, n=1) for each in (before, after, after - before))
    return Outcome(
        experiment="run-twice", changed="the script run again", metric="printed score", before=one, after=other, difference=gap,
        expected="differs", verdict=verdict, why=why,
    )  # fmt: skip
