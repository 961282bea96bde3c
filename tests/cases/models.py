"""Cases with a fitted estimator, for the rules that look at the model."""

from __future__ import annotations

import warnings

import pandas as pd

from cases.build import case_of


def with_estimator(frame: pd.DataFrame, estimator, *, test: bool = True, **declared):
    """The frame in two halves by turns, the estimator fitted on the first."""
    train, rest = frame.iloc[::2].reset_index(drop=True), frame.iloc[1::2].reset_index(drop=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator.fit(train.drop(columns="target"), train["target"])
    return case_of(train, test=rest if test else None, model=estimator, target="target", **declared)
