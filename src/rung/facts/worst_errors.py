"""The errors the model was surest of: sorted, explained by what training and the other test rows say of them, and grouped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rung.core.marks import fact
from rung.facts.matrix import Matrix
from rung.facts.neighbours import Space, space_of
from rung.facts.own_model import OwnScores
from rung.facts.sample import row_keys
from rung.facts.score import FoldScores
from rung.facts.scored import Scored, ScoredFeatures
from rung.facts.standing import Standing
from rung.inputs.settings import Settings
from rung.stats.intervals import Interval, wilson
from rung.stats.label_noise import NoiseFloor, noise_floor

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Kind = Literal["label error", "out of distribution", "ambiguous", "systematic"]
KINDS: tuple[Kind, ...] = ("label error", "out of distribution", "ambiguous", "systematic")
MAX_TRAIN, MAX_OTHERS, MAX_ERRORS, NEAR = 6_000, 4_000, 300, 15
SURE = 0.7  # confidence in the wrong class from which an error is looked at; numbers: the largest twentieth of the residuals
FAR = 0.99  # of the training rows' own distances, beyond which a row lies outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for which kind, for each error; shape (n,) each.

    distance : to the training rows, in units of the distance that 99 % of them keep.   outside : numbers beyond the range of training, or unknown levels.
    given, called : share of near training rows (and belief of a model fitted on them) that say the given label, the called one.
    company : share of near scored rows with the same mistake.
    """

    distance: Floats
    outside: Ints
    given: Floats
    called: Floats
    company: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstErrors:
    """Errors sorted, worst first.

    places : places in `Scored`.   sure : confidence in the wrong class, or residual over its usual size.   kinds : one a row.   evidence : why.
    floor : classes: share of errors that stays however sure the model is.   n_errors : all errors; n : scored rows.
    groups : group number a row, -1 for none; empty where two starts do not agree on groups.   n_sure, expected : rows the model is sure of
    (confidence from 0.9 on) with the errors among them that its own probabilities predict; n_sure_wrong : those seen.   elsewhere : share of wrong rows
    among those that clones are as sure of, out of fold in training; None where the model cannot be fitted again.
    """

    places: Ints
    sure: Floats
    kinds: tuple[Kind, ...]
    evidence: Evidence
    floor: NoiseFloor | None
    groups: Ints
    agreement: float
    n_errors: int
    n: int
    n_sure: int
    n_sure_wrong: int
    expected: float
    elsewhere: Interval | None

    def share(self, kind: Kind) -> float:
        """Share of this kind among the errors looked at."""
        return self.kinds.count(kind) / len(self.kinds) if self.kinds else 0.0


@fact(cost="pass")
def worst_errors(
    scored: Scored, features: ScoredFeatures, matrix: Matrix, standing: Standing | None, own: OwnScores | None, settings: Settings
) -> WorstErrors:
    """Look at the 300 surest errors at most; there may be none."""
    places, sure, n_errors = _sorted(scored)
    chosen = places[:MAX_ERRORS]
    columns = len(matrix.names)
    train = np.sort(np.argsort(row_keys(matrix.rows, 71), kind="stable")[:MAX_TRAIN])
    space = space_of(matrix.x[train], matrix.categorical)
    evidence = _evidence(scored, features.x[:, :columns], chosen, space, matrix, train, standing)
    kinds = tuple(_kind(evidence, place) for place in range(len(chosen)))
    groups, agreement = _groups(space.placed(features.x[chosen, :columns]), settings.seed)
    p = scored.confidence
    firm = p >= 0.9 if p is not None else np.zeros(scored.n, dtype=bool)
    return WorstErrors(
        places=chosen,
        sure=sure[:MAX_ERRORS],
        kinds=kinds,  # pyright: ignore[reportArgumentType]
        evidence=evidence,
        floor=_floor(scored),
        groups=groups,
        agreement=agreement,
        n_errors=n_errors,
        n=scored.n,
        n_sure=int(firm.sum()),
        n_sure_wrong=int((firm & scored.wrong).sum()) if scored.target.is_classification else 0,
        expected=float((1 - p[firm]).sum()) if p is not None else float("nan"),
        elsewhere=_elsewhere(own.result, scored) if own is not None and p is not None else None,
    )


