"""More short scripts, each with its fault named on its line and put right beside it: rounds, scorecards, diaries, windows, columns by rank."""

from __future__ import annotations

import pytest

from stories.test_scripts_run import HEAD, found

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
    "overlapping windows split at random": ("D302", SERIES.replace("SOURCE", WALK).replace("SHAPE", "").replace("MIXED", "True"), 8),
    "overlapping windows for a net split at random": ("D302", SERIES.replace("SOURCE", WALK).replace("SHAPE", ".reshape(-1, 8, 1)").replace("MIXED", "True"), 8),
    "a mean so far that holds the row's own label": ("D301", SO_FAR.replace("STEP", 'table.groupby("who")["y"].transform(lambda s: s.expanding().mean())'), 3),
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
    """One finding, or several on the one line."""
    code, text, line = FAULTS[name]

    assert set(found(tmp_path, monkeypatch, code, text)) == {line}


@pytest.mark.parametrize("name", list(RIGHT))
def test_the_script_put_right_is_silent(name, tmp_path, monkeypatch):
    """The same shapes without the fault."""
    codes, text = RIGHT[name]

    assert all(found(tmp_path, monkeypatch, code, text) == [] for code in codes.split(","))
