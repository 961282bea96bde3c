"""unseen-categories: levels that training lacks."""

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from cases import case_of, findings_of

RULE = "unseen-categories"


def frame(n, levels, seed=0):
    """A number and a text column with these levels."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return pd.DataFrame({"x": x, "site": rng.choice(levels, n), "y": (x + rng.normal(size=n) > 0).astype(int)})


def broken():
    """A third of the test rows come from a new site."""
    return case_of(frame(300, ["north", "south"]), test=frame(150, ["north", "south", "east"], 1), target="y")


def healthy():
    """The same sites in both."""
    return case_of(frame(300, ["north", "south"]), test=frame(150, ["north", "south"], 1), target="y")


def test_names_column_level_and_rows():
    """The finding names the column, the level and the rows."""
    found = findings_of(RULE, broken())[0]

    assert (found.subject.names, found.severity, "'east'" in found.message) == (("site",), "warning", True)
    assert len(found.subject.rows) > 20


def test_an_encoder_that_raises_is_an_error():
    """OneHotEncoder raises by default."""
    train = frame(300, ["north", "south"])
    model = make_pipeline(ColumnTransformer([("levels", OneHotEncoder(), ["site"])], remainder="passthrough"), LogisticRegression())
    model.fit(train[["x", "site"]], train["y"])
    found = findings_of(RULE, case_of(train, test=frame(150, ["north", "south", "east"], 1), target="y", model=model))

    assert [(each.severity, "raises" in each.message) for each in found] == [("error", True)]


def test_rare_levels_of_a_long_list_are_only_noted():
    """Names that hardly repeat bring new ones by chance; Good-Turing says how many."""
    levels = [f"street {number}" for number in range(3_000)]
    found = findings_of(RULE, case_of(frame(1_500, levels), test=frame(500, levels, 1), target="y"))

    assert [each.severity for each in found] == ["note"]


def test_looks_at_production_rows_too():
    """A new level in the current frame is found without a test set."""
    found = findings_of(RULE, case_of(frame(300, ["a", "b"]), current=frame(100, ["a", "c"], 1), target="y"))

    assert [each.subject.detail for each in found] == ["rows of the current table"]
