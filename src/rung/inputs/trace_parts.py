"""What a `Trace` is made of, apart from its events: sources, items, estimators, splits, metrics. See `rung.inputs.trace`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Plain = str | int | float | bool | None
UNKNOWN = -1

Followed = Literal["origin", "followed", "buffer", "content", "row-hash", "paired", "unknown"]
SourceKind = Literal["file", "bundled", "generated", "literal", "synthetic", "aggregate", "unknown"]
EstimatorKind = Literal["classifier", "regressor", "transformer", "sampler", "clusterer", "search", "pipeline", "dummy", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A table that came in, or rows that were made up.

    first : global number of its row 0; row i is first + i.   name : path, or the call that made it.
    made_from : the items whose rows were mixed into each of these rows (synthetic, aggregate); empty for what came from outside.
    """

    id: int
    name: str
    kind: SourceKind
    first: int
    n_rows: int
    event: int
    made_from: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Excerpt:
    """A copy of some rows of an item, so that rules can look at values. All rows where there are at most 20,000.

    columns : name -> values, in the item's order ('x0', 'x1', ... for arrays; at most 300).   positions : int64 (k,), rows of the item, ascending.
    moments : (name, values) of a pandas index of dates, None for other labels.
    """

    positions: Rows
    columns: Mapping[str, NDArray[np.generic]]
    moments: tuple[str, NDArray[np.generic]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item:
    """One version of one object of the user's.

    kind : 'frame', 'series', 'array', 'sparse', 'index', 'list', 'groups' (a groupby).   name : variable or column name, '' unknown.
    columns, dtypes : as many as there are columns; empty for plain arrays.   digest : of shape and values, '' where not taken.
    rows : see above.   joined : for each merge on the way, the rows of the other table, aligned with `rows`.
    followed : how `rows` are known: 'origin' (a source itself), 'followed' (through recorded calls), 'buffer' (same memory as a known
    array), 'content' (equal to a known item), 'row-hash' (rows equal rows of a known table), 'paired' (a vector that was first used beside as
    many known rows, and so taken to belong to them), 'unknown'.   why_unknown : what lost them.
    index_labels : True where the pandas index is more than 0..n-1.   excerpt : copied values, None for most items.
    """

    id: int
    kind: str
    shape: tuple[int, ...]
    made_by: int
    name: str = ""
    columns: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    digest: str = ""
    rows: Rows | None = field(default=None, repr=False)
    joined: tuple[Rows, ...] = field(default=(), repr=False)
    followed: Followed = "unknown"
    why_unknown: str = ""
    index_labels: bool = False
    excerpt: Excerpt | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An item in a role of a call: the parameter's name ('self', 'X', 'y_true', 'eval_set[0].X'), or 'result', 'train[0]', 'test[0]'."""

    role: str
    item: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimator:
    """The estimator of a fit, transform, predict or score, as it was after the call.

    id : number of the object in this trace.   type_name : class.   library : 'sklearn', 'xgboost', 'imblearn', '__main__' ...
    parameters : plain constructor parameters.   steps : (path, class) of a pipeline's or column transformer's parts, in order.
    fitted : plain facts of the fit: n_iter_, max_iter, best_iteration, n_features_in_ ...   converged : False where it stopped at its limit.
    classes : as text, in the order of predict_proba.   features : names seen in fit.   chosen : names of those that its column transformers take, as far
    as they are told; None where it takes them all.
    random_state : as set ('None' where it draws from the global state), '' where it has none.
    """

    id: int
    type_name: str
    library: str
    kind: EstimatorKind
    parameters: Mapping[str, Plain] = field(default_factory=dict)
    steps: tuple[tuple[str, str], ...] = ()
    fitted: Mapping[str, float] = field(default_factory=dict)
    converged: bool | None = None
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    chosen: tuple[str, ...] | None = None
    random_state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """Statistics worked out over rows.

    statistic : 'mean', 'quantile', 'corr', 'groupby.mean', 'groupby.transform.mean', 'value_counts', 'qcut', 'fillna.mean' ...
    columns : those read.   by : group keys.
    values : the result where it is at most 50 numbers, else empty.   digest : of the result.
    """

    statistic: str
    columns: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    values: tuple[float, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fold:
    """One split. train, test : positions in the table split.   train_rows, test_rows : the same as global row numbers, None where unknown."""

    train: Rows
    test: Rows
    train_rows: Rows | None = None
    test_rows: Rows | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """How rows were parted. method : 'train_test_split', 'KFold' ...   folds : at most 20 are kept."""

    method: str
    folds: tuple[Fold, ...]
    shuffle: bool | None = None
    stratified: bool | None = None
    grouped: bool = False
    by_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a metric, or y of a fit, in brief.

    values : distinct ones as text, with their shares, where there are at most 20, ordered by value.   hard : as many distinct values as there are
    classes and all of them labels, so no scores.   prediction : event that made exactly these values, None if none did;
    column : which column of its result, None for all.   rounded : values are a prediction rounded or cut at a threshold (`prediction` is its event).
    equals_label_of : item of y with the same values (arguments swapped, or truth twice).
    """

    role: str
    n: int
    low: float | None = None
    high: float | None = None
    n_distinct: int = 0
    values: tuple[tuple[str, float], ...] = ()
    hard: bool = False
    numeric: bool = True
    prediction: int | None = None
    column: int | None = None
    rounded: bool = False
    equals_label_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A score as the script saw it. name : 'roc_auc_score', 'accuracy_score', 'RandomForestClassifier.score' ...   value : NaN where not one number."""

    name: str
    value: float
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a search chose. candidates : number tried.   best : chosen parameters.   scores : mean score of each candidate (<= 200)."""

    candidates: int
    best: Mapping[str, Plain]
    best_score: float
    scores: tuple[float, ...] = ()
    scoring: str = ""
