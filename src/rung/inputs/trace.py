"""`Trace`: what a script did to its data, in order, as plain values. Written by `record/script/`, read by rules.

Two kinds of things are numbered. **Items** are versions of the user's tables, vectors and arrays: an object that is changed in
place becomes a new item, so an item never changes. **Events** are calls, in the order in which they began. An event reads items
and writes items; an item knows the event that made it. Walking back from an item (`made_by`, `reads`, `uses`) gives its history.

**Row identity.** Every loaded or made table is a `Source` and owns a range of whole numbers: row i of source s is `s.first + i`, so one
int64 names a row of the whole trace. `Item.rows[i]` says which source row the i-th row of the item is. It is -1 (`UNKNOWN`) for one row
and None for all when it could not be told: nothing is guessed. Row-preserving work (arithmetic, scaling, encoding) keeps the numbers.
Two items share a row of the world if their numbers meet, however the values were changed in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rung.core.finding import Where
from rung.inputs.trace_parts import Argument, Estimator, Item, Metric, Plain, Reduction, Search, Source, Split, Use

EventKind = Literal[
    "load",  # a table comes in: file, bundled set, generator (make_classification), or built from literals. writes: result
    "select",  # rows (and maybe columns) taken as they are: mask, slice, iloc, head, dropna, drop_duplicates, sort_values, reindex
    "sample",  # rows drawn by chance, perhaps repeatedly: df.sample, utils.resample, utils.shuffle, permutation. See `seeded`
    "merge",  # join; reads left, right. `Item.rows` follow the left table, `Item.joined` the right one
    "concat",  # tables stacked (settings axis=0) or set side by side (axis=1); reads parts[0], parts[1], ...
    "derive",  # row-preserving work: arithmetic, astype, map, apply, get_dummies, fillna with a value, clip, column selection
    "assign",  # columns or cells of `self` written; reads self (before) and value; writes self (after); `columns` names them
    "reduce",  # many rows to few numbers: mean, quantile, corr, value_counts, groupby, qcut, cut ... See `reduction`
    "split",  # train_test_split or a splitter's split(): reads the parts given, writes train[i], test[i]; see `split`
    "resample",  # a sampler's fit_resample: reads X, y; writes X, y; made-up rows belong to a source of kind 'synthetic'
    "fit",  # fit or partial_fit (settings partial=True), xgboost.train, lightgbm.train; reads X, y, eval_set[i].X, eval_set[i].y, groups
    "fit-transform",  # fit and transform (or fit_predict) in one; reads X, y; writes result
    "transform",  # fitted transformer applied; reads X; writes result; `uses` the fits in force
    "predict",  # predict, predict_proba (settings method=...), decision_function; reads X; writes result
    "score",  # estimator.score(X, y): reads X, y; value in `metric`
    "metric",  # a metric function; reads y_true and y_pred or y_score; see `metric`
    "search",  # fit of a search (GridSearchCV, RFECV, LogisticRegressionCV ...): reads X, y; `split` are its folds, `search` its result
    "cross-validation",  # cross_val_score, cross_validate, cross_val_predict, learning_curve; reads X, y; `split` are its folds
    "dump",  # pickle, joblib, to_csv ...: reads object; settings path
    "load-model",  # an estimator read from a file; settings path
    "seed",  # a global seed set: np.random.seed, random.seed, torch.manual_seed; settings target, value
    "warning",  # a warning was raised; settings category, message, swallowed (a filter of the script hid it)
    "silence",  # the script hides warnings: warnings.filterwarnings / simplefilter('ignore'); settings action, category, message
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One call.

    id : place in `Trace.events`.   call : 'pandas.DataFrame.merge', 'sklearn.preprocessing.StandardScaler.fit'.
    where : the user's line that made the call (for inner calls: that of the outermost).   code : text of that line.
    depth : 0 for the user's own call; a pipeline's fit has depth 0, its steps' fits depth 1 with `parent` the pipeline's event.
    function : name of the user's function that the line is in, '<module>' for top level.
    uses : earlier events whose *numbers* entered here: fits in force of the estimator that transforms or predicts; reductions whose
    result was subtracted, filled in, mapped or merged.   columns : columns concerned (written, dropped, filled, selected).
    settings : the call's plain arguments.   seeded : False where chance was drawn with neither a seed of its own nor a global one set
    before; None where no chance is involved.   labels : y of a fit or search in brief.   raised : class of the exception that left the call, ''.
    times : how often the same line made the same call with the same items (loops are folded after 200 repeats).
    """

    id: int
    kind: EventKind
    call: str
    where: Where | None
    code: str = ""
    depth: int = 0
    parent: int | None = None
    function: str = "<module>"
    reads: tuple[Use, ...] = ()
    writes: tuple[Use, ...] = ()
    uses: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    settings: Mapping[str, Plain] = field(default_factory=dict)
    estimator: Estimator | None = None
    reduction: Reduction | None = None
    split: Split | None = None
    metric: Metric | None = None
    search: Search | None = None
    labels: Argument | None = None
    seeded: bool | None = None
    raised: str = ""
    times: int = 1

    def read(self, role: str) -> int | None:
        """The item read in this role, None where there is none."""
        return next((use.item for use in self.reads if use.role == role), None)

    def wrote(self, role: str = "result") -> int | None:
        """The item written in this role, None where there is none."""
        return next((use.item for use in self.writes if use.role == role), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Where row identity ended. item : the item whose rows are unknown.   call : the event's call that needed them.   why : what cut the thread."""

    item: int
    event: int
    where: Where | None
    call: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Source of the user's code that took part. cells : first line of each notebook cell in `text`, empty for a plain file."""

    path: str
    text: str
    cells: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """How the script ended. code : exit code.   exception : class name, '' if none.   where : the user's line that raised."""

    code: int = 0
    exception: str = ""
    message: str = ""
    where: Where | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trace:
    """What a script did. `events[i].id == i`, `items[i].id == i`, `sources[i].id == i`.

    scripts : the user's files that took part, the main one first.   lost : coverage: what could not be followed.
    followed : (events whose rows are all known, events that need rows).   notes : what was not observed ('2 joblib workers were not followed').
    versions : library -> version.   seconds : wall time of the script.   counted : False where the script was read, not run: rows are
    symbols, so that their numbers say nothing.
    """

    scripts: tuple[Script, ...]
    events: tuple[Event, ...]
    items: tuple[Item, ...] = ()
    sources: tuple[Source, ...] = ()
    lost: tuple[Lost, ...] = ()
    followed: tuple[int, int] = (0, 0)
    exit: Exit = field(default_factory=Exit)
    notes: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    seconds: float = 0.0
    counted: bool = True