def _sorted(scored: Scored) -> tuple[Ints, Floats, int]:
    """Errors by falling confidence; without probabilities in table order. Numbers: by residual over the usual residual."""
    if not scored.target.is_classification:
        size = np.abs(scored.residual)
        usual = float(np.median(size)) or float(size.mean()) or 1.0
        order = np.argsort(-size, kind="stable")[: max(1, scored.n // 20)]
        return order, size[order] / usual, len(order)
    wrong = np.flatnonzero(scored.wrong)
    confidence = scored.confidence
    if confidence is None:
        return wrong, np.full(len(wrong), np.nan), len(wrong)
    order = wrong[np.argsort(-confidence[wrong], kind="stable")]
    order = order[confidence[order] >= SURE]
    return order, confidence[order], len(wrong)


def _floor(scored: Scored) -> NoiseFloor | None:
    if scored.confidence is None:
        return None
    p = np.clip(scored.confidence, 1e-6, 1 - 1e-6)
    return noise_floor(np.log(p / (1 - p)), scored.wrong)  # pyright: ignore[reportArgumentType]


def _elsewhere(result: FoldScores, scored: Scored) -> Interval | None:
    p = result.prediction
    if p.ndim == 1:
        p = np.column_stack([1 - p, p] if scored.target.positive == 1 else [p, 1 - p])
    known = np.isfinite(p).all(axis=1)
    firm = known & (p.max(axis=1) >= 0.9)
    wrong = p.argmax(axis=1) != result.y
    return wilson(int((firm & wrong).sum()), int(firm.sum())) if firm.sum() >= 30 else None


def _evidence(scored: Scored, x: Floats, chosen: Ints, space: Space, matrix: Matrix, train: Ints, standing: Standing | None) -> Evidence:
    if not len(chosen):
        none = np.empty(0)
        return Evidence(distance=none, outside=np.empty(0, dtype=np.int64), given=none, called=none, company=none)
    near, distance = space.nearest(x[chosen], NEAR)
    given, called = _beliefs(scored, chosen, matrix.y[train][near], standing)
    others = np.sort(np.argsort(row_keys(scored.rows, 72), kind="stable")[:MAX_OTHERS])
    company = _company(scored, x, chosen, others, space)
    unknown = np.isnan(x[chosen]) & matrix.categorical & ~np.isnan(matrix.x[train]).any(axis=0)
    low, high = space.ends
    reach = 0.1 * np.maximum(high - low, 1e-12)
    beyond = ~matrix.categorical & ((x[chosen] < low - reach) | (x[chosen] > high + reach))
    return Evidence(
        distance=distance[:, :5].mean(axis=1) / max(space.usual(FAR, 5), 1e-12),
        outside=(unknown | beyond).sum(axis=1).astype(np.int64),
        given=given,
        called=called,
        company=company,
    )


def _beliefs(scored: Scored, chosen: Ints, near_y: Floats, standing: Standing | None) -> tuple[Floats, Floats]:
    """Mean of two voices for the given and for the called label: near training rows, and rung's boosted trees fitted on training."""
    y, labels = scored.y[chosen], scored.labels[chosen]
    if not scored.target.is_classification:
        scale = float(np.median(np.abs(scored.residual))) * 2 or 1.0
        return tuple(np.mean(np.abs(near_y - each[:, None]) < scale, axis=1) for each in (y, labels))  # type: ignore[return-value]
    votes = [np.mean(near_y == each[:, None], axis=1) for each in (y, labels)]
    reference = _reference(scored, chosen, standing)
    if reference is None:
        return votes[0], votes[1]
    told = np.isfinite(reference[:, 0])
    row = np.arange(len(chosen))
    for place, label in enumerate((y, labels)):
        voice = reference[row, label.astype(np.int64)]
        # The trees see what distance in many columns hides: they have two voices of three.
        votes[place] = np.where(told, (votes[place] + 2 * voice) / 3, votes[place])
    return votes[0], votes[1]


def _reference(scored: Scored, chosen: Ints, standing: Standing | None) -> Floats | None:
    """Probabilities of rung's own non-linear model for the chosen rows, NaN where it was not asked."""
    if standing is None or standing.where != "test" or scored.where != "test":
        return None
    result = standing.nonlinear
    p = result.prediction
    if p.ndim == 1:
        p = np.column_stack([1 - p, p] if scored.target.positive == 1 else [p, 1 - p])
    place = np.clip(np.searchsorted(result.rows, scored.rows[chosen]), 0, len(result.rows) - 1)
    return np.where((result.rows[place] == scored.rows[chosen])[:, None], p[place], np.nan)


def _company(scored: Scored, x: Floats, chosen: Ints, others: Ints, space: Space) -> Floats:
    """Among the nearest scored rows (the row itself left out): the share with the same mistake."""
    pool = space.moved(x[others])
    near, _ = pool.nearest(x[chosen], NEAR + 1)
    same = others[near]
    itself = same == chosen[:, None]
    if scored.target.is_classification:
        alike = (scored.y[same] == scored.y[chosen][:, None]) & (scored.labels[same] == scored.labels[chosen][:, None])
    else:
        large = np.abs(scored.residual) >= np.quantile(np.abs(scored.residual), 0.9)
        alike = large[same] & (np.sign(scored.residual[same]) == np.sign(scored.residual[chosen])[:, None])
    return np.asarray((alike & ~itself).sum(axis=1) / np.maximum((~itself).sum(axis=1), 1))


def _kind(evidence: Evidence, place: int) -> Kind:
    """Outside first: near nothing, no neighbour's word counts. Then who agrees with the label: many rows in the same way (the model is wrong there),
    nobody (the label is wrong), some (nobody can tell).
    """
    if evidence.distance[place] > 1.25 or (evidence.outside[place] > 0 and evidence.distance[place] > 0.9):
        return "out of distribution"
    given, called, company = float(evidence.given[place]), float(evidence.called[place]), float(evidence.company[place])
    if company >= 0.5 or given >= 0.6:
        return "systematic"
    return "label error" if called >= 0.7 and given <= 0.25 else "ambiguous"


def _groups(placed: Floats, seed: int) -> tuple[Ints, float]:
    """Two to five groups by k-means, kept only where starts on resampled rows agree and the groups are tighter than in shuffled columns.

    Agreement is the mean adjusted Rand index of the starts against the first (Hubert & Arabie 1985); any cloud can be halved stably, so the
    second condition compares the inertia with that of rows whose columns were shuffled apart (Tibshirani, Walther & Hastie 2001).
    """
    if len(placed) < 30 or not placed.shape[1]:  # categories alone have no place
        return np.empty(0, dtype=np.int64), float("nan")
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    best: tuple[Ints, float, int] = (np.empty(0, dtype=np.int64), 0.0, 0)
    rng = np.random.default_rng(seed)
    for k in (2, 3, 4, 5):
        fits = [
            KMeans(n_clusters=k, n_init=1, random_state=start).fit(placed[rng.choice(len(placed), len(placed) * 4 // 5, replace=False)])  # pyright: ignore[reportArgumentType]
            for start in range(4)
        ]
        told = [each.predict(placed) for each in fits]
        agreement = float(np.mean([adjusted_rand_score(told[0], each) for each in told[1:]]))
        if agreement > best[1]:
            best = told[0].astype(np.int64), agreement, k  # pyright: ignore[reportAttributeAccessIssue]
    tight = best[1] >= 0.8 and _inertia(placed, best[2]) < min(_inertia(rng.permuted(placed, axis=0), best[2]) for _ in range(9))
    return (best[0] if tight else np.empty(0, dtype=np.int64)), best[1]


def _inertia(placed: Floats, k: int) -> float:
    from sklearn.cluster import KMeans

    return float(KMeans(n_clusters=k, n_init=2, random_state=0).fit(placed).inertia_)  # pyright: ignore[reportArgumentType]
