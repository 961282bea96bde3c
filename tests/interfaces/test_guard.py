"""Guards: written from a report, proven where the fault is and where it is mended, readable, and of the user's own files only."""

import ast
from dataclasses import replace

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from typer.testing import CliRunner

import rung
from cases import breast_cancer
from rung.core.errors import BadInput
from rung.core.finding import Confidence, Verdict
from rung.core.guard import ColumnRule, Guard, GuardFile
from rung.interfaces.cli.main import app
from rung.render import guards
from rung.render import json as as_json

COLUMNS = ["mean texture", "mean smoothness", "mean radius", "mean area", "mean perimeter", "symmetry error", "target"]


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A leak, a sentinel, decimal commas and copied rows, as files; with the report."""
    root, rng = tmp_path_factory.mktemp("project"), np.random.default_rng(0)
    frame = breast_cancer()[COLUMNS].sample(frac=1.0, random_state=0).reset_index(drop=True)
    frame["review"] = np.round(10 * frame.target + rng.normal(0, 1, len(frame)), 2)
    frame.loc[rng.random(len(frame)) < 0.12, "mean radius"] = -999.0
    texture = frame["mean texture"].astype(str)
    frame["mean texture"] = texture.where(rng.random(len(frame)) > 0.1, texture.str.replace(".", ",", regex=False))
    (root / "data").mkdir()
    test = frame[400:]
    pd.concat([frame[:400], test[:60]]).to_csv(root / "data" / "train.csv", index=False)
    test.to_csv(root / "data" / "test.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        select = ["target-leakage", "sentinel-values", "mixed-types", "split-overlap"]
        report = rung.diagnose("data/train.csv", test="data/test.csv", target="target", select=select)
        (root / "report.json").write_text(as_json.render(report), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def written(broken):
    """The file that the command wrote, with what it said."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(broken)
        said = CliRunner().invoke(app, ["guard", "report.json", "-o", "tests/test_model_guard.py"])
    return (broken / "tests" / "test_model_guard.py").read_text(encoding="utf-8"), said


def test_every_confirmed_fault_has_a_proven_guard(written):
    """Leak, sentinel and commas (by rule and by column) and overlap: all failed where the fault is and passed on the mended copy."""
    text, said = written

    assert said.exit_code == 0, said.output
    assert "6 tests, each failed where the fault is and passed on a mended copy" in said.output
    assert "left out" not in said.output
    named = {"target_leakage_in_review", "sentinel_values_in_mean_radius", "mixed_types_in_mean_texture", "split_overlap"}
    assert {f"test_no_{each}" for each in named} <= _functions(text)


def _functions(text):
    return {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}


def test_files_are_named_relative_to_the_guard(written, broken):
    """No path of this machine, and nothing imported but rung, pytest and pandas."""
    text, _ = written
    imported = {name.name.partition(".")[0] for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for name in node.names}

    assert '"../data/train.csv"' in text
    assert str(broken) not in text
    assert imported <= {"rung", "pytest", "pandas", "pandera"}


def test_a_file_that_is_there_is_kept(broken, written, monkeypatch):
    monkeypatch.chdir(broken)
    with pytest.raises(rung.RungError, match="is there already"):
        CliRunner().invoke(app, ["guard", "report.json", "-o", "tests/test_model_guard.py"], catch_exceptions=False)


def test_a_file_of_any_name_is_proven(broken, tmp_path, monkeypatch):
    """pytest collects a file that is named on its command line whatever it is called."""
    monkeypatch.chdir(broken)
    report = rung.read_report("report.json")
    leak = [each for each in report.findings if each.code == "D301"]

    assert rung.guard(replace(report, findings=tuple(leak)), tmp_path / "leaks.py").proven


def test_why_nothing_is_guarded_is_said(broken, tmp_path, monkeypatch):
    """No findings, suspicions only, a report that is not there though a guard is."""
    monkeypatch.chdir(broken)
    report = rung.read_report("report.json")
    doubtful = [replace(each, verdict=Verdict.SUSPECTED, confidence=Confidence.LIKELY) for each in report.findings]
    for name, findings in (("none", ()), ("doubtful", tuple(doubtful))):
        rung.write_report(replace(report, findings=findings, outcomes=()), tmp_path / f"{name}.json")
    told = [
        CliRunner().invoke(app, ["guard", str(tmp_path / f"{name}.json"), "-o", str(tmp_path / "test_a.py")])
        for name in ("none", "doubtful")
    ]
    missing = CliRunner().invoke(app, ["guard", "nowhere.json"])

    assert [each.exit_code for each in told] == [1, 1]
    assert "no finding of warning or worse" in told[0].output
    assert "is confirmed by an experiment" in told[1].output
    assert "no report 'nowhere.json'" in str(missing.exception)


