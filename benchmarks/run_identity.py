"""Is a program under `rung run` the same program? Output, exit code, files, random state with and without rung, and what it costs.

    python -m benchmarks.run_identity [--only WORD] [--examples DIR] [--step N] [--limit N] [--at-most SECONDS] [--budget TIME] [--repeats 3] [--output FILE]

Each program runs in two copies of its folder: by the interpreter, and by `rung run`. Compared, byte for byte: standard output, exit code, every file
that it wrote (times and temporary names aside: none are masked), standard error up to rung's report, and at exit the states of `random` and `numpy.random`.
Cost: CPU time of the program in a process of its own, recorder off and on in turn, the smallest of `--repeats`. The report afterwards is not counted.
--examples : a folder of scikit-learn's published examples, from its source archive; its scripts that need no network are run as well.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
CORPUS = HERE / "scripts"
SHAPES = HERE / "identity"
ARGUMENTS = {"arguments.py": ["--rows", "120", "--verbose"]}
OPTIONS: list[str] = []  # of `rung run`, besides the output
WORTH_TIMING = 0.2  # CPU seconds; a ratio of less tells of the start alone
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "PYTHONHASHSEED": "0", "COLUMNS": "100"}
# Generators that the program leaves unseeded start alike in both runs, or no two runs could be compared.
AT_EXIT = """
import atexit, importlib.util, random, sys
random.seed(7)
class Seeded:
    def find_spec(self, name, path=None, target=None):
        if name != "numpy":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec("numpy")
        run = spec.loader.exec_module
        def exec_module(module):
            run(module)
            module.random.seed(7)
        spec.loader.exec_module = exec_module
        return spec
sys.meta_path.insert(0, Seeded())
def _state():
    import hashlib, os
    text = repr(random.getstate())
    if "numpy" in sys.modules:
        text += repr([part.tolist() if hasattr(part, "tolist") else part for part in sys.modules["numpy"].random.get_state()])
    open(os.environ["STATE_FILE"], "w").write(hashlib.sha256(text.encode()).hexdigest())
atexit.register(_state)
"""
TIMED = """
import resource, sys, time
from rung.record.hook import hooks
from rung.record.program import Program
from rung.record.runner import run
import rung.record.script.attach
out, name, args = sys.argv[1], sys.argv[2], tuple(sys.argv[3:])
found = hooks()
begin = time.process_time()
ran = run(Program.of(name, args), found)
if not ran.child:
    import json
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = ran.running.spent if hasattr(ran.running, "spent") else time.process_time() - begin
    json.dump({"cpu": spent + children.ru_utime + children.ru_stime, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}, open(out, "w"))
"""


def programs(only: str, examples: Path | None) -> list[Path]:
    """Every program to try."""
    found = [
        each for folder in ("faulty", "twins", "honest") for each in sorted((CORPUS / folder).glob("*")) if each.suffix in (".py", ".ipynb")
    ]
    found += sorted(SHAPES.glob("*.py"))
    if examples is not None:
        found += [each for each in sorted(examples.rglob("*.py")) if _stays_at_home(each)]
    return [each for each in found if only in str(each)]


def _stays_at_home(path: Path) -> bool:
    """Whether an example needs neither network nor libraries that are not here, and says what it does in a short time."""
    text = path.read_text(encoding="utf-8")
    away = (
        "fetch_",
        "http",
        "import plotly",
        "import skimage",
        "from skimage",
        "time.time",
        "from time import time",
        "perf_counter",
        "time()",
    )
    return not any(word in text for word in away if word != "http" or "urlretrieve" in text)


def run_once(path: Path, command: list[str], data: Path) -> dict:
    """One run in a fresh copy of the folder: what it said, wrote and left behind."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name) / "work"
        work.mkdir()
        for each in path.parent.glob("*.py") if path.parent.parent in (CORPUS, HERE) else [path]:
            shutil.copy(each, work)
        shutil.copy(path, work)
        shutil.copytree(data, work / "data")
        state = Path(name) / "state"
        hook = Path(name) / "hook"
        hook.mkdir()
        (hook / "sitecustomize.py").write_text(AT_EXIT)
        before = set(work.rglob("*"))
        paths = os.pathsep.join([str(hook), *filter(None, [os.environ.get("PYTHONPATH", "")])])
        environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": paths, "STATE_FILE": str(state), "JOBLIB_TEMP_FOLDER": name}
        started = time.perf_counter()
        ran = subprocess.run(command, cwd=work, capture_output=True, check=False, timeout=600, env=environment, stdin=subprocess.DEVNULL)
        made = sorted(each for each in work.rglob("*") if each not in before and each.is_file() and "__pycache__" not in each.parts)
        return {
            "stdout": ran.stdout.replace(name.encode(), b"DIR"),
            "stderr": ran.stderr.replace(name.encode(), b"DIR"),
            "code": ran.returncode,
            "seconds": time.perf_counter() - started,
            "files": {str(each.relative_to(work)): hashlib.sha256(each.read_bytes()).hexdigest() for each in made},
            "state": state.read_text() if state.exists() else "",
        }


def plain_command(path: Path) -> list[str]:
    """How the program runs without rung; a notebook's cells run one after the other by rung's own runner with the recorders off."""
    if path.suffix == ".ipynb":
        return ["env", "RUNG_OFF=1", *rung_command(path)]
    return [sys.executable, path.name, *ARGUMENTS.get(path.name, [])]


