"""The score card of `rung run`: one planted fault a script, a corrected twin each, and odd but right scripts.

    python -m benchmarks.run_scripts [--static] [--only WORD] [--part K/N] [--output FILE]
    python -m benchmarks.run_scripts --join FILE FILE --output FILE

Named: the planted slug is among the findings (any severity).   Line: the finding named bears a line of the act.
Alarms: twins and right scripts with a finding of severity warning or worse (notes are not alarms).
Edit: the finding named has a diff of the script.   Mended: that diff was made in a copy, the script run again, and the finding was gone (not with --static).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent / "scripts"
BARS = {"named": 0.85, "line": 0.90, "alarms": 0.05}


def findings_of(script: Path, arguments: list[str], *, static: bool, work: Path) -> list[dict]:
    """Findings of one script, run in its own process with the tables beside it."""
    target = work / script.parent.name if script.parent.name not in ("faulty", "twins", "honest") else work
    target.mkdir(exist_ok=True, parents=True)
    for each in [script] if target == work else script.parent.glob("*.py"):
        shutil.copy(each, target)
    if not (target / "data").exists():
        shutil.copytree(work / "data", target / "data")
    output = work / "report.json"
    output.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "rung",
        "run",
        "--format",
        "json",
        "--output",
        str(output),
        *(["--static"] if static else []),
        script.name,
        *arguments,
    ]
    ran = subprocess.run(
        command, cwd=target, capture_output=True, text=True, check=False, timeout=300, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    if not output.exists():
        return [{"name": "crashed", "severity": "error", "message": ran.stderr[-400:], "subject": {"where": None}}]
    return json.loads(output.read_text())["findings"]


def static_findings(script: Path, work: Path) -> list[dict]:
    """Findings of a script that is only read, in this process."""
    from rung.engine.run import investigate
    from rung.inputs.case import Case
    from rung.inputs.settings import Settings
    from rung.record.reading.read import read_script

    with contextlib.chdir(work):
        found = investigate(Case(read_script(str(script)), Settings()), Settings(experiments=False))
    broken = [run for run in found.runs.values() if run.outcome == "failed"]
    failed = [
        {"name": "crashed", "severity": "error", "message": f"{run.code} {run.traceback[-600:]}", "subject": {"where": None}}
        for run in broken
    ]
    return failed + [
        {"code": each.code, "name": each.name, "severity": str(each.severity), "message": each.message,
         "subject": {"where": None if each.subject.where is None else {"file": Path(each.subject.where.file).name, "line": each.subject.where.line, "cell": each.subject.where.cell}}}
        for each in found.findings
    ]  # fmt: skip


def on_line(finding: dict, acts: list[dict]) -> bool:
    """Whether a finding bears one of the lines of the act."""
    where = finding["subject"]["where"]
    return where is not None and any(
        Path(where["file"]).name == act["file"]
        and where["line"] == act["line"]
        and (act.get("cell") is None or where["cell"] == act["cell"])
        for act in acts
    )


def judge(entry: dict, look: Callable[[Path], list[dict]]) -> dict:
    """One entry of the manifest, both ways."""
    started = time.perf_counter()
    if entry.get("honest"):
        alarms = [each for each in look(HERE / entry["script"]) if each["severity"] != "note"]
        return {"name": entry["name"], "honest": True, "alarms": alarms, "seconds": time.perf_counter() - started}
    found = look(HERE / entry["script"])
    named = [each for each in found if each["name"] in entry["slugs"]]
    alarms = [each for each in look(HERE / entry["twin"]) if each["severity"] != "note"]
    return {
        "name": entry["name"], "slugs": entry["slugs"], "named": bool(named), "line": any(on_line(each, entry["acts"]) for each in named),
        "loud": any(each["severity"] != "note" for each in named), **remedies(named),
        "others": [each for each in found if each["name"] not in entry["slugs"] and each["severity"] != "note"],
        "lines": [each["subject"]["where"] for each in named], "acts": entry["acts"], "alarms": alarms, "seconds": time.perf_counter() - started,
    }  # fmt: skip


def remedies(named: list[dict]) -> dict[str, bool | str]:
    """Whether the remedy is code, and whether that code was seen to mend the fault; what was said of it otherwise."""
    edits = [each for each in named if each.get("remedy", {}).get("patch")]
    mended = [each for each in edits if each["verdict"] == "confirmed" and "edited copy" in each["verdict_reason"]]
    said = next((each["verdict_reason"] for each in mended or named if each.get("verdict_reason")), "")
    return {"edit": bool(edits), "mended": bool(mended), "said": said}


def card(results: list[dict]) -> dict[str, float]:
    """The three shares."""
    faulty = [each for each in results if not each.get("honest")]
    named = [each for each in faulty if each["named"]]
    return {
        "named": len(named) / max(1, len(faulty)),
        "loud": sum(each["loud"] for each in faulty) / max(1, len(faulty)),
        "line": sum(each["line"] for each in named) / max(1, len(named)),
        "alarms": sum(bool(each["alarms"]) for each in results) / max(1, len(results)),
        "edit": sum(each["edit"] for each in faulty) / max(1, len(faulty)),
        "mended": sum(each["mended"] for each in faulty) / max(1, len(faulty)),
    }


def tell(results: list[dict]) -> None:
    """What was missed, and what was cried."""
    for each in results:
        words = [] if each.get("honest") or each["named"] else [f"MISSED {each['slugs']}"]
        words += [] if each.get("honest") or not each["named"] or each["line"] else [f"LINE {each['lines']} for {each['acts']}"]
        words += [
            f"ALARM {one['name']} {one['subject']['where'] and one['subject']['where']['line']}: {one['message'][:150]}"
            for one in each["alarms"]
        ]
        words += [f"also {one['name']}: {one['message'][:110]}" for one in each.get("others", [])]
        for word in words:
            print(f"{each['name']:32s} {word}")


def main() -> int:
    """Run the corpus and print the card; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--static", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--output", help="written after every entry, so that a run cut short is not lost")
    parser.add_argument("--part", default="1/1", help="every N-th entry, from the K-th on")
    parser.add_argument("--join", nargs="+", default=[], help="files of parts to make one card of")
    chosen = parser.parse_args()
    first, step = map(int, chosen.part.split("/"))
    entries = [each for each in json.loads((HERE / "manifest.json").read_text()) if chosen.only in each["name"]][first - 1 :: step]
    results: list[dict] = [each for name in chosen.join for each in json.loads(Path(name).read_text())["results"]]
    if not results:
        results = judged(entries, chosen)
    tell(results)
    shares = card(results)
    print({name: round(value, 3) for name, value in shares.items()}, f"{len(results)} entries")
    save(results, chosen.output)
    missed = shares["named"] < BARS["named"] or shares["line"] < BARS["line"] or shares["alarms"] > BARS["alarms"]
    return int(missed)


def save(results: list[dict], output: str | None) -> None:
    """The card and what it is made of."""
    if output:
        Path(output).write_text(json.dumps({"card": card(results), "entries": len(results), "results": results}, indent=1) + "\n")


def judged(entries: list[dict], chosen: argparse.Namespace) -> list[dict]:
    """Every entry, one after the other."""
    results: list[dict] = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        subprocess.run([sys.executable, "-W", "ignore", str(HERE / "make_data.py"), str(work / "data")], check=True)
        for entry in entries:
            arguments = entry.get("args", [])
            look = (
                (lambda script: static_findings(script, work))
                if chosen.static
                else (lambda script, given=arguments: findings_of(script, given, static=False, work=work))
            )
            results.append(judge(entry, look))
            save(results, chosen.output)
    return results


if __name__ == "__main__":
    raise SystemExit(main())
