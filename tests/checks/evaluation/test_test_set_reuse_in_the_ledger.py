"""test-set-reuse seen in the ledger: looks are counted by content and model, and cost the score what choosing gave."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import rung
from rung.adapters.frames import to_table
from rung.adapters.looks import add_look, ledger_path, read_looks
from rung.core.errors import BadInput, BadSetting
from rung.facts.test_wear import fingerprint, row_hashes


def noise(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4))
    return pd.DataFrame(x, columns=list("abcd")).assign(target=(x[:, 0] + 2 * rng.normal(size=n) > 0).astype(int))


TRAIN, TEST = noise(300, 0), noise(150, 1)


def model(seed):
    """A model of a random sixth of the rows: all are worth about the same."""
    part = TRAIN.sample(n=50, random_state=seed)
    return LogisticRegression().fit(part[list("abcd")], part.target)


def look(path, fitted, test=TEST):
    return rung.diagnose(TRAIN, test=test, model=fitted, target="target", test_ledger=path, select=["E102"])


def auc(fitted, frame):
    from sklearn.metrics import roc_auc_score

    return roc_auc_score(frame.target, fitted.predict_proba(frame[list("abcd")])[:, 1])


@pytest.fixture(scope="module")
def chosen(tmp_path_factory):
    """Twenty equal models are scored on the test set, the best of them last."""
    path = tmp_path_factory.mktemp("ledger") / "looks.jsonl"
    models = sorted((model(seed) for seed in range(20)), key=lambda each: auc(each, TEST))
    reports = [look(path, each) for each in models]
    return path, models, reports


def test_the_best_of_many_is_warned_of(chosen):
    """Twenty looks, and a score above the others by luck."""
    finding = chosen[2][-1].find("E102")[0]

    assert finding.severity in ("warning", "error")
    assert "20 models were scored on these 150 test rows in 20 looks" in finding.message


def test_the_optimism_is_taken_out_of_the_score(chosen):
    """The honest score is lower, by what choosing gave on average, and its interval holds what fresh rows give."""
    honest, fresh = chosen[2][-1].honest, auc(chosen[1][-1], noise(20_000, 2))

    assert honest.value.value < honest.reported.value
    assert honest.value.low < fresh < honest.value.high
    assert "best of 20 models" in honest.taken_out[0].what


def test_the_first_look_is_silent(chosen):
    assert chosen[2][0].find("E102") == ()
    assert chosen[2][0].honest.taken_out == ()


def test_the_same_model_again_is_no_other_model(tmp_path):
    """Looking again with the same model chooses nothing."""
    path, fitted = tmp_path / "looks.jsonl", model(0)
    reports = [look(path, fitted) for _ in range(4)]

    assert reports[-1].find("E102") == ()
    assert len(read_looks(path).looks) == 4


def test_a_shuffled_test_set_is_the_same(tmp_path):
    """Content counts, not order or file."""
    path = tmp_path / "looks.jsonl"
    look(path, model(0))
    look(path, model(1), TEST.sample(frac=1.0, random_state=0)[["target", "d", "c", "b", "a"]].reset_index(drop=True))
    first, second = read_looks(path).looks

    assert first.test == second.test
    assert first.model != second.model


def test_other_rows_are_another_test_set():
    table = to_table(TEST)

    assert fingerprint(table) != fingerprint(to_table(TEST.iloc[1:]))
    assert fingerprint(table) == fingerprint(to_table(TEST.sample(frac=1.0, random_state=3)))
    assert row_hashes(to_table(pd.DataFrame({"a": [1, 2]}))).tolist() == row_hashes(to_table(pd.DataFrame({"a": [1.0, 2.0]}))).tolist()


def test_auto_stands_beside_the_test_file(tmp_path):
    assert ledger_path("auto", tmp_path / "test.csv") == tmp_path / "test.csv.looks.jsonl"
    with pytest.raises(BadSetting, match="stand beside"):
        ledger_path("auto", TEST)
    with pytest.raises(BadSetting, match="none was given"):
        rung.diagnose(TRAIN, target="target", test_ledger="x.jsonl")


def test_a_ledger_without_a_model_is_refused_not_left_empty(tmp_path):
    """Nothing would be written, and nobody would know."""
    with pytest.raises(BadSetting, match="models that were scored"):
        rung.diagnose(TRAIN, test=TEST, target="target", test_ledger=tmp_path / "looks.jsonl")


def test_a_broken_ledger_is_named(tmp_path, chosen):
    """The line is told."""
    path = tmp_path / "looks.jsonl"
    add_look(path, read_looks(chosen[0]).looks[0])
    path.write_text(path.read_text() + "{broken\n")
    with pytest.raises(BadInput, match="Line 2"):
        read_looks(path)
