"""The honest score: what is taken out, how the gap is shared, and how near the truth it comes."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import r2_score, roc_auc_score

import rung
from cases import breast_cancer

COLUMNS = ["mean texture", "mean smoothness", "mean symmetry", "texture error", "smoothness error", "symmetry error"]


def weak(seed=0):
    """Six weak columns of a real table, in two parts."""
    frame = breast_cancer()[[*COLUMNS, "target"]].sample(frac=1.0, random_state=seed).reset_index(drop=True)
    return frame.iloc[:380].reset_index(drop=True), frame.iloc[380:].reset_index(drop=True)


def leaking(frame, seed):
    """A column filled after the outcome."""
    rng = np.random.default_rng(seed)
    return frame.assign(review=np.round(10 * frame.target + rng.normal(0, 1.0, len(frame)), 2))


def forest():
    return RandomForestClassifier(n_estimators=60, random_state=0)


def scored(model, test):
    return roc_auc_score(test.target, model.predict_proba(test[list(model.feature_names_in_)])[:, 1])


def fitted(model, train):
    return model.fit(train.drop(columns="target"), train.target)


@pytest.fixture(scope="module")
def two_faults():
    """A leak and copied rows at once, with a model that took both; and the truth."""
    train, test = weak()
    truth = scored(fitted(forest(), train), test)
    broken, broken_test = leaking(train, 1), leaking(test, 2)
    broken = pd.concat([broken, broken_test.iloc[:90]], ignore_index=True)
    model = fitted(forest(), broken)
    report = rung.diagnose(broken, test=broken_test, model=model, target="target", select=["target-leakage", "split-overlap"])
    return report, truth


def test_two_faults_come_out(two_faults):
    """Without both, the score is that of the honest model on the same rows."""
    report, truth = two_faults

    assert report.honest.value.value == pytest.approx(truth, abs=0.02)
    assert report.honest.reported.value > truth + 0.1


def test_the_gap_is_shared_out_completely(two_faults):
    """Shares of both faults sum to the gap, and both have one."""
    honest = two_faults[0].honest

    assert sum(each.share.value for each in honest.taken_out) == pytest.approx(honest.gap.value, abs=1e-9)
    assert {key.partition(":")[0] for each in honest.taken_out for key in each.keys} >= {"D301"}
    assert len(honest.taken_out) >= 2
    assert "exact" in honest.method


def test_nothing_to_take_out_is_said():
    """On a sound case the honest score is the reported one."""
    train, test = weak()
    report = rung.diagnose(train, test=test, model=fitted(forest(), train), target="target", select=["target-leakage", "split-overlap"])

    assert report.honest.value == report.honest.reported
    assert report.honest.taken_out == ()


def test_entities_are_taken_apart():
    """Rows of one entity on both sides: the honest score is that on entities never seen."""
    rng = np.random.default_rng(0)

    def visits(people):
        traits = rng.normal(size=(people, 4))
        label = (rng.random(people) < 0.5).astype(int)
        rows = np.repeat(np.arange(people), 8)
        frame = pd.DataFrame(traits[rows] + rng.normal(0, 0.1, (len(rows), 4)), columns=list("abcd"))
        return frame.assign(patient_id=rows, target=np.where(rng.random(len(rows)) < 0.9, label[rows], 1 - label[rows]))

    frame = visits(150).sample(frac=1.0, random_state=0).reset_index(drop=True)
    train, test = frame.iloc[:900].reset_index(drop=True), frame.iloc[900:].reset_index(drop=True)
    model = HistGradientBoostingClassifier(random_state=0).fit(train[list("abcd")], train.target)
    report = rung.diagnose(train, test=test, model=model, target="target", groups="patient_id", select=["group-leakage"])

    assert report.honest.reported.value > 0.8
    assert report.honest.value.value == pytest.approx(0.5, abs=0.08)  # traits tell nothing of a patient never seen
    assert "patient_id" in report.honest.taken_out[0].how


def test_a_model_that_cannot_be_fitted_again():
    """A function of the rows: its skill shrinks as the reference's does, and the report says so."""
    train, test = weak()
    broken, broken_test = leaking(train, 1), leaking(test, 2)
    model = fitted(HistGradientBoostingClassifier(random_state=0), broken)

    def ask(rows):
        return model.predict_proba(rows.drop(columns="target", errors="ignore"))[:, 1]

    report = rung.diagnose(broken, test=broken_test, model=ask, target="target", select=["target-leakage"])

    assert "cannot be fitted again" in report.honest.measured
    assert report.honest.value.value == pytest.approx(scored(fitted(HistGradientBoostingClassifier(random_state=0), train), test), abs=0.05)


