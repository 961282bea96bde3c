"""A person whose model is in production: keeps a snapshot, and compares a week of rows with it."""

import json

import joblib
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from cases.production import later, model_of, population
from rung.core.errors import BadInput
from rung.interfaces.cli.main import app
from rung.interfaces.operate import compare, snapshot
from rung.render import terminal


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Training rows, a model, an honest week and a broken one."""
    place = tmp_path_factory.mktemp("production")
    train, test, week = population(2500, 1), population(1500, 3), later(population(1200, 2))
    train.to_parquet(place / "train.parquet")
    test.to_parquet(place / "test.parquet")
    week.drop(columns="late").to_csv(place / "week.csv", index=False)
    week.assign(income=week.income * 100).rename(columns={"age": "customer_age"}).drop(columns="late").to_csv(
        place / "broken.csv", index=False
    )
    joblib.dump(model_of(train), place / "model.joblib")
    return place


def rung(folder, *words):
    """The command's exit code and what it printed."""
    result = CliRunner().invoke(app, [str(folder / word) if (folder / word).exists() or word.endswith(".json") else word for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_snapshot_then_compare(folder):
    """The honest week passes; the broken one names both causes first and exits with 1."""
    made, said = rung(
        folder,
        "snapshot",
        "train.parquet",
        "--model",
        "model.joblib",
        "--trust",
        "--test",
        "test.parquet",
        "--target",
        "late",
        "--time",
        "day",
        "-o",
        "reference.json",
    )
    fine, told = rung(folder, "compare", "reference.json", "week.csv", "--model", "model.joblib", "--trust")
    code, text = rung(folder, "compare", "reference.json", "broken.csv", "--format", "json")
    report = json.loads(text[text.index("{") :])
    roots = [(each["name"], each["subject"]["names"][0]) for each in report["findings"] if each["severity"] == "error"]

    assert (made, fine, code) == (0, 0, 1)
    assert "no row of them" in said
    assert "At a glance" in told
    assert {("schema-change", "age"), ("schema-change", "income")} <= set(roots)


def test_with_the_training_table_and_labels(folder):
    """The same rules within `rung diagnose --current`."""
    code, text = rung(
        folder,
        "diagnose",
        "train.parquet",
        "--current",
        "broken.csv",
        "--target",
        "late",
        "--time",
        "day",
        "--select",
        "operation,P2",
        "--format",
        "json",
    )
    report = json.loads(text[text.index("{") :])

    assert code == 1
    assert {"schema-change", "train-serving-skew"} <= {each["name"] for each in report["findings"]}


def test_wrong_use_is_told_in_one_line(folder):
    """A snapshot that is none, another target, no model for what needs one."""
    from rung.core.errors import BadInput, BadSetting

    for error, words in (
        (BadInput, ("compare", "nothing.json", "week.csv")),
        (BadSetting, ("snapshot", "train.parquet", "-o", "reference.txt")),
    ):
        result = CliRunner().invoke(app, [str(folder / word) if "." in word else word for word in words])
        assert isinstance(result.exception, error)


def test_python_gives_the_same_answer(folder):
    """The verbs by the same words."""
    import pandas as pd

    import rung as package

    train, week = pd.read_parquet(folder / "train.parquet"), pd.read_csv(folder / "week.csv", parse_dates=["day"])
    kept = package.snapshot(train, model=joblib.load(folder / "model.joblib"), target="late", time="day")
    report = package.compare(kept, week, model=joblib.load(folder / "model.joblib"))

    assert report.case.rows == {"reference": 2500, "current": 1200}
    assert [each.message for each in report.findings if each.weight] == []
    assert np.isfinite(kept.scores.value)


def test_a_table_about_something_else_is_refused(tmp_path):
    """Not five columns that are gone, each with its advice; other case in every name is no other table."""
    reference = population(300, 1)
    kept = snapshot(reference, target="late")
    other = pd.DataFrame({"city": ["a"] * 50, "beds": range(50)})

    for given in (reference, kept):
        with pytest.raises(BadInput, match="shares no column with"):
            compare(given, other, **({} if given is kept else {"target": "late"}))
    assert compare(kept, population(300, 2).rename(columns=str.upper)).find("schema-change")


def test_too_few_rows_are_told_as_the_reason():
    """And nothing is said of inputs that only rules of other rungs could use."""
    report = compare(snapshot(population(300, 1), target="late"), population(3, 2))
    text = terminal.render(report, colour=False, unicode=False, width=200)

    assert "O102 feature-drift: needs 20 rows" in text
    assert "training run" not in text.split("Not seen")[1]