def test_a_report_of_frames_cannot_be_guarded(tmp_path):
    report = rung.diagnose(breast_cancer()[COLUMNS][:100], target="target", select=["D301"], experiments=False)
    with pytest.raises(BadInput, match="frames in memory"):
        rung.guard(report, tmp_path / "test_guard.py")


def test_moved_files_are_named(broken, tmp_path):
    with pytest.raises(BadInput, match="are not there"):
        rung.guard(broken / "report.json", tmp_path / "test_guard.py", root=tmp_path)


def test_a_model_is_guarded_with_a_mended_model(tmp_path, monkeypatch):
    """A penalty far too strong: the guard asks with the model file and passes on a refit with the setting that the experiment found."""
    frame = breast_cancer()[[*COLUMNS]]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1e-6)).fit(frame[:400].drop(columns="target"), frame.target[:400])
    frame[:400].to_csv(tmp_path / "train.csv", index=False)
    frame[400:].to_csv(tmp_path / "test.csv", index=False)
    joblib.dump(model, tmp_path / "model.joblib")
    monkeypatch.chdir(tmp_path)
    report = rung.diagnose("train.csv", test="test.csv", model="model.joblib", trust=True, target="target", select=["over-regularised"])
    proof = rung.guard(report, "test_guard.py", trust=True)

    assert [each.name for each in report.findings] == ["over-regularised"]
    assert proof.proven, proof.left_out
    assert "with_model=True" in proof.text


def test_a_model_on_raw_scales_is_guarded(tmp_path, monkeypatch):
    """Distances on raw scales: mended by a scaler in the pipeline, at which the rule looks and is content."""
    frame = breast_cancer()[["mean smoothness", "mean concavity", "area error", "target"]]
    frame = frame.assign(noise=np.random.default_rng(0).normal(0, 1_000, len(frame)))
    joblib.dump(KNeighborsClassifier(15).fit(frame[:400].drop(columns="target"), frame.target[:400]), tmp_path / "model.joblib")
    frame[:400].to_csv(tmp_path / "train.csv", index=False)
    frame[400:].to_csv(tmp_path / "test.csv", index=False)
    monkeypatch.chdir(tmp_path)
    report = rung.diagnose("train.csv", test="test.csv", model="model.joblib", trust=True, target="target", select=["unscaled-features"])

    assert len(rung.guard(report, "test_guard.py", trust=True).proven) == 1


def test_what_one_mend_leaves_is_mended_too(tmp_path, monkeypatch):
    """A slip of the pen shows only once the other spellings are one level: the mend is made again until the rule is silent."""
    counts = {"female": 150, "FEMALE": 150, "female ": 150, "male": 500, "fmale": 21}
    sex = np.random.default_rng(0).permutation([level for level, count in counts.items() for _ in range(count)])
    pd.DataFrame({"sex": sex, "age": np.arange(len(sex)) % 71, "target": np.arange(len(sex)) % 2}).to_csv(
        tmp_path / "train.csv", index=False
    )
    monkeypatch.chdir(tmp_path)
    report = rung.diagnose("train.csv", target="target", select=["category-variants"])
    proof = rung.guard(report, "test_guard.py")

    assert (proof.proven[-1], proof.left_out) == ("test_no_category_variants_in_sex", {})


@pytest.mark.parametrize("pandera", [False, True])
def test_hostile_names_stay_text(pandera):
    """Names of columns and messages cannot leave their quotes; with and without pandera the text is a program."""
    name = 'a"\\\'\'\'\n"""b{x}'
    rule = ColumnRule(column=name, forbidden=(name, -999.0), low=0.0, high=1.0, numeric=True)
    guard = Guard(test="test_it", key="k", code="D301", name="target-leakage", names=(name,), why=f'"""{name}\\', schema=rule)
    found = GuardFile(
        report="r",
        version="0",
        sources={"train": name},
        options={"target": name},
        guards=(guard,),
        contract={"not_available": (name,)},
        pandera=pandera,
    )
    tree = ast.parse(guards.render(found))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}

    assert name in texts
