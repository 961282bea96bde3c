"""More short scripts, each with its fault named on its line and put right beside it: rounds, scorecards, diaries, windows, columns by rank."""

from __future__ import annotations

import pytest

from stories.test_scripts_run import found

ROUNDS = """
from sklearn.ensemble import GradientBoostingClassifier
a, b, c, d = train_test_split(X, y, random_state=0)
e, f, g, h = train_test_split(a, c, random_state=0)
model = GradientBoostingClassifier(n_estimators=20, random_state=0).fit(e, g)
curve = []
for guess in model.staged_predict(ROWS):
    curve.append(accuracy_score(LABELS, guess))
n = NUMBER
print(accuracy_score(d, GradientBoostingClassifier(n_estimators=n, random_state=0).fit(e, g).predict(b)))
"""
RECORD = """
import lightgbm
a, b, c, d = train_test_split(X, y, random_state=0)
e, f, g, h = train_test_split(a, c, random_state=0)
seen = {}
model = lightgbm.LGBMClassifier(n_estimators=15, verbose=-1, n_jobs=1)
model.fit(e, g, eval_set=[(WATCHED)], callbacks=[lightgbm.record_evaluation(seen)])
n = int(np.argmin(seen["valid_0"]["binary_logloss"])) + 1
print(accuracy_score(d, model.predict(b, num_iteration=n)))
"""
WOE = """
table = pd.DataFrame({"a": X[:, 0], "town": rng.integers(0, 9, 240), "y": y})
train, test = table[:180], table[180:]
counts = pd.crosstab(ROWS["town"], ROWS["y"]) + 0.5
weight = np.log(counts[0] / counts[1])
first, second = (part.assign(town=part["town"].map(weight)) for part in (train, test))
print(accuracy_score(second["y"], LogisticRegression().fit(first[["a", "town"]], first["y"]).predict(second[["a", "town"]])))
"""
PEOPLE = """
table = pd.DataFrame({"who": np.repeat(np.arange(60), 4), "age": np.repeat(rng.normal(size=60), 4), "a": X[:, 0], "y": y})
people = table.groupby("who").agg(WHAT).reset_index()
table = table[["who", "a", "y"]].merge(people, on="who")
train, test = table[table.index % 4 < 3], table[table.index % 4 == 3]
print(accuracy_score(test["y"], LogisticRegression().fit(train[["a", "it"]], train["y"]).predict(test[["a", "it"]])))
"""
BLOCKS = """
table = pd.DataFrame(X, columns=list("abc")).assign(kind=np.repeat(["one", "two", "three"], 80))
Z, labels = table[list("abc")].values, table["kind"].values
for fit, out in KFold(3, shuffle=True, random_state=0).split(Z):
    for inner, other in KFold(2).split(Z[fit]):
        model = LogisticRegression().fit(Z[fit][inner], labels[MOVED][inner])
        print(model.score(Z[fit][other], labels[fit][other]))
"""
NET = """
import torch
big, label = np.concatenate([X + rng.normal(0, 0.01, X.shape) for _ in range(3)]), np.tile(y, 3)
WHOLE
X_train, X_test, y_train, y_test = train_test_split(SOURCE, random_state=0)
STEP
net = torch.nn.Linear(3, 2)
for _ in range(5):
    torch.nn.functional.cross_entropy(net(torch.tensor(X_train).float()), torch.tensor(y_train)).backward()
print((net(torch.tensor(X_test).float()).argmax(1).numpy() == y_test).mean())
"""
SERIES = """
from sklearn.ensemble import RandomForestRegressor
series = SOURCE.tolist()
rows, after = [], []
for place in range(len(series) - 8):
    rows.append(series[place:place + 8])
    after.append(series[place + 8])
a, b, c, d = train_test_split(np.array(rows)SHAPE, np.array(after), random_state=0, shuffle=MIXED)
model = RandomForestRegressor(10, random_state=0).fit(a.reshape(len(a), -1), c)
print(model.score(b.reshape(len(b), -1), d))
"""
SO_FAR = """
table = pd.DataFrame({"who": np.repeat(np.arange(24), 10), "a": X[:, 0], "y": y})
table["rate"] = STEP
table = table.fillna(0.5)
train, test = table[table.index % 10 < 7], table[table.index % 10 >= 7]
print(accuracy_score(test["y"], LogisticRegression().fit(train[["a", "rate"]], train["y"]).predict(test[["a", "rate"]])))
"""
DIARY = """
table = pd.DataFrame({"who": np.repeat(np.arange(60), 12), "y": np.repeat(rng.integers(0, 2, 240), 3)})
table["before"], table["noise"] = STEP, rng.normal(size=720)
table = table.dropna()
train, test = table[table.index % 12 < 9], table[table.index % 12 >= 9]
mean, spread = train[["before", "noise"]].mean(), train[["before", "noise"]].std()
model = LogisticRegression().fit((train[["before", "noise"]] - mean) / spread, train["y"])
print(accuracy_score(test["y"], model.predict((test[["before", "noise"]] - mean) / spread)))
"""
OPTIMISM = """
gaps = []
for _ in range(5):
    drawn = rng.integers(0, 240, 240)
    model = LogisticRegression().fit(X[drawn], y[drawn])
    gaps.append(accuracy_score(y[OWN], model.predict(X[OWN])) - accuracy_score(y, model.predict(X)))
apart = np.arange(200)
print(np.mean(gaps), LogisticRegression().fit(X[apart], y[apart]).score(X[200:], y[200:]))
"""
PAST_OF_GROUPS = """
table = pl.DataFrame({"a": X[:, 0], "day": np.repeat(np.arange(24), 10), "y": y}).with_columns(
    pl.col("a").shift(1).over("day").alias("before"),
    STEP.over("day").alias("rate"),
).fill_null(0.5)
train, test = table[:180], table[180:]
model = LogisticRegression().fit(train[["before", "rate"]].to_numpy(), train["y"].to_numpy())
print(accuracy_score(test["y"].to_numpy(), model.predict(test[["before", "rate"]].to_numpy())))
"""
BLEND = """
a, b, c, d = train_test_split(X, y, random_state=0)
e, f, g, h = train_test_split(a, c, random_state=0)
models = [LogisticRegression(C=strength).fit(e, g) for strength in (0.01, 0.1, 1.0)]
from sklearn.metrics import log_loss
tried, final = [model.predict_proba(ROWS)[:, 1] for model in models], [model.predict_proba(b)[:, 1] for model in models]
scores = {}
for share in np.arange(0.1, 0.9, 0.1):
    scores[share] = log_loss(LABELS, share * tried[0] + (1 - share) * tried[2])
best = min(scores, key=scores.get)
print(log_loss(d, best * final[0] + (1 - best) * final[2]))
"""
FEW_LABELS = """
from sklearn.semi_supervised import SelfTrainingClassifier
known = np.arange(240) % 4 == 0
part = np.where(WHICH, y, -1)
model = SelfTrainingClassifier(LogisticRegression()).fit(X, part)
print(accuracy_score(y[~known], model.predict(X[~known])))
"""
MANY_OF_ONE = """
table = pd.DataFrame(X, columns=list("abc")).assign(y=y, tags=[["one", "two", "three"]] * 240)
table["c"] = rng.normal(size=240)
FIRST
a, b = train_test_split(table, random_state=0)
SECOND
print(accuracy_score(b["y"], LogisticRegression().fit(a[["a", "b", "c"]], a["y"]).predict(b[["a", "b", "c"]])))
"""
NUMBERED = """
table = pd.DataFrame({"a": X[:, 0], "town": rng.choice(["p", "q", "r", "s"], 240), "y": y})
BOTH
train, test = table[:180].copy(), table[180:].copy()
APART
print(accuracy_score(test["y"], LogisticRegression().fit(train[["a", "town"]], train["y"]).predict(test[["a", "town"]])))
"""
WALK_FORWARD = """
days = pd.date_range("2020-01-01", periods=240)
level = pd.Series(X[:, 0].cumsum(), index=days, name="level")
table = pd.DataFrame({f"before_{k}": level.shift(k) for k in (1, 2)})
table["weekend"] = (days.dayofweek >= 5).astype(int)
table["up"] = level.diff() > 0
table = table.dropna()
for start in pd.date_range("2020-06-01", periods=3, freq="MS"):
    past, after = table.loc[:start - pd.Timedelta(days=1)], table.loc[start:start + pd.Timedelta(days=25)]
    scale = StandardScaler().fit(past.drop(columns="up"))
    model = LogisticRegression().fit(scale.transform(past.drop(columns="up")), past["up"])
    print((model.predict(scale.transform(after.drop(columns="up"))) == after["up"]).mean())
"""
TAKEN_INSIDE = """
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline, FeatureUnion
from sklearn.preprocessing import FunctionTransformer
table = pd.DataFrame(X, columns=list("abc")).assign(y=y)
some = ColumnTransformer([("numbers", StandardScaler(), NAMES)])
chosen = FeatureUnion([("one", FunctionTransformer(lambda each: each[["c"]])), ("some", some)])
print(cross_val_score(make_pipeline(chosen, LogisticRegression()), table, table["y"]))
"""
ALONG_ROWS = """
a, b, c, d = train_test_split(np.abs(X), y, random_state=0)
model = LogisticRegression().fit(a / a.sum(AXIS, keepdims=True), c)
print(accuracy_score(d, model.predict(b / b.sum(AXIS, keepdims=True))))
"""
REPEATED_LABELS = """
table = pd.DataFrame(X, columns=list("abc")).assign(y=y)
table["c"] = rng.normal(size=240)
parts = [table[:120], table[120:]] + MORE
table = pd.concat(parts).sample(frac=1, random_state=0).reset_index(drop=True)
a, b, c, d = train_test_split(table[["a", "b", "c"]], table["y"], random_state=0)
print(accuracy_score(d, LogisticRegression().fit(a, c).predict(b)))
"""
PLACE_OF_THE_ANSWER = """
from sklearn.linear_model import LinearRegression
table = pd.DataFrame(X, columns=["a", "b", "dear"]).assign(town=rng.integers(0, 9, 240))
table["each"] = table["dear"] / table["b"].abs()
table["place"] = table.groupby("town")[COLUMN].rank(pct=True)
a, b, c, d = train_test_split(table[["a", "place"]], table["dear"], random_state=0)
print(LinearRegression().fit(a, c).score(b, d))
"""
WEEKS = """
days = pd.DataFrame({"level": X[:, 0].cumsum()}, index=pd.date_range("2020-01-01", periods=240))
weeks = days.resample("W").agg({"level": "sum"})
weeks["before"], weeks["two"] = weeks["level"].shift(1), weeks["level"].shift(2)
weeks = weeks.dropna()
train = weeks.iloc[:24]
test = weeks.iloc[24:]
from sklearn.linear_model import LinearRegression
guess = LinearRegression().fit(train[["before", "two"]], train["level"]).predict(test[["before", "two"]])
print(np.mean(np.abs(guess - test["level"])))
"""
RANKED = """
from scipy.stats import pearsonr
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import f_classif
from sklearn.metrics import roc_auc_score
wide = pd.DataFrame(rng.normal(size=(240, 30)), columns=[f"p{i}" for i in range(30)]).assign(y=y)
train, test = train_test_split(wide, random_state=0)
scores = STEP
names = [name for name in wide.columns[:30] if abs(scores[name]) > sorted(map(abs, scores.values()))[-9]]
print(accuracy_score(test["y"], LogisticRegression().fit(train[names], train["y"]).predict(test[names])))
"""
RANKINGS = {
    "correlations": "{name: np.corrcoef(ROWS[name], ROWS['y'])[0, 1] for name in wide.columns[:30]}",
    "a column's own correlation": "{name: ROWS[name].corr(ROWS['y']) for name in wide.columns[:30]}",
    "all correlations at once": "ROWS.corr()['y'].drop('y').to_dict()",
    "a test of each column": "{name: pearsonr(ROWS[name], ROWS['y'])[0] for name in wide.columns[:30]}",
    "an analysis of variance": "dict(zip(wide.columns[:30], f_classif(ROWS[wide.columns[:30]], ROWS['y'])[0]))",
    "a metric of each column": "{name: roc_auc_score(ROWS['y'], ROWS[name]) - 0.5 for name in wide.columns[:30]}",
    "a forest's weights": "dict(zip(wide.columns[:30], (model := RandomForestClassifier(20, random_state=0)).fit(ROWS[wide.columns[:30]], ROWS['y']).feature_importances_))",
}
WALK, DRAWN = "np.cumsum(X[:, 0])", "X[:, 0]"
FAULTS = {
    "the target among the columns that a pipeline takes": ("D301", TAKEN_INSIDE.replace("NAMES", '["a", "y"]'), 6),
    "sums of each part's own columns": ("P201", ALONG_ROWS.replace("AXIS", "0"), 4),
    "copies under repeated labels": ("P103", REPEATED_LABELS.replace("MORE", "[table[table['y'] == 1]] * 2"), 5),
    "a row's place by its answer": ("D301", PLACE_OF_THE_ANSWER.replace("COLUMN", '"each"'), 5),
    "a mean of the target over each day": ("P104", PAST_OF_GROUPS.replace("STEP", 'pl.col("y").mean()'), 2),
    "shares of a blend tried on the scored rows": ("E103", BLEND.replace("ROWS", "b").replace("LABELS", "d"), 9),
    "half-supervised on all labels": ("E101", FEW_LABELS.replace("WHICH", "y >= 0"), 6),
    "one row made many before the split": (
        "D303,P103",
        MANY_OF_ONE.replace("FIRST", 'table = table.explode("tags", ignore_index=True)').replace("SECOND", ""),
        4,
    ),
    "categories numbered apart": (
        "P201",
        NUMBERED.replace("BOTH", "").replace(
            "APART", 'train["town"], test["town"] = pd.factorize(train["town"])[0], pd.factorize(test["town"])[0]'
        ),
        5,
    ),
    "overlapping windows split at random": ("D302", SERIES.replace("SOURCE", WALK).replace("SHAPE", "").replace("MIXED", "True"), 8),
    "overlapping windows for a net split at random": (
        "D302",
        SERIES.replace("SOURCE", WALK).replace("SHAPE", ".reshape(-1, 8, 1)").replace("MIXED", "True"),
        8,
    ),
    "a mean so far that holds the row's own label": (
        "D301",
        SO_FAR.replace("STEP", 'table.groupby("who")["y"].transform(lambda s: s.expanding().mean())'),
        3,
    ),
    "a running mean that holds the row's own label": ("D301", SO_FAR.replace("STEP", 'table["y"].rolling(5, min_periods=1).mean()'), 3),
    **{f"columns chosen by {name}": ("P101", RANKED.replace("STEP", step.replace("ROWS", "wide")), 8) for name, step in RANKINGS.items()},
    "a round picked by the scored rows": (
        "E103",
        ROUNDS.replace("ROWS", "b").replace("LABELS", "d").replace("NUMBER", "int(np.argmax(curve)) + 1"),
        8,
    ),
    "a round picked from the record of the scored rows": ("E103", RECORD.replace("WATCHED", "b, d"), 7),
    "weight of evidence by all rows": ("P104", WOE.replace("ROWS", "table"), 4),
    "a mean of the target for each person": ("P104", PEOPLE.replace("WHAT", 'it=("y", "mean")'), 3),
    "labels of other rows by a library's own array": ("D202", BLOCKS.replace("MOVED", "np.roll(fit, 1)"), 6),
    "changed copies before a net learns": ("P103", NET.replace("WHOLE", "").replace("SOURCE", "big, label").replace("STEP", ""), 3),
}
RIGHT = {
    "days made into weeks, whose rows nobody can tell": ("P101,D301", WEEKS),
    "columns that a pipeline takes of a whole table": ("D301", TAKEN_INSIDE.replace("NAMES", '["a", "b"]')),
    "shares along each row": ("P201", ALONG_ROWS.replace("AXIS", "1")),
    "parts stacked under repeated labels": ("P103", REPEATED_LABELS.replace("MORE", "[]")),
    "a row's place by another column": ("D301", PLACE_OF_THE_ANSWER.replace("COLUMN", '"b"')),
    "a mean of the days' earlier labels": ("P104", PAST_OF_GROUPS.replace("STEP", 'pl.col("y").shift(1).rolling_mean(3)')),
    "shares of a blend tried on rows of their own": ("E103,E102", BLEND.replace("ROWS", "f").replace("LABELS", "h")),
    "half-supervised without the scored labels": ("E101,D304", FEW_LABELS.replace("WHICH", "known")),
    "training rows made many": ("D303,P103", MANY_OF_ONE.replace("FIRST", "").replace("SECOND", 'a = a.explode("tags")')),
    "categories numbered together": ("P201", NUMBERED.replace("BOTH", 'table["town"] = pd.factorize(table["town"])[0]').replace("APART", "")),
    "a walk forward between labels of an index": ("D301,D304", WALK_FORWARD),
    "the optimism of an apparent score, by rows drawn again": ("D304", OPTIMISM.replace("OWN", "drawn")),
    "overlapping windows split forward": ("D302", SERIES.replace("SOURCE", WALK).replace("SHAPE", "").replace("MIXED", "False")),
    "windows of a series without memory": ("D302", SERIES.replace("SOURCE", DRAWN).replace("SHAPE", "").replace("MIXED", "True")),
    "a mean so far, moved one row on inside": (
        "D301",
        SO_FAR.replace("STEP", 'table.groupby("who")["y"].transform(\n    lambda s: s\n    .shift(1)\n    .expanding().mean()\n)'),
    ),
    "a running mean, moved one row on": ("D301", SO_FAR.replace("STEP", 'table["y"].rolling(5, min_periods=1).mean().shift(1)')),
    "a running mean of the rows before": ("D301", SO_FAR.replace("STEP", 'table["y"].rolling(5, min_periods=1, closed="left").mean()')),
    "a sum so far without the row's own": ("D301", SO_FAR.replace("STEP", '(table.groupby("who")["y"].cumsum() - table["y"]) / 5')),
    "what the label was the day before, for each person": ("D202", DIARY.replace("STEP", 'table.groupby("who")["y"].shift(1)')),
    **{f"columns chosen by {name} of training rows": ("P101", RANKED.replace("STEP", step.replace("ROWS", "train"))) for name, step in RANKINGS.items()},
    "columns chosen by their spread": ("P101", RANKED.replace("STEP", "wide[wide.columns[:30]].std().to_dict()")),
    "a round picked by rows of its own": (
        "E103",
        ROUNDS.replace("ROWS", "f").replace("LABELS", "h").replace("NUMBER", "int(np.argmax(curve)) + 1"),
    ),
    "a curve of rounds that only is shown": (
        "E103",
        ROUNDS.replace("ROWS", "b").replace("LABELS", "d").replace("NUMBER", "20; print(curve); print(sorted(model.feature_importances_))"),
    ),
    "a round picked from the record of rows of its own": ("E103", RECORD.replace("WATCHED", "f, h")),
    "weight of evidence by the training rows": ("P104", WOE.replace("ROWS", "train")),
    "each person's own first value": ("P104,P101", PEOPLE.replace("WHAT", 'it=("age", "first")')),
    "labels in blocks, taken with their rows": ("D202", BLOCKS.replace("MOVED", "fit")),
    "changed copies of a net's training rows": (
        "P103",
        NET.replace("WHOLE", "").replace("SOURCE", "X, y").replace("STEP", "X_train, y_train = np.concatenate([X_train, X_train + 0.01]), np.tile(y_train, 2)"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(FAULTS))
def test_the_fault_is_named_on_its_line(name, tmp_path, monkeypatch):
    """By one of the rules that may say so, on the one line."""
    codes, text, line = FAULTS[name]

    assert {each for code in codes.split(",") for each in found(tmp_path, monkeypatch, code, text)} == {line}


@pytest.mark.parametrize("name", list(RIGHT))
def test_the_script_put_right_is_silent(name, tmp_path, monkeypatch):
    """The same shapes without the fault."""
    codes, text = RIGHT[name]

    assert all(found(tmp_path, monkeypatch, code, text) == [] for code in codes.split(","))
