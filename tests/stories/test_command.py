"""A person at a terminal: real processes, real files."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import joblib
import pytest
from sklearn.linear_model import LogisticRegression

from cases import breast_cancer

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "NO_COLOR": "1"}


def rung(*words, folder, **options) -> subprocess.CompletedProcess:
    """The command as a process of its own."""
    command = [sys.executable, "-m", "rung", *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=ENVIRONMENT, timeout=180, check=False, **options)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tables and a model in files: the target has leaked into a column, one column is constant."""
    place = tmp_path_factory.mktemp("project")
    frame = breast_cancer().sample(frac=1.0, random_state=0).reset_index(drop=True)
    frame["diagnosis_code"] = frame.target * 2.0 + 1.0
    frame["year"] = 2013
    frame.iloc[:400].to_csv(place / "train.csv", index=False)
    frame.iloc[400:].to_csv(place / "test.csv", index=False)
    features = frame.drop(columns="target").iloc[:400]
    joblib.dump(LogisticRegression(max_iter=50).fit(features, frame.target.iloc[:400]), place / "model.joblib")
    return place


@pytest.fixture(scope="module")
def outcome(folder):
    """One run that writes four formats at once."""
    words = ("diagnose", "train.csv", "--test", "test.csv", "--target", "target", "--model", "model.joblib", "--trust")
    files = [part for name in ("r.json", "r.html", "r.md", "r.sarif") for part in ("-o", name)]
    return rung(*words, *files, "--budget", "20s", folder=folder)


def test_the_leak_is_named_first(outcome, folder):
    """The first finding of the JSON report is the planted cause."""
    report = json.loads((folder / "r.json").read_text())

    assert (report["findings"][0]["name"], report["findings"][0]["subject"]["names"]) == ("target-leakage", ["diagnosis_code"])


def test_findings_make_the_exit_code_one(outcome):
    """At or above --fail-on."""
    assert outcome.returncode == 1, outcome.stderr


def test_terminal_report_names_cause_and_next_step(outcome):
    """A newcomer reads what is wrong and what to type next, within 80 columns in a pipe."""
    assert "target-leakage" in outcome.stdout
    assert "diagnosis_code" in outcome.stdout
    assert "rung explain" in outcome.stdout.strip().splitlines()[-1]
    assert "\x1b[" not in outcome.stdout


def test_every_rule_stands_once_in_the_report(outcome, folder):
    """With its outcome, and a reason where it did not speak."""
    checks = json.loads((folder / "r.json").read_text())["checks"]

    assert len(checks) == len({each["code"] for each in checks})
    assert [each["name"] for each in checks if each["outcome"] in ("skipped", "muted") and not each["reason"]] == []
    assert [each["name"] for each in checks if each["outcome"] == "failed"] == []


def test_html_is_one_file_without_network(outcome, folder):
    """Nothing is loaded from elsewhere, and it is small."""
    page = (folder / "r.html").read_text()

    assert "diagnosis_code" in page
    assert len(page) < 2_000_000
    assert 'src="http' not in page
    assert '<link rel="stylesheet"' not in page


def test_same_seed_same_findings(folder):
    """Two runs give the same report but for times."""
    reports = []
    for name in ("one.json", "two.json"):
        rung("diagnose", "train.csv", "--target", "target", "--no-experiments", "--format", "json", "-o", name, folder=folder)
        reports.append(json.loads((folder / name).read_text())["findings"])

    assert reports[0] == reports[1]


def test_a_model_file_is_not_loaded_without_trust(folder):
    """The message says why and what to do; nothing was run."""
    done = rung("diagnose", "train.csv", "--target", "target", "--model", "model.joblib", folder=folder)

    assert done.returncode == 2
    assert "--trust" in done.stderr
    assert "Traceback" not in done.stderr


def test_explain_and_rules(folder):
    """One page, and the list."""
    page, book = rung("explain", "target-leakage", folder=folder), rung("rules", "--format", "json", folder=folder)

    assert "When it is wrong" in page.stdout
    assert "target-leakage" in [each["name"] for each in json.loads(book.stdout)]


def test_select_runs_one_family_only(folder):
    """Others are muted, and say so."""
    done = rung("diagnose", "train.csv", "--target", "target", "--select", "D109", "--format", "json", folder=folder)
    spoke = [each["name"] for each in json.loads(done.stdout)["checks"] if each["outcome"] != "muted"]

    assert (spoke, done.returncode) == (["constant-feature"], 0)


def test_an_interrupt_gives_the_best_report_so_far():
    """Ctrl-C in the middle still ends in a report that says what was not reached."""
    from rung import diagnose

    def stop(_text, share):
        if share > 0.5:
            raise KeyboardInterrupt

    report = diagnose(breast_cancer(), target="target", progress=stop)
    reasons = {run.reason for run in report.runs if run.outcome == "skipped"}

    assert "interrupted by the user" in reasons
    assert any(run.outcome in ("found", "clear") for run in report.runs)


def test_demo_on_real_data_names_a_leak_and_writes_a_page(folder):
    """The README's command."""
    done = rung("demo", folder=folder)

    assert done.returncode == 0, done.stderr
    assert "target-leakage" in done.stdout
    assert "dep_delay" in done.stdout
    assert (folder / "rung-report.html").stat().st_size < 2_000_000


@pytest.mark.parametrize(("text", "told"), [("print(1)", True), ("import sys\nprint(sys.argv[1:])", False)], ids=["stray", "its own"])
def test_an_option_behind_the_program_is_pointed_out(tmp_path, text, told):
    """It went to the program; where the program reads its arguments that is as it should be."""
    (tmp_path / "train.py").write_text(text)
    command = [sys.executable, "-m", "rung", "run", "train.py", "--select", "E101"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    assert ("--select stands after train.py" in done.stderr) is told
