"""Rows are followed exactly through what people do to tables; the truth rides along as a column of its own."""

from __future__ import annotations

import pytest

from cases.programs import events, positions, trace_of

HEAD = """
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, ShuffleSplit, TimeSeriesSplit, train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.utils import resample, shuffle

rng = np.random.default_rng(0)
df = pd.DataFrame({"row": np.arange(60), "a": rng.normal(size=60), "k": np.arange(60) % 4, "y": rng.normal(size=60)}, index=rng.permutation(60) + 100)
"""
TAIL = """
model = LinearRegression().fit(X, y)
print("ROWS", [int(each) for each in np.asarray(truth)])
"""
WAYS = {
    "mask": "d = df[df.a > 0]",
    "iloc slice": "d = df.iloc[10:50:3]",
    "iloc list": "d = df.iloc[[5, 3, 3, 9]]",
    "loc labels": "d = df.loc[df.index[[7, 2, 30]]]",
    "loc mask": "d = df.loc[df['a'] < 0.3, :]",
    "query": "low = 0.1\nd = df.query('a > @low')",
    "sort": "d = df.sort_values('a', ascending=False)",
    "sort and reset": "d = df.sort_values('a').reset_index(drop=True)[20:]",
    "sample": "d = df.sample(frac=0.5, random_state=3)",
    "dropna": "df.loc[df.index[4], 'a'] = np.nan\nd = df.dropna()",
    "duplicates": "d = df.drop_duplicates('k')",
    "concat": "d = pd.concat([df.iloc[40:], df.iloc[:5]], ignore_index=True)",
    "concat twice": "d = pd.concat([df, df.iloc[:20]]).reset_index(drop=True)",
    "merge": "other = pd.DataFrame({'k': [3, 1, 0], 'v': [1.0, 2.0, 3.0]})\nd = df.merge(other, on='k', how='inner')",
    "merge left": "other = pd.DataFrame({'k': [3, 1, 1], 'v': [1.0, 2.0, 3.0]})\nd = df.merge(other, on='k', how='left').fillna(0)",
    "in place": "d = df.copy()\nd.sort_values('a', inplace=True)\nd.drop(columns='k', inplace=True)\nd['z'] = d['a'] ** 2",
    "numpy": "d = df.to_numpy()[rng.permutation(60)[:30]]",
    "numpy mask": "d = df.values\nd = d[d[:, 1] > 0]",
    "numpy shuffle": "d = df.values.copy()\nrng.shuffle(d)",
    "numpy stack": "d = np.vstack([df.values[50:], df.values[:3]])",
    "numpy delete": "d = np.delete(df.values, [0, 5], axis=0)",
    "split": "d, rest = train_test_split(df, test_size=0.3, random_state=1)",
    "split of arrays": "d, rest = train_test_split(df.values, random_state=1, stratify=df.k)",
    "kfold": "for d_, rest in KFold(3, shuffle=True, random_state=0).split(df): d = df.iloc[d_]",
    "time split": "for d_, rest in TimeSeriesSplit(3).split(df): d = df.values[d_]",
    "shuffle": "d = shuffle(df, random_state=0)",
    "resample": "d = resample(df.values, n_samples=25, random_state=0)",
    "groups": "d = df.assign(m=df.groupby('k')['a'].transform('mean')).iloc[::2]",
    "through a file": "df.iloc[5:30].to_csv('part.csv', index=False)\nd = pd.read_csv('part.csv')",
    "array split": "d = np.array_split(df.values, 4)[2]",
    "c_": "d = np.c_[df.values, np.log1p(np.abs(df['a'].values))][::-1]",
    "function": "def part(frame):\n    return frame[frame['k'] != 2].reset_index()\nd = part(df).drop(columns='index')",
}


@pytest.mark.parametrize("way", WAYS, ids=list(WAYS))
def test_rows_are_followed_exactly(way, tmp_path, monkeypatch, capsys):
    """The rows that reach `fit` are those that the column 'row' names."""
    monkeypatch.chdir(tmp_path)
    picks = "\nX, y, truth = (d[:, [1, 2]], d[:, 3], d[:, 0]) if isinstance(d, np.ndarray) else (d[['a']], d['y'], d['row'])"
    trace = trace_of(tmp_path, HEAD + WAYS[way] + picks + TAIL)
    truth = eval(capsys.readouterr().out.split("ROWS")[1].strip())
    (fit,) = events(trace, "fit")

    assert positions(trace, fit, "X") == truth
    assert positions(trace, fit, "y") == truth


def test_labels_sorted_apart_are_seen_apart(tmp_path, monkeypatch):
    """X and y in different orders keep their own rows."""
    monkeypatch.chdir(tmp_path)
    trace = trace_of(tmp_path, HEAD + "y = df.sort_values('a')['y'].reset_index(drop=True)\nX, truth = df[['a']], [1]" + TAIL)
    (fit,) = events(trace, "fit")

    assert positions(trace, fit, "X") == list(range(60))
    assert positions(trace, fit, "y") != list(range(60))
    assert sorted(positions(trace, fit, "y")) == list(range(60))


def test_made_up_rows_are_a_source_of_their_own(tmp_path, monkeypatch):
    """SMOTE's rows have new numbers and know whose rows they were mixed from; repeated rows keep their numbers."""
    monkeypatch.chdir(tmp_path)
    text = """
    from imblearn.over_sampling import SMOTE, RandomOverSampler
    from sklearn.datasets import make_classification
    X, y = make_classification(200, weights=[0.8], random_state=0)
    A, b = SMOTE(random_state=0).fit_resample(X, y)
    C, d = RandomOverSampler(random_state=0).fit_resample(X, y)
    """
    trace = trace_of(tmp_path, text)
    smote, repeat = events(trace, "resample")
    made = next(source for source in trace.sources if source.kind == "synthetic")
    rows, repeated = trace.items[smote.wrote("X")].rows, trace.items[repeat.wrote("X")].rows

    assert rows[:200].tolist() == list(range(200))
    assert rows[200:].tolist() == list(range(made.first, made.first + made.n_rows))
    assert made.made_from == (smote.read("X"),)
    assert set(repeated.tolist()) == set(range(200))


def test_what_cannot_be_followed_is_told(tmp_path, monkeypatch):
    """Sorting in plain Python loses the rows, and the trace says where."""
    monkeypatch.chdir(tmp_path)
    text = HEAD + "X = np.array(sorted([v * 2] for v in df['a']))\ny = np.array(sorted(df['y']))\ntruth = [1]" + TAIL
    trace = trace_of(tmp_path, text)

    assert trace.followed[0] < trace.followed[1]
    assert [each.call for each in trace.lost if each.where is not None]
