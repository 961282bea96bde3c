"""A program under observation is the same program."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from cases.programs import events, run_text, trace_of
from rung.core.errors import BadInput
from rung.record.hook import Hook
from rung.record.program import Program
from rung.record.runner import run


def both(tmp_path, text, *arguments, module=None):
    """(code, stdout, stderr) of a program by the interpreter and by the runner, each in a process of its own."""
    (tmp_path / "train.py").write_text(text, encoding="utf-8")
    program = ["-m", module] if module else ["train.py"]
    watched = (
        "import sys; from rung.record.hook import hooks; from rung.record.program import Program; from rung.record.runner import run; "
        f"ran = run(Program.of(sys.argv[1], tuple(sys.argv[2:]), module={module is not None}), hooks()); sys.exit(ran.ended.code)"
    )
    found = []
    for command in ([sys.executable, *program], [sys.executable, "-c", watched, program[-1]]):
        ran = subprocess.run([*command, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
        found.append((ran.returncode, ran.stdout, ran.stderr))
    return found


def test_names_arguments_and_crash_are_the_interpreters(tmp_path):
    """`__main__` looks the same, an uncaught error is printed the same, with a helper module and an error caught and printed."""
    (tmp_path / "helper.py").write_text("def ratio(a, b):\n    return a[0] / b\n")
    text = """
import sys, traceback
import helper
print(__name__, __file__, __spec__, sys.argv, sys.path[0], sorted(globals()))
class Box:
    def __init__(self, parts): self.parts = parts
try:
    helper.ratio([1], 0)
except ZeroDivisionError:
    print(traceback.format_exc())
def last(box):
    return box.parts[2] + helper.ratio("ab", 2)
