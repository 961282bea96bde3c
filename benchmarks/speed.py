"""CPU seconds and memory of a full pass before experiments, by rows and columns, and where they go.

    python -m benchmarks.speed [--sizes 10000x20,100000x20] [--peers] [--json FILE]

Each size is measured in a fresh process, one thread; the model is a fitted boosted pipeline. Time for building the table and
fitting the model is not counted, nor is compiling the source: an installed package has its byte code.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.workers import ONE_THREAD

#: rows x columns -> CPU seconds and MB of peak memory that a pass may take; None where only the time has a bar.
BARS: dict[str, tuple[float, float | None]] = {
    "10000x20": (6.0, None),
    "100000x20": (12.0, 500.0),
    "1000000x20": (60.0, 1500.0),
    "100000x200": (40.0, None),
}
STARTS = {
    "rung --version": (0.15, ["-m", "rung", "--version"]),
    "import rung": (0.20, ["-c", "import rung"]),
    "python alone, for comparison": (None, ["-c", "pass"]),
}
TOP = 15


def main() -> int:
    """Measure, print, compare with the bars."""
    wanted = _arguments()
    _compile()
    starts = [_start(name) for name in STARTS]
    sizes = [_size(size, wanted.timeout) for size in wanted.sizes.split(",") if size]
    if wanted.peers:
        from benchmarks.speed_peers import measure_peers

        peers = measure_peers(wanted.peers_size, wanted.timeout)
    else:
        peers = []
    if wanted.json:
        from rung.interfaces.api import version

        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        command = f"python -m benchmarks.speed {' '.join(sys.argv[1:])}"
        text = json.dumps({"command": command, "version": version(), "starts": starts, "passes": sizes, "peers": peers}, indent=1)
        wanted.json.write_text(text + "\n", encoding="utf-8")
    return 0 if all(each.get("met", True) for each in [*starts, *sizes]) else 1


def _compile() -> None:
    """Write rung's byte code, as an installer does."""
    import compileall

    import rung

    compileall.compile_dir(str(Path(rung.__file__).parent), quiet=1)


def _start(name: str) -> dict[str, object]:
    """The shortest of seven starts: the machine's other work only ever adds."""
    bar, arguments = STARTS[name]
    both = [_seconds([sys.executable, *arguments]) for _ in range(7)]
    took, cpu = min(wall for wall, _ in both), min(cpu for _, cpu in both)
    met = {} if bar is None else {"bar": bar, "met": took <= bar}
    said = f"   bar {bar * 1000:.0f} ms {'met' if took <= bar else 'NOT MET'}" if bar else ""
    print(f"{name:<32} {took * 1000:6.0f} ms, CPU {cpu * 1000:4.0f} ms{said}", flush=True)
    return {"what": name, "seconds": round(took, 3), "cpu_seconds": round(cpu, 3), **met}


def _seconds(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one call."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _size(size: str, timeout: float) -> dict[str, object]:
    """One size in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        made = _child("make", size, folder, timeout)
        passed = _child("pass", size, folder, timeout) if made.get("state") == "done" else made
    bar = BARS.get(size)
    if passed.get("state") == "done" and bar is not None:
        memory_met = bar[1] is None or float(str(passed["peak_mb"])) <= bar[1]
        passed |= {"bar_cpu_seconds": bar[0], "bar_mb": bar[1], "met": float(str(passed["cpu_seconds"])) <= bar[0] and memory_met}
    _print(size, passed)
    return {"size": size, **passed}


def _child(step: str, size: str, folder: str, timeout: float) -> dict[str, object]:
    environment = {**os.environ, **dict.fromkeys(ONE_THREAD, "1")}
    command = [sys.executable, "-m", "benchmarks.speed_pass", step, size, folder]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environment, check=False)
    except subprocess.TimeoutExpired:
        return {"state": "failed", "why": f"{step}: over {timeout:g} s", "met": False}
    if done.returncode != 0:
        return {"state": "failed", "why": f"{step}: exit {done.returncode}: {done.stderr.strip()[-600:]}", "met": False}
    return {"state": "done", **json.loads(done.stdout.splitlines()[-1])}


def _print(size: str, passed: dict[str, object]) -> None:
    if passed["state"] != "done":
        print(f"\n{size}: {passed['why']}", flush=True)
        return
    bar = (
        f"bar {passed['bar_cpu_seconds']} s, {passed['bar_mb']} MB: {'met' if passed['met'] else 'NOT MET'}"
        if "met" in passed
        else "no bar"
    )
    print(
        f"\n{size}: {passed['cpu_seconds']} CPU s (wall {passed['wall_seconds']} s, of it start and imports {passed['import_seconds']} s), "
        f"peak {passed['peak_mb']} MB (+{passed['added_mb']} MB over table and model) | {bar}",
        flush=True,
    )
    for title in ("facts", "rules"):
        print(f"  {title}: " + ", ".join(f"{name} {seconds}" for name, seconds in list(passed[title].items())[:TOP]), flush=True)  # type: ignore[attr-defined]
    for crash in passed["crashed"]:  # type: ignore[attr-defined]
        print(f"  CRASHED {crash}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(BARS), help="rows x columns by commas, as 10000x20")
    parser.add_argument("--timeout", type=float, default=600.0)
    parser.add_argument("--peers", action="store_true", help="measure skore and cleanlab on the same table, in an environment of their own")
    parser.add_argument("--peers-size", default="10000x20")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
