"""An error inside a library, caught once and printed, then one that nobody catches."""

import traceback

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression


class Step:
    def __init__(self, frame):
        self.frame = frame

    def fit(self):
        return LinearRegression().fit(self.frame[["a"]], self.frame["b"])


frame = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": [1.0, 2.0, 3.0]})
try:
    Step(frame).fit()
except ValueError:
    traceback.print_exc()
    print("".join(traceback.format_exc().splitlines()[-1:]))
try:
    frame["c"]
except KeyError as error:
    print(len(traceback.extract_tb(error.__traceback__)), traceback.format_exc()[:200])
X = np.arange(12.0).reshape(4, 3)
print(X[1:3, 0] - X[:, 1].mean())
try:
    print(X[5:, 0] + X[:2, 1])
except ValueError as error:
    print(error, [entry.lineno for entry in traceback.extract_tb(error.__traceback__)])
print(X[:, 7])
