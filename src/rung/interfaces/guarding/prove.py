"""Runs a guard file where the fault is and where it is mended, in folders laid out like the user's own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rung.core.errors import MissingExtra

SECONDS = 900
BLIND = "could not look"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the guard file and the data lie to each other: paths below a common root."""

    guard: Path
    sources: dict[str, Path]

    @classmethod
    def of(cls, output: Path, sources: Mapping[str, Path]) -> Layout:
        """From absolute paths."""
        root = Path(os.path.commonpath([output.parent, *(path.parent for path in sources.values())]))
        return cls(guard=output.relative_to(root), sources={role: path.relative_to(root) for role, path in sources.items()})


def outcomes(text: str, layout: Layout, states: Mapping[str, Mapping[str, Path]]) -> dict[str, dict[str, str]]:
    """Run the file once a state with that state's data files in place.

    states : name -> role -> file.   Returns name -> test -> 'passed', 'failed' or 'blind: ...' (the rule could not look, or the file broke).
    """
    try:
        import pytest  # noqa: F401 - looked for, not used: the run is a process of its own
    except ImportError as error:
        raise MissingExtra("'pytest' is needed to prove guards and is not installed.", hint="pip install pytest") from error
    with tempfile.TemporaryDirectory(prefix="rung-guard-") as folder:
        for name, files in states.items():
            _lay_out(text, layout, Path(folder) / name, files)
        return _run(Path(folder), layout.guard, tuple(states))


def _lay_out(text: str, layout: Layout, root: Path, files: Mapping[str, Path]) -> None:
    guard = root / layout.guard
    guard.parent.mkdir(parents=True, exist_ok=True)
    guard.write_text(text, encoding="utf-8")
    for role, place in layout.sources.items():
        target = root / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(files[role].resolve())


def _run(root: Path, guard: Path, states: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """All states in one process, which is half the start; options and plugins of the user's own project must not reach in."""
    report = root / "outcome.xml"
    (root / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    options = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-c", str(root / "pytest.ini"), f"--junitxml={report}"]
    paths = os.pathsep.join(each for each in sys.path if each)
    environment = {
        **os.environ,
        "PYTHONPATH": paths,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "",
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        *options,
        *(str(root / name / guard) for name in states),
    ]  # named, so that any file name is collected
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603 - our own interpreter on our own file
    if not report.exists():
        return {name: {"": f"blind: {done.stdout[-400:]}{done.stderr[-400:]}"} for name in states}
    cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - written by the line above
    return {
        name: {str(case.get("name")): _outcome(case) for case in cases if str(case.get("classname", "")).split(".")[0] == name}
        for name in states
    }


def _outcome(case: ET.Element) -> str:
    broken = case.find("failure") if case.find("failure") is not None else case.find("error")
    if broken is None:
        return "passed"
    told = f"{broken.get('message', '')}\n{broken.text or ''}"
    asserted = case.find("error") is None and bool(re.search(r"AssertionError|assert |SchemaError", told))
    return "failed" if asserted and BLIND not in broken.get("message", "") else f"blind: {told[:300]}"
