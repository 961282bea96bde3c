"""Assignments that pandas warns about, and frames that look at their caller."""

import warnings

import pandas as pd

frame = pd.DataFrame({"a": [1.0, None, 3.0, 4.0], "k": list("xyxy")}, index=[10, 11, 12, 13])
low = 2
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    frame["a"].fillna(0, inplace=True)
    frame["a"][10] = 5.0
    frame[frame["k"] == "x"]["a"] = 0.0
    frame.loc[frame["k"] == "y", "a"] = 7.0
print([(each.category.__name__, each.lineno, each.filename.rpartition("/")[2]) for each in caught])
print(frame.query("a > @low and k in ['x', 'y']"))


def inside(limit):
    return frame.query("a >= @limit").eval("a * 2").tolist()


print(inside(4), frame.groupby("k")["a"].agg(["mean", "max"]).to_dict())
