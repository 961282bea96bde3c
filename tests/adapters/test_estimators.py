"""Every kind of estimator that people hand over becomes a Model that answers, and is fitted again where it can be."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from cases import breast_cancer, case_of, diabetes, wine
from rung.adapters.sklearn import to_model
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.facts.own_model import OnTest, OwnScores

warnings.filterwarnings("ignore")


def halves(frame):
    return frame.iloc[::2].reset_index(drop=True), frame.iloc[1::2].reset_index(drop=True)


def scores(model, frame):
    train, test = halves(frame)
    ledger = Ledger(case_of(train, test=test, model=model, target="target"), discover.facts())
    return ledger.ask(OnTest).predicted, ledger.ask(OwnScores).result.mean


def fitted(estimator, frame, labels=None):
    train, _ = halves(frame)
    y = train["target"] if labels is None else labels
    return estimator.fit(train.drop(columns="target"), y)


CLASSIFIERS = {
    "pipeline": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    "search": lambda: GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {"logisticregression__C": [0.1, 1.0]}, cv=3),
    "calibrated": lambda: CalibratedClassifierCV(make_pipeline(StandardScaler(), LinearSVC()), cv=3),
    "threshold": lambda: TunedThresholdClassifierCV(make_pipeline(StandardScaler(), LogisticRegression()), cv=3),
    "one-vs-rest": lambda: OneVsRestClassifier(LogisticRegression(max_iter=50)),
    "svc": lambda: make_pipeline(StandardScaler(), SVC()),
    "sgd": lambda: make_pipeline(StandardScaler(), SGDClassifier(random_state=0)),
    "adaboost": lambda: AdaBoostClassifier(n_estimators=10, random_state=0),
    "forest": lambda: RandomForestClassifier(20, random_state=0),
}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_asks_and_refits_classifiers(name):
    """Labels, scores and honest folds of any scikit-learn classifier."""
    predicted, mean = scores(fitted(CLASSIFIERS[name](), breast_cancer()), breast_cancer())

    assert predicted.has_scores
    assert mean > 0.93
    assert np.mean(predicted.labels == predicted.y) > 0.85


@pytest.mark.parametrize("labels", [("bad", "good"), (False, True)])
def test_takes_text_and_truth_labels(labels):
    """Labels other than 0 and 1 are coded by their order."""
    frame = breast_cancer().assign(target=lambda each: each["target"].map(dict(enumerate(labels))))
    predicted, mean = scores(fitted(CLASSIFIERS["pipeline"](), frame), frame)

    assert mean > 0.97
    assert np.mean(predicted.labels == predicted.y) > 0.9


def test_takes_a_model_fitted_on_codes_of_text_labels():
    """Text labels in the table, codes in the model, as XGBoost asks for."""
    xgboost = pytest.importorskip("xgboost")
    frame = breast_cancer().assign(target=lambda each: each["target"].map({0: "bad", 1: "good"}))
    codes = halves(frame)[0]["target"].map({"bad": 0, "good": 1})
    predicted, mean = scores(fitted(xgboost.XGBClassifier(n_estimators=20), frame, codes), frame)

    assert mean > 0.95
    assert np.mean(predicted.labels == predicted.y) > 0.9


def test_takes_an_array_model_without_names():
    """A model fitted on arrays is never shown the target column."""
    train, _ = halves(breast_cancer())
    model = CLASSIFIERS["pipeline"]().fit(train.drop(columns="target").to_numpy(), train["target"])
    predicted, mean = scores(model, breast_cancer())

    assert mean > 0.97
    assert np.mean(predicted.labels == predicted.y) > 0.9


@pytest.mark.parametrize("library", ["lightgbm", "xgboost", "catboost"])
def test_asks_and_refits_boosting(library):
    """The three boosting libraries through their scikit-learn interface, several classes."""
    module = pytest.importorskip(library)
    kind = {"lightgbm": "LGBMClassifier", "xgboost": "XGBClassifier", "catboost": "CatBoostClassifier"}[library]
    quiet = {"lightgbm": {"verbose": -1}, "catboost": {"verbose": 0, "allow_writing_files": False}}.get(library, {})
    predicted, mean = scores(fitted(getattr(module, kind)(n_estimators=10, **quiet), wine()), wine())

    assert mean > 0.9
    assert predicted.score.shape[1] == 3


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_reads_probabilities_of_native_boosters(library):
    """A native booster predicts P(class 1), which ranks and gives labels at one half."""
    module = pytest.importorskip(library)
    train, test = halves(breast_cancer())
    x, y = train.drop(columns="target"), train["target"]
    if library == "lightgbm":
        model = module.train({"objective": "binary", "verbose": -1}, module.Dataset(x, y), 20)
    else:
        model = module.train({"objective": "binary:logistic"}, module.DMatrix(x, y), 20)
    predicted = Ledger(case_of(train, test=test, model=model, target="target"), discover.facts()).ask(OnTest).predicted

    assert to_model(model).kind == "classifier"
    assert predicted.has_scores
    assert np.mean(predicted.labels == predicted.y) > 0.9


@pytest.mark.parametrize("graded", [True, False])
def test_takes_a_function_of_rows(graded):
    """A callable's numbers rank rows; its hard labels are known to be no more than that."""
    train, test = halves(breast_cancer())
    model = CLASSIFIERS["pipeline"]().fit(train.drop(columns="target"), train["target"])
    names = list(train.columns.drop("target"))
    answer = (lambda rows: model.predict_proba(rows[names])[:, 1]) if graded else (lambda rows: model.predict(rows[names]))
    predicted = Ledger(case_of(train, test=test, model=answer, target="target"), discover.facts()).ask(OnTest).predicted

    assert predicted.has_scores is graded
    assert np.mean(predicted.labels == predicted.y) > 0.9


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(StandardScaler(), Ridge()),
        TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp),
        RandomForestRegressor(20),
    ],
)
def test_asks_and_refits_regressors(estimator):
    """Numbers come back as numbers."""
    _, mean = scores(fitted(estimator, diabetes()), diabetes())

    assert mean > 0.25