def rung_command(path: Path) -> list[str]:
    """The same under observation; the report goes to a file."""
    return [
        sys.executable,
        "-m",
        "rung",
        "run",
        *OPTIONS,
        "--format",
        "json",
        "--output",
        "../report.json",
        path.name,
        *ARGUMENTS.get(path.name, []),
    ]


def compare(path: Path, data: Path, at_most: float) -> dict | None:
    """Both ways; names what differs. None where the plain run takes longer than this."""
    plain = run_once(path, plain_command(path), data)
    if plain["seconds"] > at_most:
        return None
    watched = run_once(path, rung_command(path), data)
    again = None
    differs = [part for part in ("stdout", "code", "files", "state") if plain[part] != watched[part]]
    if path.suffix == ".ipynb":
        plain["stderr"] = b""
    if not watched["stderr"].startswith(plain["stderr"]):
        differs.append("stderr")
    for _ in range(3 if differs else 0):  # a program that differs from itself proves nothing
        again = run_once(path, plain_command(path), data)
        differs = [part for part in differs if again[part] == plain[part]]
    return {"name": f"{path.parent.name}/{path.name}", "code": plain["code"], "differs": differs, "unstable": again is not None and not differs,
            "plain": plain, "watched": watched}  # fmt: skip


def cost(path: Path, data: Path, repeats: int) -> tuple[float, float, float]:
    """(CPU seconds without, with, extra peak memory in MB): the smallest of some runs in turn."""
    spent: dict[str, list[float]] = {"off": [], "on": []}
    peaks: dict[str, list[float]] = {"off": [], "on": []}
    for _ in range(repeats):
        for mode in ("off", "on"):
            with tempfile.TemporaryDirectory() as name:
                work = Path(name) / "work"
                shutil.copytree(path.parent, work, ignore=shutil.ignore_patterns("__pycache__"))
                shutil.copytree(data, work / "data", dirs_exist_ok=True)
                out = Path(name) / "cost.json"
                command = [sys.executable, "-c", TIMED, str(out), path.name, *ARGUMENTS.get(path.name, [])]
                environment = {**os.environ, **ENVIRONMENT, "RUNG_OFF": "1" if mode == "off" else "0"}
                subprocess.run(command, cwd=work, capture_output=True, check=False, timeout=900, env=environment, stdin=subprocess.DEVNULL)
                if out.exists():
                    found = json.loads(out.read_text())
                    spent[mode].append(found["cpu"])
                    peaks[mode].append(found["peak"] / 1024)
    if not spent["off"] or not spent["on"]:
        return float("nan"), float("nan"), float("nan")
    return min(spent["off"]), min(spent["on"]), min(peaks["on"]) - min(peaks["off"])


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--examples", type=Path)
    parser.add_argument("--limit", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=0)
    parser.add_argument("--step", type=int, default=1, help="every n-th program")
    parser.add_argument("--at-most", type=float, default=600.0, help="seconds; programs that take longer by themselves are left out")
    parser.add_argument("--budget", help="time for trials of edits, which run in copies of their own: 0s for none")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    from benchmarks.scripts.make_data import write_all

    OPTIONS.extend(["--budget", options.budget] if options.budget else [])
    rows = []
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        write_all(data)
        for path in programs(options.only, options.examples)[:: options.step][: options.limit]:
            row = compare(path, data, options.at_most)
            if row is None:
                print(f"{path.parent.name}/{path.name:<50} left out: takes more than {options.at_most:g} s", flush=True)
                continue
            if options.repeats:
                off, on, memory = cost(path, data, options.repeats)
                row |= {"off": off, "on": on, "ratio": on / off, "memory": memory}
            rows.append(row)
            verdict = "DIFFERS: " + ", ".join(row["differs"]) if row["differs"] else "unstable by itself" if row["unstable"] else "same"
            figures = (
                f"  {row['off']:6.2f} s -> {row['on']:6.2f} s  x{row['ratio']:.2f}  {row['memory']:+.0f} MB" if options.repeats else ""
            )
            print(f"{row['name']:<60} exit {row['code']:>3}  {verdict}{figures}", flush=True)
            if options.show and row["differs"]:
                show(row)
    summary(rows)
    if options.output:
        kept = [{key: value for key, value in row.items() if key not in ("plain", "watched")} for row in rows]
        options.output.write_text(json.dumps(kept, indent=1) + "\n")


def show(row: dict) -> None:
    """Both sides of what differs."""
    for part in row["differs"]:
        for side in ("plain", "watched"):
            value = row[side][part]
            text = value.decode(errors="replace")[-1500:] if isinstance(value, bytes) else str(value)[:1500]
            print(f"   {part} {side}: {text}")


def summary(rows: list[dict]) -> None:
    """Totals."""
    print(
        f"\n{len(rows)} programs, {sum(bool(row['differs']) for row in rows)} differ, {sum(row['unstable'] for row in rows)} differ from themselves"
    )
    ratios = sorted(row["ratio"] for row in rows if row.get("ratio", 0) > 0 and row["off"] >= WORTH_TIMING)
    if ratios:
        print(
            f"CPU ratio of the {len(ratios)} that take {WORTH_TIMING} s or more: median {median(ratios):.2f}, worst {ratios[-1]:.2f}; extra memory at most {max(row['memory'] for row in rows):.0f} MB"
        )


if __name__ == "__main__":
    main()
