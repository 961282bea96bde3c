"""What learned from rows that were scored later: for every score, the fits, statistics and resamplings behind its features that read held rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rung.core.marks import fact
from rung.facts.run_history import MASKS, RunHistory
from rung.facts.run_scorings import Scoring, Scorings
from rung.facts.schema import TIME_NAMES
from rung.inputs.trace import Event
from rung.inputs.trace_parts import Rows

# Work on each row by itself, or that learns names only.
STATELESS = re.compile(
    r"^(FunctionTransformer|Normalizer|Binarizer|PolynomialFeatures|HashingVectorizer|FeatureHasher|SplineTransformer\b.*)$"
)
NAMES_ONLY = re.compile(r"^(LabelEncoder|OneHotEncoder|OrdinalEncoder|LabelBinarizer|MultiLabelBinarizer|DictVectorizer)$")
# Statistics that move no value of a feature: counts of missing values, sizes, names, positions in time.
HARMLESS = re.compile(
    r"(^|\.)(isna|isnull|notna|count|nunique|size|len|any|all|dtypes|unique|shift|diff|cum\w+|rolling.*|expanding.*|ewm.*|first|last|head|tail|cumcount|ngroup)$"
)
TIMED = re.compile(r"(^|\.)(rolling|expanding|ewm|shift|diff|cum)")
PAST = re.compile(r"\.(shift|rolling|expanding|ewm|cum\w+)\(")  # within a function handed to a groupby
SUPERVISED = re.compile(r"Select|RFE|TargetEncoder|LeaveOneOut|CatBoostEncoder|JamesStein|WOE|MEstimate|Glmm|LinearDiscriminant|PLS|Boruta")
TARGET_ENCODER = re.compile(r"TargetEncoder|LeaveOneOutEncoder|CatBoostEncoder|JamesStein|WOEEncoder|MEstimate|Glmm")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """An event that learned from rows, behind the features of a score.

    event : the fit, statistic, or resampling.   scoring : the score.   kind : what it is.   rows : the rows it read.
    seen : rows scored among them.   of_fit : rows fitted on among them.   in_fit, in_scored : whether its result is in the matrix fitted, scored.
    target : whether it used the target.   chosen : whether it only chose rows.
    """

    event: Event
    scoring: Scoring
    kind: str
    rows: Rows
    seen: Rows
    of_fit: Rows
    in_fit: bool
    in_scored: bool
    target: bool
    chosen: bool = False

    @property
    def name(self) -> str:
        """What a person would call it: a class, or a statistic."""
        if self.event.estimator is not None:
            return self.event.estimator.type_name
        return self.event.reduction.statistic if self.event.reduction is not None else self.event.call.rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunLearning:
    """Everything learned behind every score, in order of the acts."""

    scorings: Scorings
    learned: tuple[Learned, ...]

    def foreseen(self, kinds: tuple[str, ...]) -> tuple[Learned, ...]:
        """Those of these kinds that read rows scored later, together with rows fitted on."""
        return tuple(each for each in self.learned if each.kind in kinds and len(each.seen) and len(each.of_fit))


@fact(cost="instant")
def run_learning(scorings: Scorings) -> RunLearning:
    """Walk back from the matrices of every score."""
    apart = [each for each in scorings.scorings if each.honest or (len(each.shared) and each.x != each.x_fit)]
    found = [each for scoring in apart for each in _behind(scorings.history, scoring)]
    return RunLearning(scorings=scorings, learned=tuple(sorted(found, key=lambda each: each.event.id)))


def _behind(history: RunHistory, scoring: Scoring) -> Iterator[Learned]:
    labels = frozenset(target_names(history, scoring))
    fitted = {each.event: each.chosen for each in history.behind(scoring.x_fit, without=labels)}
    scored = {each.event: each.chosen for each in history.behind(scoring.x, without=labels)}
    last = scoring.fit.id if scoring.folds and scoring.fit else scoring.event.id
    for number in sorted(set(fitted) | set(scored)):
        event = history.trace.events[number]
        kind = kind_of(event) or _repeats(history, event)
        item = _learned_from(event)
        rows = history.rows(item) if kind and number < last else None
        if rows is None or event.depth or event is scoring.fit:
            continue
        rows = np.unique(rows)
        # Copies of scored rows among those fitted are no held rows any more; what made the copies read them all the same.
        looked_at = scoring.scored if kind in ("resample", "repeat") else scoring.held
        yield Learned(
            event=event, scoring=scoring, kind=kind, rows=rows, seen=np.intersect1d(rows, looked_at),
            of_fit=np.intersect1d(rows, scoring.fitted), in_fit=number in fitted, in_scored=number in scored,
            target=_uses_target(history, event, scoring), chosen=fitted.get(number, True) and scored.get(number, True),
        )  # fmt: skip


def _repeats(history: RunHistory, event: Event) -> str:
    """'repeat' for rows taken or stacked more than once, 'stacked' for tables that share some rows, 'joined' for a merge that multiplies them."""
    if event.kind not in ("sample", "select", "concat", "merge"):
        return ""
    made = history.rows(next((use.item for use in event.writes), None))
    if made is None or len(np.unique(made)) == len(made):
        return ""
    before = [rows for use in event.reads if use.role not in MASKS and (rows := history.rows(use.item)) is not None]
    if any(len(np.unique(rows)) < len(rows) for rows in before[:1]) and event.kind != "concat":
        return ""
    if event.kind == "concat" and _partly_shared(before):
        return "stacked"
    return "joined" if event.kind == "merge" else "repeat"


def _partly_shared(parts: list[Rows]) -> bool:
    """Whether every part holds rows that no other has, and none holds a row twice: tables that meet, no copies of rows."""
    kinds = [np.unique(each) for each in parts]
    if len(parts) < 2 or any(len(kind) < len(each) for kind, each in zip(kinds, parts, strict=True)):
        return False
    counts = dict(zip(*np.unique(np.concatenate(kinds), return_counts=True), strict=True))
    return all(any(counts[row] == 1 for row in kind.tolist()) for kind in kinds)


def kind_of(event: Event) -> str:
    """'transform', 'names', 'statistic', 'group-statistic', 'resample', 'model', or '' for what learns nothing."""
    if event.kind in ("fit", "fit-transform") and event.estimator is not None:
        name = event.estimator.type_name
        if event.estimator.kind == "transformer" or event.kind == "fit-transform":
            return "" if STATELESS.match(name) else "names" if NAMES_ONLY.match(name) else "transform"
        return (
            "transform"
            if event.estimator.kind in ("clusterer", "pipeline")
            else "model"
            if event.estimator.kind in ("classifier", "regressor")
            else "transform"
        )
    if event.kind == "reduce" and event.reduction is not None:
        name, columns = event.reduction.statistic, event.reduction.columns
        if name in ("min", "max") and columns and all(TIME_NAMES.search(each) for each in columns):
            return ""  # the day from which days are counted
        if (
            all(HARMLESS.search(each) for each in name.split("+"))
            or TIMED.search(name)
            or (name.startswith("groupby") and PAST.search(event.code))
        ):
            return ""
        return "group-statistic" if event.reduction.by or name.startswith("groupby") else "statistic"
    # A metric behind features ranked them: `roc_auc_score(y, X[name])` for every name.
    return event.kind if event.kind == "resample" else "statistic" if event.kind == "metric" else ""


def _learned_from(event: Event) -> int | None:
    return next(
        (item for role in ("X", "self", "left", "a", "values", "x", "object") if (item := event.read(role)) is not None), None
    ) or next((use.item for use in event.reads), None)


def _uses_target(history: RunHistory, event: Event, scoring: Scoring) -> bool:
    if event.estimator is not None:
        return bool(SUPERVISED.search(event.estimator.type_name)) and event.read("y") is not None
    if event.reduction is None:
        return event.kind == "metric"
    names = target_names(history, scoring)
    statistic = event.reduction.statistic
    if statistic.startswith("association."):
        other = history.item(event.read("other"))
        return other is not None and (not (other.name or other.columns) or bool(names & {other.name, *other.columns}))
    # A mean of every column holds that of the target too, and gives nothing of it away: only a statistic by group, or an association, does.
    by_group = bool(event.reduction.by) or statistic.startswith("groupby")
    return (by_group and bool(names & set(event.reduction.columns)) and not (names & set(event.reduction.by))) or (
        "corr" in statistic and bool(names & _columns(history, event))
    )


def _columns(history: RunHistory, event: Event) -> set[str]:
    return {name for use in event.reads for name in (*history.trace.items[use.item].columns, history.trace.items[use.item].name) if name}


def target_names(history: RunHistory, scoring: Scoring) -> set[str]:
    """Names that the labels bear, as a column or a series."""
    found: set[str] = set()
    for number in (scoring.y, scoring.y_fit):
        item = history.item(number)
        if item is not None:
            found |= {item.name} if item.name else set(item.columns) if len(item.columns) == 1 else set()
            found |= _ancestor_names(history, number)
    return found - {""}


def _ancestor_names(history: RunHistory, number: int | None) -> set[str]:
    """The name that labels bore before they became a plain array."""
    for _ in range(12):
        item = history.item(number)
        maker = history.trace.events[item.made_by] if item is not None and 0 <= item.made_by < len(history.trace.events) else None
        if item is None or maker is None:
            return set()
        if item.name:
            return {item.name}
        role = next((use.role for use in maker.writes if use.item == item.id), "")
        place = role[role.find("[") :] if "[" in role else ""
        wanted = [use.item for use in maker.reads if use.item != number and (use.role == "y" or not place or use.role.endswith(place))]
        number = wanted[0] if wanted else None
    return set()
