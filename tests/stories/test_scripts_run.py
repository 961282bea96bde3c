"""Short scripts, run and judged: the fault of each is named on its line, and the same script put right is silent."""

from __future__ import annotations

import pytest

from cases.programs import trace_of
from rung.engine.run import investigate
from rung.inputs.case import Case
from rung.inputs.reading import Reading
from rung.inputs.settings import Settings
from rung.record.reading.read import read_source

HEAD = """
import numpy as np
import pandas as pd
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, roc_curve
from sklearn.model_selection import KFold, GridSearchCV, train_test_split
from sklearn.preprocessing import StandardScaler
rng = np.random.default_rng(0)
X = rng.normal(size=(240, 3)) * [1.0, 5.0, 0.2]
y = (X[:, 0] + 0.3 * rng.normal(size=240) > 0).astype(int)
"""
COPIES = """
big = np.concatenate([X, X + rng.normal(0, 0.01, X.shape)])
a, b, c, d = train_test_split(big, np.concatenate([y, y]), random_state=0)
print(accuracy_score(d, LogisticRegression().fit(a, c).predict(b)))
"""
CUT = """
a, b, c, d = train_test_split(X, y, random_state=0)
e, f, g, h = train_test_split(b, d, random_state=0)
p = LogisticRegression().fit(a, c).predict_proba(f)[:, 1]
fpr, tpr, cuts = roc_curve(h, p)
best = np.argmax(tpr - fpr)
cut = cuts[best]
"""
TWICE = """
pd.DataFrame(X, columns=list("abc")).assign(y=y).to_csv("rows.csv", index=False)
first, second = pd.read_csv("rows.csv")[:160], pd.read_csv("rows.csv")[FROM:]
both = pd.concat([first, second], ignore_index=True)
a, b = train_test_split(both, random_state=0)
print(accuracy_score(b["y"], LogisticRegression().fit(a[["a", "b", "c"]], a["y"]).predict(b[["a", "b", "c"]])))
"""
HAND = """
train, test = np.arange(180), np.arange(180, 240)
Z = (X - X[ROWS].mean(axis=0)) / X[ROWS].std(axis=0)
w = np.zeros(3)
for _ in range(20):
    w -= Z[train].T @ (1 / (1 + np.exp(-Z[train] @ w)) - y[train]) / len(train)
print(np.mean((Z[test] @ w > 0) == y[test]))
"""
AHEAD = """
table = pl.DataFrame({"value": X[:, 0].cumsum()}).with_columns(
    pl.col("value").shift(1).alias("before"),
    pl.col("value").shift(OTHER).alias("other"),
).drop_nulls()
train, test = table[:150], table[150:]
model = LogisticRegression().fit(train[["before", "other"]].to_numpy(), train["value"].to_numpy() > 0)
print(accuracy_score(test["value"].to_numpy() > 0, model.predict(test[["before", "other"]].to_numpy())))
"""
SEARCH = """
a, b, c, d = train_test_split(X, y, random_state=0)
search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=3).fit(a, c)
print(f1_score(c, search.best_estimator_.predict(a)))
"""
FOLDS = """
Z = STEP
for fold, (train, test) in enumerate(KFold(3, shuffle=True, random_state=0).split(Z)):
    mean = Z[train].mean(axis=0)
    print(fold, LogisticRegression().fit(Z[train] - mean, y[train]).score(Z[test] - mean, y[test]))
"""
BY_HAND = """
places = np.array_split(rng.permutation(240), 4)
Z = STEP
for i in range(4):
    train = np.concatenate([places[j] for j in range(4) if j != i])
    mean = Z[train].mean(axis=0)
    print(LogisticRegression().fit(Z[train] - mean, y[train]).score(Z[places[i]] - mean, y[places[i]]))
"""
SCORER = """
from sklearn.metrics import make_scorer, roc_auc_score
from sklearn.model_selection import cross_val_score
print(cross_val_score(LogisticRegression(), X, y, scoring=make_scorer(roc_auc_score)))
"""
OVER = """
table = pl.DataFrame({"a": X[:, 0], "town": rng.integers(0, 20, 240), "y": y}).with_columns(WORDS)
train, test = table[:180], table[180:]
model = LogisticRegression().fit(train[["a", "rate"]].to_numpy(), train["y"].to_numpy())
print(accuracy_score(test["y"].to_numpy(), model.predict(test[["a", "rate"]].to_numpy())))
"""
ZSCORE = """
from scipy.stats import zscore
Z = zscore(X, axis=AXIS)
a, b, c, d = train_test_split(Z, y, random_state=0)
print(accuracy_score(d, LogisticRegression().fit(a, c).predict(b)))
"""
SWEEP = """
a, b, c, d = train_test_split(X, y, random_state=0)
blend = np.zeros(len(b))
for strength in (0.1, 1.0):
    blend += 0.5 * LogisticRegression(C=strength).fit(a, c).predict_proba(b)[:, 1]
best = 0.0
for cut in np.arange(0.1, 0.9, 0.05):
    best = max(best, f1_score(d, (blend >= cut).astype(int)))
print(best)
"""
KEYS = """
table = pd.DataFrame(X, columns=list("abc")).assign(y=y)
both = pd.concat([table[:180], table[180:]], keys=["train", "test"])
both["b"] = STEP
train, test = both.loc["train"], both.loc["test"]
print(accuracy_score(test["y"], LogisticRegression().fit(train[["a", "b"]], train["y"]).predict(test[["a", "b"]])))
"""
CHOSEN = """
wide = pd.DataFrame(rng.normal(size=(240, 40)), columns=[f"p{i}" for i in range(40)]).assign(y=y)
train, test = train_test_split(wide, random_state=0)
names = ROWS.corr()["y"].drop("y").abs().sort_values(ascending=False).index[:5]
print(accuracy_score(test["y"], LogisticRegression().fit(train[names], train["y"]).predict(test[names])))
"""
BY_MEAN = """
a, b, c, d = train_test_split(X, RARE, random_state=0, stratify=RARE)
print(np.mean(LogisticRegression().fit(a, c).predict(b) == d))
"""
FAMILIES = """
from sklearn.model_selection import GroupKFold, cross_val_score
own, person = rng.normal(size=(24, 3)), np.repeat(np.arange(24), 10)
label = (own[:, 0] > 0).astype(int)
table = pd.DataFrame(own[person] + rng.normal(0, 0.05, (240, 3)), columns=list("abc")).assign(person=person, y=label[person])
print(cross_val_score(LogisticRegression(), table[["a", "b", "c"]], table["y"], groups=table["person"], cv=SPLITTER))
"""
KEYED = """
from sklearn.model_selection import GroupShuffleSplit
weeks = pl.DataFrame({"store": np.repeat(np.arange(24), 10), "week": np.tile(np.arange(10), 24)}).with_columns(pl.Series("y", y))
train, test = next(GroupShuffleSplit(1, random_state=0).split(weeks, groups=weeks["store"].to_numpy()))
model = LogisticRegression().fit(weeks[train][["store", "week"]].to_numpy(), weeks[train]["y"].to_numpy())
print(accuracy_score(weeks[test]["y"].to_numpy(), model.predict(weeks[test][["store", "week"]].to_numpy())))
"""
OUT_OF_FOLD = """
table = pd.DataFrame({"a": X[:, 0], "town": rng.integers(0, 9, 240).astype(str), "y": y})
train, test = train_test_split(table, random_state=0)
train, test = train.reset_index(drop=True), test.reset_index(drop=True)
train["rate"] = np.nan
for fit, out in KFold(3, shuffle=True, random_state=0).split(train):
    train.loc[out, "rate"] = train.loc[out, "town"].map(train.iloc[fit].groupby("town")["y"].mean()).fillna(0.5)
test["rate"] = test["town"].map(train.groupby("town")["y"].mean()).fillna(0.5)
print(accuracy_score(test["y"], LogisticRegression().fit(train[["a", "rate"]], train["y"]).predict(test[["a", "rate"]])))
"""
EXTENDED = """
rows, labels = X.tolist(), y.tolist()
FIRST
a, b, c, d = train_test_split(rows, labels, random_state=0)
rows, labels = a, c
SECOND
print(accuracy_score(d, LogisticRegression().fit(rows, labels).predict(b)))
"""
ADDED = "rows.extend(SOURCE[:60]); labels.extend(LABELS[:60])"
TEXTS = """
import random
texts = [f"word{number} of the row {number * 7}" for number in range(240)]
random.seed(0)
more = MORE
a, b = train_test_split(more, random_state=0)
from sklearn.feature_extraction.text import HashingVectorizer
count = HashingVectorizer(n_features=64)
model = LogisticRegression().fit(count.transform(a), [len(each) % 2 for each in a])
print(accuracy_score([len(each) % 2 for each in b], model.predict(count.transform(b))))
"""
BY_PLACES = """
wide = rng.normal(size=(240, 40))
a, b, c, d = train_test_split(wide, y, random_state=0)
gap = np.abs(TABLE[LABEL == 0].mean(axis=0) - TABLE[LABEL == 1].mean(axis=0))
top = np.argsort(gap)[-5:]
print(accuracy_score(d, LogisticRegression().fit(a[:, top], c).predict(b[:, top])))
"""
PER_USER = """
users = pd.DataFrame({"user": np.arange(240), "y": y})
sessions = pd.DataFrame({"user": np.repeat(np.arange(240), 6)})
sessions["minutes"] = X[sessions["user"], 0] + rng.normal(size=1440)
table = users.merge(sessions.groupby("user")["minutes"].mean().reset_index(), on="user", how="left")
a, b = train_test_split(table, random_state=0)
print(accuracy_score(b["y"], LogisticRegression().fit(a[["minutes"]], a["y"]).predict(b[["minutes"]])))
"""
WORDS_OF_A_TABLE = """
from sklearn.feature_extraction.text import HashingVectorizer
table = pd.DataFrame({"text": [f"{'late' if label else 'early'} number {n % 60}" for n, label in enumerate(y)], "kind": np.where(y, "p", "q")})
table["text"] = table["text"].str.lower()
words = HashingVectorizer(n_features=64).transform(table[COLUMN])
a, b, c, d = train_test_split(words, table["kind"], random_state=0)
print(accuracy_score(d, LogisticRegression().fit(a, c).predict(b)))
"""
DEFINED = """
table = pd.DataFrame(X, columns=list("abc"))
table["b"] = STEP
table["dear"] = (table["a"] + rng.normal(size=240) > table["a"].median()).astype(int)
train, test = table.iloc[:180].copy(), table.iloc[180:].copy()
def features(part):
    part = part.copy()
    part["b"] = part["b"].clip(lower=0)
    return part.drop(columns=["dear"])
print(accuracy_score(test["dear"], LogisticRegression().fit(features(train), train["dear"]).predict(features(test))))
"""
LOOKED_AT = """
table = pd.DataFrame(X, columns=list("abc")).assign(y=y)
table["far"] = (table["a"] - table["a"].mean()) / table["a"].std()
train, test = train_test_split(table, random_state=0)
scale = StandardScaler().fit(train[NAMES])
model = LogisticRegression().fit(scale.transform(train[NAMES]), train["y"])
print(accuracy_score(test["y"], model.predict(scale.transform(test[NAMES]))))
"""
BEFORE = """
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error
level = pd.Series(X[:, 0].cumsum(), name="level")
past = STEP.to_frame()
past, level = past[1:], level[1:]
print(mean_absolute_error(level[150:], LinearRegression().fit(past[:150], level[:150]).predict(past[150:])))
"""
POPPED = """
table = pd.DataFrame(X, columns=list("abc")).assign(y=y)
train, test = table[:180].copy(), table[180:].copy()
c, d = train.pop("y"), test.pop("y")
train["b"], test["b"] = FIRST, SECOND
print(accuracy_score(d, LogisticRegression().fit(train, c).predict(test)))
"""
DEFINED_IN_POLARS = """
table = pl.DataFrame({"a": rng.normal(size=240), "b": rng.normal(size=240)})
table = table.with_columns((pl.col("b") > pl.col("b").median()).alias("big"), more=OTHER).drop("b")
a, b, c, d = train_test_split(table.drop("big").to_numpy(), table["big"].to_numpy(), random_state=0)
print(accuracy_score(d, LogisticRegression().fit(a, c).predict(b)))
"""
ASSIGNED = """
first = pd.DataFrame(X, columns=list("abc"))
table = first.assign(dear=lambda each: (each["a"] > each["a"].median()).astype(int), far=lambda each: STEP)
a, b, c, d = train_test_split(table[["b", "far"]], table["dear"], random_state=0)
print(accuracy_score(d, LogisticRegression().fit(a, c).predict(b)))
"""
ALIASED = """
table = pl.DataFrame(X, schema=["a", "b", "c"])
table = table.with_columns((pl.col("a") > pl.col("a").median()).alias("dear"), (STEP).alias("far")).drop("a")
a, b, c, d = train_test_split(table.drop("dear").to_numpy(), table["dear"].to_numpy(), random_state=0)
print(accuracy_score(d, LogisticRegression().fit(a, c).predict(b)))
"""
FAULTS = {
    "a feature beside the label in one assign": ("P101", ASSIGNED.replace("STEP", 'each["b"] / each["b"].max()'), 3),
    "a feature beside the label under an alias": ("P101", ALIASED.replace("STEP", "pl.col('b') / pl.col('b').max()"), 3),
    "a statistic beside the label's in one polars call": ("P101", DEFINED_IN_POLARS.replace("OTHER", "pl.col('a') / pl.col('a').max()"), 3),
    "a column scaled by all rows, one among those scaled again": ("P101", LOOKED_AT.replace("NAMES", '["a", "far"]'), 3),
    "the target beside itself": ("D301", BEFORE.replace("STEP", "(level * 2)"), 5),
    "a feature made of a column that left the table": (
        "D301",
        POPPED.replace("FIRST", "c.astype(float)").replace("SECOND", "d.astype(float)"),
        5,
    ),
    "a statistic of all rows beside one that defines the label": ("P101", DEFINED.replace("STEP", 'table["b"] / table["b"].max()'), 3),
    "the label among the words": ("D301", WORDS_OF_A_TABLE.replace("COLUMN", '"kind"'), 3),
    "columns chosen by places that were not followed": ("P101", BY_PLACES.replace("TABLE", "wide").replace("LABEL", "y"), 4),
    "rows that a list is extended by": (
        "P103",
        EXTENDED.replace("FIRST", ADDED.replace("SOURCE", "X.tolist()").replace("LABELS", "y.tolist()")).replace("SECOND", ""),
        3,
    ),
    "texts drawn with replacement": ("P103", TEXTS.replace("MORE", "random.choices(texts, k=400)"), 5),
    "a threshold moved over a blend of scores": ("E103", SWEEP, 8),
    "tables stacked under keys": ("P101", KEYS.replace("STEP", 'both["b"] - both["b"].mean()'), 4),
    "columns chosen by an index that was not followed": ("P101", CHOSEN.replace("ROWS", "wide"), 4),
    "accuracy by hand of a rare class": ("E104", BY_MEAN.replace("RARE", "(X[:, 0] > 1.6).astype(int)"), 3),
    "near copies of one entity in folds at random": ("D303", FAMILIES.replace("SPLITTER", "KFold(4, shuffle=True, random_state=0)"), 5),
    "changed copies are a group": ("D303", COPIES, 2),
    "a threshold picked from a curve on the scored rows": ("E103", CUT + "print(f1_score(h, p >= cut))", 5),
    "a table read twice is one table": ("D304", TWICE.replace("FROM", "100"), 4),
    "a model by hand, standardised by all rows": ("P101", HAND.replace("ROWS", ":"), 3),
    "a look ahead inside a polars call": ("D302", AHEAD.replace("OTHER", "-1"), 4),
    "a search that nobody asks for its score": ("E101", SEARCH, 4),
    "folds made by hand": ("P102", BY_HAND.replace("STEP", "(X - X.mean(axis=0)) / X.std(axis=0)"), 3),
    "a scorer that asks for labels": ("E104", SCORER, 4),
    "a mean of the target over groups in polars": ("P104", OVER.replace("WORDS", "pl.col('y').mean().over('town').alias('rate')"), 2),
    "scores in deviations of all rows": ("P101", ZSCORE.replace("AXIS", "0"), 3),
    "folds in an enumerated loop": ("P102", FOLDS.replace("STEP", "StandardScaler().fit_transform(X)"), 2),
}
RIGHT = {
    "a label beside a feature in one assign": ("P101", ASSIGNED.replace("STEP", 'each["b"] / 2')),
    "a label beside a feature under an alias": ("P101", ALIASED.replace("STEP", "pl.col('b') / 2")),
    "a label cut at its median in a polars call": ("P101", DEFINED_IN_POLARS.replace("OTHER", "pl.col('a') / 2")),
    "a column for the eye, which the scaled ones do not hold": ("P101", LOOKED_AT.replace("NAMES", '["a", "b"]')),
    "the target of the step before under its own name": ("D301", BEFORE.replace("STEP", "level.shift(1)")),
    "a column filled after the target left the table": (
        "D301",
        POPPED.replace("FIRST", 'train["b"].fillna(0)').replace("SECOND", 'test["b"].fillna(0)'),
    ),
    "a statistic that defines the label": ("P101", DEFINED.replace("STEP", 'table["b"] / 2')),
    "words of one column of a table that holds the label": ("D301", WORDS_OF_A_TABLE.replace("COLUMN", '"text"')),
    "columns chosen by places, from the training rows": ("P101", BY_PLACES.replace("TABLE", "a").replace("LABEL", "c")),
    "a number for each user from the user's own sessions": ("P101", PER_USER),
    "training rows that a list is extended by": ("P103", EXTENDED.replace("FIRST", "").replace("SECOND", ADDED.replace("SOURCE", "a").replace("LABELS", "c"))),
    "texts drawn once each": ("P103", TEXTS.replace("MORE", "random.sample(texts, 200)")),
    "tables stacked under keys, of which one is learned from": ("P101", KEYS.replace("STEP", 'both["b"] - both.loc["train"]["b"].mean()')),
    "columns chosen by the training rows": ("P101", CHOSEN.replace("ROWS", "train")),
    "accuracy by hand of even classes": ("E104", BY_MEAN.replace("RARE", "y")),
    "near copies of one entity kept together": ("D303", FAMILIES.replace("SPLITTER", "GroupKFold(4)")),
    "keys repeated beside each other": ("P103", KEYED),
    "encodings out of fold by labels of the reset table": ("D203", OUT_OF_FOLD),
    "changed copies of the training rows": (
        "D303",
        ("a, b, c, d = train_test_split(X, y, random_state=0)\nbig = np.concatenate([a, a + rng.normal(0, 0.01, a.shape)])\n"
        "print(accuracy_score(d, LogisticRegression().fit(big, np.concatenate([c, c])).predict(b)))"),
    ),
    "a threshold picked on other rows": ("E103", CUT.replace("predict_proba(f)", "predict_proba(e)").replace("roc_curve(h", "roc_curve(g")
     + "print(f1_score(h, LogisticRegression().fit(a, c).predict_proba(f)[:, 1] >= cut))"),
    "two parts of a table read twice": ("D304", TWICE.replace("FROM", "160")),
    "a model by hand, standardised by its training rows": ("P101", HAND.replace("ROWS", "train")),
    "a look back inside a polars call": ("D302", AHEAD.replace("OTHER", "2")),
    "a search whose score is told": ("E101", SEARCH + "print(search.best_score_)\n"),
    "folds made by hand that scale for themselves": ("P102", BY_HAND.replace("STEP", "np.abs(X)")),
    "a scorer that asks for probabilities": ("E104", SCORER.replace("(roc_auc_score)", "(roc_auc_score, response_method='predict_proba')")),
    "a mean of another column over groups": ("P104", OVER.replace("WORDS", "pl.col('a').mean().over('town').alias('rate')")),
    "scores in deviations of each row": ("P101", ZSCORE.replace("AXIS", "1")),
    "folds that scale for themselves": ("P102", FOLDS.replace("STEP", "np.log1p(np.abs(X))")),
}  # fmt: skip


def found(folder, monkeypatch, code, text):
    """Lines, counted after the head, on which a rule of weight speaks."""
    monkeypatch.chdir(folder)
    settings = Settings(experiments=False, select=(code,))
    reading = Reading(trace=read_source("train.py", HEAD + text, folder=folder))
    findings = investigate(Case(trace_of(folder, HEAD + text), reading, settings), settings).findings
    return [each.subject.where.line - HEAD.count("\n") for each in findings if each.weight]


@pytest.mark.parametrize("name", list(FAULTS))
def test_the_fault_is_named_on_its_line(name, tmp_path, monkeypatch):
    """One finding, or several on the one line."""
    code, text, line = FAULTS[name]

    assert set(found(tmp_path, monkeypatch, code, text)) == {line}


@pytest.mark.parametrize("name", list(RIGHT))
def test_the_script_put_right_is_silent(name, tmp_path, monkeypatch):
    """The same shapes without the fault."""
    code, text = RIGHT[name]

    assert found(tmp_path, monkeypatch, code, text) == []