last(Box([1, 2, 3]))
"""
    plain, watched = both(tmp_path, text, "--rows", "3")

    assert plain == watched
    assert plain[0] == 1


def test_a_module_of_a_package_runs_as_with_dash_m(tmp_path):
    """Relative imports, `__package__`, sys.exit with a text."""
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("")
    (tmp_path / "pack" / "tools.py").write_text("value = 41\n")
    (tmp_path / "pack" / "__main__.py").write_text(
        "from . import tools\nimport sys\nprint(tools.value + 1, __package__, sys.argv[1:], __spec__.name)\nsys.exit('no luck')\n"
    )
    plain, watched = both(tmp_path, "", "x", module="pack")

    assert plain == watched
    assert plain[0] == 1


@pytest.mark.parametrize(("ending", "code"), [("sys.exit()", 0), ("sys.exit(7)", 7), ("raise SystemExit('x')", 1), ("1 / 0", 1), ("", 0)])
def test_the_exit_code_is_the_programs(ending, code, tmp_path, capsys):
    """Whatever way it ends."""
    ran = run_text(tmp_path, f"import sys\nprint('before')\n{ending}\n")

    assert ran.ended.code == code
    assert capsys.readouterr().out == "before\n"


def test_the_interpreter_is_as_before(tmp_path):
    """Arguments, paths, modules, folder and every patched method are put back."""
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LinearRegression
    from sklearn.model_selection import train_test_split

    methods = pd.DataFrame.__getitem__, pd.DataFrame.mean, np.concatenate, LinearRegression.fit, pickle.dump
    before = sys.argv, list(sys.path), sys.modules["__main__"], Path.cwd(), list(sys.meta_path)
    run_text(tmp_path, "import numpy, pandas, sklearn.linear_model\nimport os\nos.chdir('/')\n")

    assert (sys.argv, list(sys.path), sys.modules["__main__"], Path.cwd(), list(sys.meta_path)) == before
    assert (pd.DataFrame.__getitem__, pd.DataFrame.mean, np.concatenate, LinearRegression.fit, pickle.dump) == methods
    assert train_test_split.__module__ == "sklearn.model_selection._split"


def test_random_states_warnings_and_pickles_are_those_of_a_run_without_rung(tmp_path, capsys, monkeypatch):
    """Chance, caught warnings with their lines, and bytes of pickles, with the recorder and without."""
    text = """
    import pickle, random, warnings
    import numpy as np, pandas as pd
    from sklearn.datasets import make_classification
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score, make_scorer
    from sklearn.model_selection import train_test_split
    from sklearn.utils import shuffle
    np.random.seed(3); random.seed(3)
    X, y = make_classification(120, random_state=None)
    a, b, c, d = train_test_split(X, y, stratify=y)
    a, c = shuffle(a, c)
    print(RandomForestClassifier(5).fit(a, c).predict_proba(b).sum(), np.random.rand(), random.random())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        LogisticRegression(max_iter=1).fit(a, c)
        frame = pd.DataFrame({"a": [1.0, None]})
        frame["a"].fillna(0, inplace=True)
        frame["a"][0] = 2.0
        np.log(np.zeros(3)) - np.log(np.zeros(3))
    print([(each.category.__name__, each.lineno, each.filename.rpartition("/")[2]) for each in caught])
    print(pickle.dumps([train_test_split, accuracy_score, make_scorer(accuracy_score), RandomForestClassifier(3, random_state=0).fit(a, c)]).__hash__())
    low = 0.5
    print(frame.query("a > @low").index.tolist(), sorted(name for name in globals() if "rung" in name and "observed" not in name))
    """
    outputs = []
    for off in ("1", "0"):
        monkeypatch.setenv("RUNG_OFF", off)
        assert run_text(tmp_path, text).ended.code == 0
        outputs.append(capsys.readouterr().out)

    assert outputs[0] == outputs[1]


def test_a_notebook_runs_cell_by_cell_in_its_own_folder(tmp_path, capsys):
    """Magics are understood, lines count within their cell, an error names cell and line."""
    cells = [
        "import numpy as np\nX = np.arange(40.0).reshape(20, 2)",
        "%matplotlib inline\nprint(X[3:5])",
        "open('here.txt', 'w').close()\n\n1 / 0",
    ]
    folder = tmp_path / "deep"
    folder.mkdir()
    (folder / "book.ipynb").write_text(json.dumps({"cells": [{"cell_type": "code", "source": each} for each in cells]}))
    from rung.record.script.attach import ScriptHook

    ran = run(Program.of(str(folder / "book.ipynb")), [ScriptHook()])

    assert (ran.ended.exception, ran.ended.where.line, ran.ended.where.cell) == ("ZeroDivisionError", 3, 3)
    assert (folder / "here.txt").exists()
    assert "[[6. 7.]" in capsys.readouterr().out


def test_a_hook_that_fails_costs_nothing(tmp_path, capsys):
    """Its failure is told; the program runs on."""

    class Broken(Hook):
        modules = ("json",)

        def attach(self, module):
            raise RuntimeError("oh")

        def finish(self, ended):
            raise RuntimeError("dear")

    (tmp_path / "train.py").write_text("import json\nprint(json.dumps([1]))\n")
    ran = run(Program.of(str(tmp_path / "train.py")), [Broken()])

    assert capsys.readouterr().out == "[1]\n"
    assert [word for word in ("oh", "dear") if any(word in note for note in ran.running.notes)] == ["oh", "dear"]


def test_what_is_no_program_is_refused(tmp_path):
    """A missing file, a missing module, a file that is no notebook."""
    (tmp_path / "x.ipynb").write_text("no")
    with pytest.raises(BadInput):
        Program.of(str(tmp_path / "none.py"))
    with pytest.raises(BadInput):
        Program.of("no_such_module_here", module=True)
    with pytest.raises(BadInput):
        Program.of(str(tmp_path / "x.ipynb"))


def test_folds_metrics_and_searches_are_told(tmp_path, monkeypatch):
    """Cross-validation has its folds in rows, a metric knows whose prediction it was given, a search what it chose."""
    monkeypatch.chdir(tmp_path)
    text = """
    import numpy as np
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    X, y = load_breast_cancer(return_X_y=True)
    a, b, c, d = train_test_split(X, y, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(a, c)
    chance = model.predict_proba(b)[:, 1]
    print(roc_auc_score(d, chance), roc_auc_score(d, chance > 0.5), np.mean(model.predict(b) == d))
    cross_val_score(model, a, c, cv=4)
    GridSearchCV(model, {"logisticregression__C": [0.1, 1]}, cv=3).fit(a, c)
    """
    trace = trace_of(tmp_path, text)
    soft, hard = [each.metric for each in events(trace, "metric", "roc_auc_score")]
    (by_hand,) = events(trace, "metric", "numpy.mean")
    (cross,) = events(trace, "cross-validation")
    (search,) = events(trace, "search")
    (fit,) = events(trace, "fit", "Pipeline")
    children = [each for each in trace.events if each.parent == fit.id]

    assert (soft.arguments[1].column, soft.arguments[1].hard, soft.arguments[0].prediction) == (1, False, None)
    assert hard.arguments[1].rounded
    assert by_hand.metric.value == pytest.approx(0.97, abs=0.03)
    assert [len(fold.test) for fold in cross.split.folds] == [107, 107, 106, 106]
    assert sorted(np_rows for fold in cross.split.folds for np_rows in fold.test_rows) == sorted(trace.items[cross.read("X")].rows)
    assert (search.search.candidates, len(search.split.folds)) == (2, 3)
    assert [each.call for each in children] == ["sklearn.StandardScaler.fit_transform", "sklearn.LogisticRegression.fit"]
    assert trace.followed[0] == trace.followed[1]
