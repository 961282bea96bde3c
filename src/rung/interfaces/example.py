"""The bundled example: New York flights of 2013, and the pipeline that someone really would fit on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

FLIGHTS = Path(__file__).parent.parent / "demo" / "flights.csv.gz"
# Known only after departure: the honest table is the same without them.
KNOWN_AFTERWARDS = ("dep_time", "dep_delay", "arr_time", "air_time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Two frames, the target's name and a fitted pipeline."""

    train: pd.DataFrame
    test: pd.DataFrame
    target: str
    model: Pipeline


def flights_frame() -> pd.DataFrame:
    """The flights as `pandas.read_csv` gives them."""
    import pandas as pd

    return pd.read_csv(FLIGHTS)


def flights_case(*, honest: bool = False, seed: int = 0) -> Example:
    """Split at random, as in a hurry, and fit a boosted model on every column but the target."""
    from sklearn.model_selection import train_test_split

    frame = flights_frame()
    frame = frame.drop(columns=list(KNOWN_AFTERWARDS)) if honest else frame
    parts = train_test_split(frame, test_size=0.25, random_state=seed, stratify=frame["late"])
    train, test = cast("pd.DataFrame", parts[0]), cast("pd.DataFrame", parts[1])
    return Example(
        train=train, test=test, target="late", model=flights_pipeline(train.drop(columns="late"), cast("pd.Series", train["late"]), seed)
    )


def flights_pipeline(features: pd.DataFrame, late: pd.Series, seed: int) -> Pipeline:
    """Ordinal codes for the categories, gradient-boosted trees on top."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, max_categories=200)
    prepare = make_column_transformer(
        (codes, make_column_selector(dtype_exclude="number")), remainder="passthrough", verbose_feature_names_out=False
    )
    return make_pipeline(prepare, HistGradientBoostingClassifier(max_iter=80, random_state=seed)).fit(features, late)
