"""Traces written by hand: what the recorder would say of short scripts, without running them."""

from __future__ import annotations

import numpy as np

from rung.core.finding import Where
from rung.inputs.trace import Event, Script, Trace
from rung.inputs.trace_parts import Argument, Estimator, Fold, Item, Metric, Source, Split, Use

FILE = "train.py"


class Sketch:
    """Builds a trace line by line; each method adds one event on the next line and returns the items it wrote."""

    def __init__(self, text: str = "") -> None:
        self.text, self.events, self.items, self.sources = text, [], [], []

    def event(self, kind, call, *, reads=(), writes=(), **rest) -> Event:
        """Add an event; reads and writes are pairs (role, item)."""
        number = len(self.events)
        rest = {"where": Where(file=FILE, line=number + 1)} | rest
        uses = {"reads": tuple(Use(role=r, item=i.id) for r, i in reads), "writes": tuple(Use(role=r, item=i.id) for r, i in writes)}
        self.events.append(Event(id=number, kind=kind, call=call, **uses, **rest))
        return self.events[-1]

    def item(self, rows, kind="frame", **rest) -> Item:
        """Add an item that the next event makes."""
        rows = None if rows is None else np.asarray(rows, dtype=np.int64)
        rest = {"shape": (0 if rows is None else len(rows), 1), "followed": "unknown" if rows is None else "followed"} | rest
        self.items.append(Item(id=len(self.items), kind=kind, made_by=len(self.events), rows=rows, **rest))
        return self.items[-1]

    def load(self, n=100, name="data.csv", columns=("a", "b", "y")) -> Item:
        """A file of n rows, global rows from where the last source ended."""
        first = sum(each.n_rows for each in self.sources)
        self.sources.append(Source(id=len(self.sources), name=name, kind="file", first=first, n_rows=n, event=len(self.events)))
        table = self.item(np.arange(first, first + n), shape=(n, len(columns)), columns=columns, followed="origin")
        self.event("load", "pandas.read_csv", writes=[("result", table)], settings={"path": name})
        return table

    def fit(self, estimator, X, y=None, kind="fit") -> Event:
        """estimator.fit(X, y)."""
        reads = [("X", X)] + ([("y", y)] if y is not None else [])
        return self.event(kind, f"sklearn.{estimator.type_name}.fit", reads=reads, estimator=estimator)

    def trace(self, **rest) -> Trace:
        """The trace so far."""
        scripts = (Script(path=FILE, text=self.text),)
        return Trace(scripts=scripts, events=tuple(self.events), items=tuple(self.items), sources=tuple(self.sources), **rest)


SCALER = Estimator(id=0, type_name="StandardScaler", library="sklearn", kind="transformer")
LOGISTIC = Estimator(id=1, type_name="LogisticRegression", library="sklearn", kind="classifier", classes=("0", "1"), random_state="None")


def scaled_before_split() -> Trace:
    """A scaler fitted on all rows, then the split: preprocessing-leakage at line 3."""
    sketch = Sketch()
    table = sketch.load()
    X, y = sketch.item(table.rows, columns=("a", "b")), sketch.item(table.rows, kind="series", name="y")
    sketch.event("derive", "pandas.DataFrame.drop", reads=[("self", table)], writes=[("result", X), ("y", y)], columns=("y",))
    scaled = sketch.item(table.rows, kind="array")
    sketch.event("fit-transform", "sklearn.StandardScaler.fit_transform", reads=[("X", X)], writes=[("result", scaled)], estimator=SCALER)
    return _split_fit_score(sketch, scaled, y)


def scaled_after_split() -> Trace:
    """The corrected twin: the scaler is fitted on the training rows and applied to both parts."""
    sketch = Sketch()
    table = sketch.load()
    X, y = sketch.item(table.rows, columns=("a", "b")), sketch.item(table.rows, kind="series", name="y")
    sketch.event("derive", "pandas.DataFrame.drop", reads=[("self", table)], writes=[("result", X), ("y", y)], columns=("y",))
    return _split_fit_score(sketch, X, y, scale=True)


def _split_fit_score(sketch: Sketch, X: Item, y: Item, *, scale: bool = False) -> Trace:
    order = np.random.default_rng(0).permutation(len(X.rows))
    fold = Fold(train=order[:75], test=order[75:], train_rows=X.rows[order[:75]], test_rows=X.rows[order[75:]])
    parts = [sketch.item(each.rows[which], kind=each.kind) for which in (order[:75], order[75:]) for each in (X, y)]
    X_train, y_train, X_test, y_test = parts
    sketch.event(
        "split",
        "sklearn.model_selection.train_test_split",
        reads=[("arrays[0]", X), ("arrays[1]", y)],
        writes=[("train[0]", X_train), ("train[1]", y_train), ("test[0]", X_test), ("test[1]", y_test)],
        split=Split(method="train_test_split", folds=(fold,), shuffle=True, stratified=False),
        seeded=True,
    )
    if scale:
        X_train, X_test = _scaled(sketch, X_train, X_test)
    fit = sketch.fit(LOGISTIC, X_train, y_train)
    predicted = sketch.item(X_test.rows, kind="array")
    ask = sketch.event(
        "predict",
        "sklearn.LogisticRegression.predict",
        reads=[("X", X_test)],
        writes=[("result", predicted)],
        uses=(fit.id,),
        estimator=LOGISTIC,
    )
    truth = Argument(role="y_true", n=25, low=0, high=1, n_distinct=2, values=(("0", 0.6), ("1", 0.4)), hard=True)
    guess = Argument(role="y_pred", n=25, low=0, high=1, n_distinct=2, values=(("0", 0.6), ("1", 0.4)), hard=True, prediction=ask.id)
    metric = Metric(name="accuracy_score", value=0.84, arguments=(truth, guess))
    sketch.event("metric", "sklearn.metrics.accuracy_score", reads=[("y_true", y_test), ("y_pred", predicted)], metric=metric)
    return sketch.trace()


def _scaled(sketch: Sketch, X_train: Item, X_test: Item) -> tuple[Item, Item]:
    train, test = sketch.item(X_train.rows, kind="array"), None
    fit = sketch.event(
        "fit-transform", "sklearn.StandardScaler.fit_transform", reads=[("X", X_train)], writes=[("result", train)], estimator=SCALER
    )
    test = sketch.item(X_test.rows, kind="array")
    sketch.event(
        "transform",
        "sklearn.StandardScaler.transform",
        reads=[("X", X_test)],
        writes=[("result", test)],
        uses=(fit.id,),
        estimator=SCALER,
    )
    return train, test
