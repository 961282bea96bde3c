"""Draws by chance without a seed that can reach a score."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rung.core.marks import fact
from rung.inputs.trace import Event, Trace

# Learners whose fits differ from run to run; the others at most break ties by chance, or bear a fixed seed of their own.
DRAWS = re.compile(
    r"RandomForest|ExtraTrees|IsolationForest|^MLP|^SGD|Perceptron|PassiveAggressive|Bagging|^KMeans|MiniBatch|TSNE|UMAP|ShuffleSplit|SMOTE|ADASYN|"
    r"Sampler|RandomTrees|FastICA|TruncatedSVD|IterativeImputer|^RandomizedSearchCV|HalvingRandom|GaussianMixture|RandomizedPCA|TargetEncoder"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunSeeds:
    """draws : unseeded events that matter, splits first, one a place.   scored : whether the script scores anything afterwards."""

    trace: Trace
    draws: tuple[Event, ...]
    scored: bool


@fact(cost="instant")
def run_seeds(trace: Trace) -> RunSeeds:
    """Events with `seeded` False, before the last score."""
    scores = [each.id for each in trace.events if each.kind in ("metric", "score", "cross-validation", "search", "predict")]
    places: dict[object, Event] = {}
    for each in trace.events:
        if each.seeded is False and (not scores or each.id <= scores[-1]) and _matters(each):
            places.setdefault(each.where, each)
    order = {"split": 0, "sample": 1, "resample": 1}
    draws = sorted(places.values(), key=lambda each: (order.get(each.kind, 2), each.id))
    return RunSeeds(trace=trace, draws=tuple(draws), scored=bool(scores))


def _matters(event: Event) -> bool:
    return event.estimator is None or event.kind in ("split", "sample", "resample") or bool(DRAWS.search(event.estimator.type_name))
