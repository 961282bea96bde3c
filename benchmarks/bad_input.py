"""Hands the command what people really hand it by mistake: each gives one clear error with a hint, or a finding; never a traceback.

python -m benchmarks.bad_input [--only WORDS] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.bad_cases import CASES, BadCase

WRONG_USE, CRASHED = 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one case. problem : empty where the answer is as it should be."""

    case: str
    expected: str
    code: int
    said: str
    findings: tuple[str, ...]
    problem: str


def try_case(case: BadCase, folder: Path) -> Answer:
    """Write the case's files into the folder and call the command there."""
    arguments = case.make(folder)
    verb = [] if arguments[:1] in (["explain"], ["rules"], ["demo"]) else ["diagnose"]
    tail = ["--no-experiments", "--format", "json"] if verb else []
    command = [sys.executable, "-m", "rung", *verb, *arguments, *tail]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180, check=False)
    report = _report(done.stdout) if done.returncode != WRONG_USE else None
    found = tuple(dict.fromkeys(each["name"] for each in report["findings"])) if report else ()
    said = " / ".join(done.stderr.strip().splitlines()) if done.stderr.strip() else ", ".join(found)
    return Answer(
        case=case.name, expected=case.expected, code=done.returncode, said=said, findings=found, problem=_problem(case, done, report)
    )


def _report(text: str) -> dict | None:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None


def _problem(case: BadCase, done: subprocess.CompletedProcess[str], report: dict | None) -> str:
    if done.returncode == CRASHED and report:
        return "crashed: " + "; ".join(f"{run['name']}: {run['reason']}" for run in report["checks"] if run["outcome"] == "failed")
    if "Traceback" in done.stderr or "Traceback" in done.stdout:
        return "traceback"
    if re.search(r"\w+Warning: ", done.stderr):
        return "a warning of Python's reaches the user"
    if case.expected == "error":
        return "" if done.returncode == WRONG_USE and _is_clear(case, done.stderr) else f"no clear error (exit {done.returncode})"
    if done.returncode == WRONG_USE and case.expected == "either":
        return "" if _is_clear(case, done.stderr) else "no clear error"
    if done.returncode not in (0, 1) or report is None:
        return f"no report (exit {done.returncode})"
    if case.finding and not any(each["name"] in case.finding for each in report["findings"]):
        return f"none of {', '.join(case.finding)} among the findings"
    said = json.dumps(report) + done.stderr
    return "" if all(word in said for word in case.words) else f"does not say {case.words}"


def _is_clear(case: BadCase, text: str) -> bool:
    """A message of at most a few lines that names the trouble, and a hint where rung itself speaks."""
    hinted = "Hint:" in text or "Usage:" in text  # wrong options are answered by the command-line library, with the usage
    return hinted and len(text.splitlines()) <= 12 and all(word in text for word in case.words)


def main() -> int:
    """Try every case and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="cases whose name holds one of these words, by commas")
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    answers = list(_answers([word for word in wanted.only.split(",") if word]))
    bad = [each for each in answers if each.problem]
    print(f"\n{len(answers)} cases, {len(bad)} not as they should be")
    if wanted.json:
        from rung.interfaces.api import version

        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        figures = {"cases": len(answers), "not as they should be": len(bad), "answers": [asdict(each) for each in answers]}
        text = json.dumps({"command": "python -m benchmarks.bad_input", "version": version(), **figures}, indent=1)
        wanted.json.write_text(text + "\n", encoding="utf-8")
    return 1 if bad else 0


def _answers(words: list[str]) -> Iterator[Answer]:
    for case in CASES:
        if words and not any(word in case.name for word in words):
            continue
        with tempfile.TemporaryDirectory() as folder:
            answer = try_case(case, Path(folder))
        print(f"{'ok ' if not answer.problem else 'BAD'} {answer.code}  {case.name:<44} {answer.problem or answer.said[:260]}", flush=True)
        if answer.problem:
            print(f"        {answer.said[:900]}", flush=True)
        yield answer


if __name__ == "__main__":
    sys.exit(main())