def test_without_experiments_nothing_is_claimed():
    """No proof, no number."""
    train, test = weak()

    assert rung.diagnose(train, test=test, target="target", select=["target-leakage"], experiments=False).honest is None


def test_rows_without_a_score_give_no_number():
    """One class: nothing is claimed, nothing breaks."""
    train, test = weak()
    report = rung.diagnose(train.assign(target=1), test=test.assign(target=1), target="target", select=["split-overlap"])

    assert report.honest is None
    assert report.interrupted == ""


@pytest.mark.parametrize("given", ["probabilities", "labels", "numbers"])
def test_a_column_of_predictions_is_its_own_honest_score(given):
    """The number that is expected is that of the predictions handed over, not that of a model of rung's."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 3))
    frame = pd.DataFrame(x, columns=list("abc"))
    if given == "numbers":
        y = x @ [1.0, 1.0, 0.0] + rng.normal(size=600)
        said, metric, truth = x[:, 0], "R2", r2_score(y, x[:, 0])
    else:
        y = (x @ [2.0, 1.0, 0.0] + rng.logistic(size=600) > 0).astype(int)
        chance = 1 / (1 + np.exp(-x[:, 1]))
        said = chance if given == "probabilities" else (chance > 0.5).astype(int)
        metric, truth = ("ROC AUC", roc_auc_score(y, chance)) if given == "probabilities" else ("accuracy", np.mean(said == y))
    report = rung.diagnose(
        frame.assign(y=y, said=said), target="y", prediction="said", select=["default-threshold", "not-better-than-baseline"]
    )

    assert report.honest.metric == metric
    assert report.honest.value.value == pytest.approx(truth, abs=1e-6)
    assert report.honest.value.low < truth < report.honest.value.high
    assert report.honest.reported_by == "your column of predictions"
    assert "cannot be seen" in report.honest.doubts[0]


def test_near_copies_are_kept_from_training():
    """Each thing measured three times, no column names it: the honest score is near that of things apart."""
    rng = np.random.default_rng(0)
    frame = breast_cancer()[[*COLUMNS, "target"]]
    frame = frame.assign(target=np.where(rng.random(len(frame)) < 0.25, 1 - frame.target, frame.target))
    thing = np.repeat(np.arange(len(frame)), 3)
    copies = frame.iloc[thing].reset_index(drop=True)
    copies[COLUMNS] += rng.normal(size=(len(copies), len(COLUMNS))) * 1e-4 * frame[COLUMNS].std().to_numpy()
    mixed, apart = rng.permutation(len(copies)), rng.permutation(len(frame)) < 0.7 * len(frame)
    train, test = (copies.iloc[rows].reset_index(drop=True) for rows in (mixed[:1200], mixed[1200:]))
    model = forest().fit(train[COLUMNS], train.target)
    inside = apart[thing]
    truth = roc_auc_score(
        copies.target[~inside], forest().fit(copies[inside][COLUMNS], copies.target[inside]).predict_proba(copies[~inside][COLUMNS])[:, 1]
    )
    report = rung.diagnose(train, test=test, model=model, target="target", select=["group-leakage"])

    assert report.honest.reported.value > truth + 0.1
    assert report.honest.value.value == pytest.approx(truth, abs=0.06)
