"""dependency-mismatch: a model that was saved under other versions."""

import joblib
import sklearn.base
from sklearn.linear_model import LogisticRegression

from cases import breast_cancer, case_of, findings_of, planted, run_rule
from cases import healthy as tables
from cases.build import case_from

RULE = "dependency-mismatch"


def saved(path, version, monkeypatch):
    """A model file as another version of scikit-learn would have written it."""
    frame = breast_cancer()
    model = LogisticRegression(max_iter=50).fit(frame.drop(columns="target"), frame["target"])
    with monkeypatch.context() as patch:
        patch.setattr(sklearn.base, "__version__", version)
        joblib.dump(model, path)
    return case_of(frame, model=str(path), target="target")


def broken():
    """The case on which the rule must fire."""
    return case_from(planted(RULE, tables("breast_cancer")).case)


def healthy():
    """The case on which it must stay silent: saved under the installed version."""
    made = planted(RULE, tables("breast_cancer")).case
    made.model._sklearn_version = sklearn.__version__
    return case_from(made)


def test_names_the_library_and_both_versions():
    """A minor release apart is a warning."""
    found = findings_of(RULE, broken())

    assert [each.subject.names for each in found] == [("scikit-learn",)]
    assert found[0].severity == "warning"


def test_stays_silent_on_equal_versions():
    """Nothing to say."""
    assert not findings_of(RULE, healthy())


def test_reads_the_version_of_a_file(tmp_path, monkeypatch):
    """The file's own version, although scikit-learn drops it on loading; a patch release is a note."""
    old = findings_of(RULE, saved(tmp_path / "old.joblib", "1.2.0", monkeypatch))
    near = findings_of(RULE, saved(tmp_path / "near.joblib", ".".join(sklearn.__version__.split(".")[:2]) + ".99", monkeypatch))

    assert "1.2.0" in old[0].message
    assert (old[0].severity, near[0].severity) == ("warning", "note")


def test_is_skipped_where_nothing_tells():
    """A model in memory has no saved version."""
    frame = breast_cancer()
    model = LogisticRegression(max_iter=50).fit(frame.drop(columns="target"), frame["target"])

    assert run_rule(RULE, case_of(frame, model=model, target="target"))[0].outcome == "skipped"
