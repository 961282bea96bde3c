"""Rows are prepared once for labels and probabilities, and the answers are the pipeline's own."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from cases import breast_cancer
from rung.adapters.frames import to_table
from rung.adapters.sklearn import to_model


class Counted:
    """Counts how often it is asked."""

    calls = 0

    def __call__(self, x):
        self.calls += 1
        return x


def fitted(counted, frame, arrays=False):
    x, y = frame.drop(columns="target"), frame["target"]
    return make_pipeline(FunctionTransformer(counted), StandardScaler(), LogisticRegression()).fit(x.to_numpy() if arrays else x, y)


def test_labels_and_probabilities_prepare_the_rows_once():
    frame, counted = breast_cancer(), Counted()
    pipeline = fitted(counted, frame)
    model, table, counted.calls = to_model(pipeline), to_table(frame.drop(columns="target"), "x"), 0

    labels, probabilities = model.predict(table), model.probabilities(table)

    assert counted.calls == 1
    np.testing.assert_array_equal(labels, pipeline.predict(frame.drop(columns="target")))
    np.testing.assert_array_equal(probabilities, pipeline.predict_proba(frame.drop(columns="target")))


def test_other_rows_are_prepared_anew():
    frame = breast_cancer()
    pipeline = fitted(Counted(), frame)
    model, first, second = to_model(pipeline), to_table(frame.head(9), "a"), to_table(frame.tail(9), "b")
    model.predict(first)

    np.testing.assert_array_equal(model.probabilities(second), pipeline.predict_proba(frame.tail(9).drop(columns="target")))


def test_a_pipeline_fitted_on_arrays_is_asked_with_arrays():
    frame = breast_cancer()
    pipeline = fitted(Counted(), frame, arrays=True)
    model, table = to_model(pipeline), to_table(frame.drop(columns="target"), "x")

    np.testing.assert_array_equal(model.predict(table), pipeline.predict(frame.drop(columns="target").to_numpy()))


def test_a_pipeline_fitted_again_answers_with_its_new_steps():
    frame = breast_cancer()
    pipeline = fitted(Counted(), frame)
    model, table = to_model(pipeline), to_table(frame.drop(columns="target"), "x")
    pipeline.fit(frame.drop(columns="target").head(100) * 3.0, frame["target"].head(100))

    np.testing.assert_array_equal(model.predict(table), pipeline.predict(frame.drop(columns="target")))