@pytest.mark.parametrize("name", ["pipeline", "search", "threshold", "calibrated"])
def test_refits_with_changed_parameters(name):
    """A changed parameter reaches the learner through every wrapper."""
    train, _ = halves(breast_cancer())
    model = to_model(fitted(CLASSIFIERS[name](), breast_cancer()))
    table = case_of(train, target="target").inputs
    table = next(each.table for kind, each in table.items() if kind.__name__ == "Train")
    fresh = model.refit(table, train["target"].to_numpy(), model.features, C=1e-6)

    assert fresh.parameters["C"] == 1e-6


def test_names_the_forest_and_not_its_template():
    """A forest keeps a template tree under the attribute name of wrappers: it is not the model."""
    model = to_model(fitted(CLASSIFIERS["forest"](), breast_cancer()))

    assert model.name == "RandomForestClassifier"
    assert model.parameters["n_estimators"] == 20
    assert [str(each) for each in model.classes] == ["0", "1"]


def test_refuses_an_unfitted_estimator():
    """Fit first: the message says so."""
    with pytest.raises(Exception, match="is not fitted"):
        to_model(LogisticRegression())


def test_survives_a_model_that_fails_on_the_rows():
    """A model that cannot take the rows makes its facts unavailable, with its own words."""
    frame = breast_cancer().assign(city=pd.Series(["a", "b"] * 285)[:569])
    known = {"a": 0, "b": 1}
    model = lambda rows: [known[city] for city in rows["city"]]
    ledger = Ledger(case_of(frame, test=frame.replace({"city": {"b": "c"}}), model=model, target="target"), discover.facts())

    assert ledger.ask_or_none(OnTest) is None


class ByName:
    """A class of the user's own that looks its columns up by name, and says nothing of itself."""

    def predict(self, rows):
        return (rows["mean radius"] < 15).astype(int)


class ByPlace:
    """The same for one that was written for an array."""

    def predict(self, rows):
        return (rows[:, 0] < 15).astype(int)


@pytest.mark.parametrize("model", [ByName(), ByPlace()])
def test_a_class_with_predict_alone_is_asked_with_names_or_without(model):
    """Neither says its columns: what fails with names is asked with bare numbers."""
    train, test = halves(breast_cancer())
    ledger = Ledger(case_of(train, test=test, model=model, target="target"), discover.facts())
    said = ledger.ask(OnTest).predicted
    assert np.array_equal(said.labels, (test["mean radius"].to_numpy() < 15).astype(int))
