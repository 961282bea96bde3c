"""Rows are followed through Python lists: texts, records, pairs; each text tells its own row."""

from __future__ import annotations

import numpy as np
import pytest

from cases.programs import events, positions, trace_of

HEAD = """
import random
import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, train_test_split

texts = []
for number in range(60):
    texts.append(f"word{number} row{number}")
labels = [number % 2 for number in range(60)]
vec = CountVectorizer(token_pattern="row\\\\d+").fit(texts)
rng = np.random.default_rng(0)
"""
TAIL = """
fit = LogisticRegression().fit(vec.transform(part), [int(each.split("row")[1]) % 3 % 2 for each in part])
print("ROWS", [int(each.split("row")[1]) for each in part])
"""
WAYS = {
    "all": "part = texts",
    "slice": "part = texts[10:50]",
    "slice by steps": "part = texts[::-2]",
    "comprehension": "part = [each.upper().lower() for each in texts][5:]",
    "condition": "part = [each for each in texts if each.endswith(('1', '2', '3', '4', '5'))]",
    "places": "order = rng.permutation(60)[:30]\npart = [texts[i] for i in order]",
    "enumerated places": "for fold, (train, test) in enumerate(KFold(3, shuffle=True, random_state=0).split(texts)):\n    part = [texts[i] for i in train]",
    "split": "part, rest = train_test_split(texts, random_state=0)",
    "split with labels": "part, rest, y, z = train_test_split(texts, labels, random_state=0, stratify=labels)",
    "shuffle": "random.seed(1)\nrandom.shuffle(texts)\npart = texts[:40]",
    "own generator": "random.Random(3).shuffle(texts)\npart = texts[20:]",
    "numpy shuffle": "rng.shuffle(texts)\npart = texts[20:]",
    "sample": "part = random.Random(0).sample(texts, 30)",
    "pairs": "pairs = list(zip(texts, labels))\nrandom.Random(2).shuffle(pairs)\npart = [text for text, _ in pairs][:45]",
    "records": "records = [{'text': each, 'y': 1} for each in texts]\npart = [each['text'] for each in records[15:]]",
    "joined": "part = texts[40:] + texts[:20]",
    "array": "part = np.array(texts)[rng.permutation(60)[:25]]",
    "series": "part = pd.Series(texts).sample(30, random_state=0).tolist()",
    "frame": "part = pd.DataFrame({'text': texts, 'y': labels}).sort_values('text')['text'].iloc[:30].tolist()",
    "function": "def clean(each):\n    return [one.strip() for one in each]\npart = clean(texts[3:])",
}


@pytest.mark.parametrize("way", WAYS, ids=list(WAYS))
def test_rows_of_texts_are_followed_exactly(way, tmp_path, monkeypatch, capsys):
    """The rows that reach `transform` are those that the texts name."""
    monkeypatch.chdir(tmp_path)
    trace = trace_of(tmp_path, HEAD + WAYS[way] + TAIL)
    truth = eval(capsys.readouterr().out.split("ROWS")[1].strip())

    assert positions(trace, events(trace, "transform")[-1], "X") == truth
    assert positions(trace, events(trace, "fit", "Logistic")[-1], "X") == truth


def test_rows_of_a_sparse_matrix_are_followed(tmp_path, monkeypatch):
    """A matrix of counts, taken by places."""
    monkeypatch.chdir(tmp_path)
    text = (
        HEAD
        + "X = vec.transform(texts)\nplaces = np.array([5, 3, 40, *range(10, 35)])\nLogisticRegression().fit(X[places], np.array(labels)[places])"
    )
    trace = trace_of(tmp_path, text)

    assert positions(trace, events(trace, "fit", "Logistic")[-1], "X") == [5, 3, 40, *range(10, 35)]


def test_numbers_that_only_count_are_no_rows(tmp_path, monkeypatch):
    """Slices of places and of names make no table of their own."""
    monkeypatch.chdir(tmp_path)
    text = (
        HEAD
        + "order = list(range(60))\nfirst = order[:30]\nwidths = [each * 2 for each in range(40)]\npart = [texts[i] for i in first]"
        + TAIL
    )
    trace = trace_of(tmp_path, text)

    assert len(trace.sources) == 1
    assert positions(trace, events(trace, "transform")[-1], "X") == list(range(30))


def test_a_loop_over_folds_of_an_array_is_followed(tmp_path, monkeypatch):
    """`for fold, (train, test) in enumerate(...)` takes rows by places, not one row by a count."""
    monkeypatch.chdir(tmp_path)
    text = (
        HEAD
        + """
X, y = rng.normal(size=(60, 3)), np.array(labels)
for fold, (train, test) in enumerate(KFold(3).split(X)):
    LogisticRegression().fit(X[train], y[train])
"""
    )
    trace = trace_of(tmp_path, text)
    fits = events(trace, "fit", "Logistic")

    assert [len(positions(trace, each, "X")) for each in fits] == [40, 40, 40]


def test_tiled_rows_keep_their_numbers(tmp_path, monkeypatch):
    """np.tile repeats the table."""
    monkeypatch.chdir(tmp_path)
    text = HEAD + "X = rng.normal(size=(60, 3))\nbig, y = np.tile(X, (2, 1)), np.tile(labels, 2)\nLogisticRegression().fit(big, y)"
    trace = trace_of(tmp_path, text)

    assert np.array_equal(np.array(positions(trace, events(trace, "fit", "Logistic")[-1], "X")) % 60, np.tile(np.arange(60), 2))


def test_comprehensions_do_what_they_did(tmp_path, monkeypatch, capsys):
    """Starred arguments, names that are never looked up, iterators, errors: all as without rung."""
    monkeypatch.chdir(tmp_path)
    text = """
import numpy
rows = [(number, number % 3) for number in range(40)]
columns = [list(each) for each in zip(*rows)]
walk = iter(columns[0])
def taken(places):
    return [never_defined[each] for each in places]
print(len(columns), [each for each in walk][:3], list(walk), taken([]), [[a * b for a in (1, 2)] for b in (3, 4)])
try:
    taken([1])
except NameError as error:
    print(error)
"""
    trace_of(tmp_path, text)

    assert capsys.readouterr().out == "2 [0, 1, 2] [] [] [[3, 6], [4, 8]]\nname 'never_defined' is not defined\n"
