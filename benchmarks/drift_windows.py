"""References and windows of real tables for the drift card: clean ones, and ones with a drift of known kind and size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.healthy_models import fitted
from benchmarks.realtable import RealTable
from benchmarks.tables import by_name
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.inputs.case import Current
from rung.inputs.contract import Contract
from rung.inputs.settings import Settings
from rung.interfaces.build import build_case, labelled_table

#: Tables whose rows are exchangeable when split at random, those of entities, and those in order of time.
RANDOM = (
    "pima", "credit_data", "attrition", "college", "gestation", "concrete", "ames", "wage", "actg175", "cells", "hpc", "benefits", "wa_churn",
    "k401k", "lending_club", "default", "deliveries", "yrbss", "cps1988", "votes2016", "accidents", "diamonds", "films", "census_income", "fertility",
)  # fmt: skip
GROUPED = ("psid_wages", "union_panel", "nlswork", "headaches", "exam")
TIMED = ("bikeshare", "hotel_rates", "email", "employment", "flights", "smarket")
SIZES = (50, 200, 1_000, 5_000, 20_000, 100_000)
MAX_REFERENCE = 100_000


@dataclass(frozen=True, eq=False)
class Ground:
    """A reference and the rows that windows are drawn from."""

    table: RealTable
    how: str
    reference: pd.DataFrame
    pool: pd.DataFrame
    ledger: Ledger

    def against(self, window: pd.DataFrame) -> Ledger:
        """The same investigation with these production rows; facts of the reference are kept."""
        return self.ledger.vary(Current(labelled_table(window, "current", self.table.target)[0]))


def ground(name: str, how: str, *, model: str | None = None, seed: int = 0, share: float = 0.5) -> Ground:
    """Half of a table as the reference (the earlier half, or half of the entities), the rest as the pool; with a model fitted on the former."""
    table = by_name(name)
    frame = table.build()
    rng = np.random.default_rng([seed, len(name)])
    if how == "time":
        frame = frame.sort_values(table.time, kind="stable").reset_index(drop=True)
        first = np.arange(len(frame)) < int(share * len(frame))
    elif how == "grouped":
        keys = frame[table.group].unique()
        first = frame[table.group].isin(rng.permutation(keys)[: int(share * len(keys))]).to_numpy()
    else:
        first = rng.permutation(len(frame)) < int(share * len(frame))
    reference, pool = frame[first], frame[~first].reset_index(drop=True)
    if len(reference) > MAX_REFERENCE:
        reference = reference.tail(MAX_REFERENCE) if how == "time" else reference.sample(MAX_REFERENCE, random_state=seed)
    reference = reference.reset_index(drop=True)
    contract = Contract(target=table.target, time=table.time if how == "time" else None, groups=table.group if how == "grouped" else None)
    made = fitted(table, reference, model) if model else None  # type: ignore[arg-type]
    settings = Settings(seed=seed, experiments=False)
    case = build_case(reference, contract=contract, settings=settings, model=made)
    return Ground(table=table, how=how, reference=reference, pool=pool, ledger=Ledger(case, discover.facts()))


def clean_windows(each: Ground, sizes: tuple[int, ...], repeats: int, seed: int) -> Iterator[tuple[int, pd.DataFrame]]:
    """Windows of the pool: at random, by whole entities, or what comes next in time."""
    for size in sizes:
        if size > len(each.pool) or (size < 20_000 and size * 40 < len(each.reference) and size > 1_000):
            continue
        for turn in range(repeats if size <= 1_000 else max(1, repeats // 2)):
            rng = np.random.default_rng([seed, size, turn])
            yield size, _window(each, size, rng).reset_index(drop=True)


def _window(each: Ground, size: int, rng: np.random.Generator) -> pd.DataFrame:
    if each.how == "time":  # the rows right after the reference; later ones have drifted for good
        start = int(rng.integers(0, max(1, min(len(each.pool) - size, len(each.reference) // 10) + 1)))
        return each.pool.iloc[start : start + size]
    if each.how == "grouped":
        keys = rng.permutation(each.pool[each.table.group].unique())
        counts = each.pool[each.table.group].value_counts().reindex(keys).cumsum()
        return each.pool[each.pool[each.table.group].isin(keys[: int(np.searchsorted(counts.to_numpy(), size)) + 1])]
    return each.pool.sample(size, random_state=int(rng.integers(1 << 31)))


# ---- planted drifts: (window, reference, target, size 0..2, rng) -> (window, columns that moved) -----------------------

Plant = Callable[[pd.DataFrame, pd.DataFrame, str, int, np.random.Generator], tuple[pd.DataFrame, set[str]] | None]


def _numeric(frame: pd.DataFrame, target: str, rng: np.random.Generator) -> str | None:
    names = [
        name for name in frame.select_dtypes("number") if name != target and frame[name].nunique() > 20 and frame[name].isna().mean() < 0.3
    ]
    return str(rng.choice(names)) if names else None


def _levels(frame: pd.DataFrame, target: str, rng: np.random.Generator) -> str | None:
    names = [
        name for name in frame.columns
        if name != target and not pd.api.types.is_numeric_dtype(frame[name]) and 2 <= frame[name].nunique() <= 12
        and frame[name].value_counts(normalize=True).iloc[0] < 0.9
    ]  # fmt: skip
    return str(rng.choice(names)) if names else None


def shift(window, reference, target, size, rng):  # noqa: ANN001, ANN201
    name = _numeric(reference, target, rng)
    return name and (window.assign(**{name: window[name] + (0.3, 0.5, 1.0)[size] * reference[name].std()}), {name})


def scale(window, reference, target, size, rng):  # noqa: ANN001, ANN201
    name = _numeric(reference, target, rng)
    middle = reference[name].median() if name else 0
    return name and (window.assign(**{name: middle + (1.5, 2.0, 3.0)[size] * (window[name] - middle)}), {name})


def unit(window, reference, target, size, rng):  # noqa: ANN001, ANN201
    name = _numeric(reference, target, rng)
    return name and (window.assign(**{name: window[name] * (2.54, 10.0, 1000.0)[size]}), {name})


def missing(window, reference, target, size, rng):  # noqa: ANN001, ANN201
    name = _numeric(reference, target, rng)
    return name and (window.assign(**{name: window[name].where(rng.random(len(window)) > (0.08, 0.15, 0.3)[size])}), {name})


def mix(window, reference, target, size, rng):  # noqa: ANN001, ANN201
    name = _levels(reference, target, rng)
    if name is None:
        return None
    common = reference[name].value_counts().index[0]
    hit = (window[name] == common).to_numpy() & (rng.random(len(window)) < (0.35, 0.55, 0.8)[size])
    return window[~hit].reset_index(drop=True), {name}


def joint(window, reference, target, size, rng):  # noqa: ANN001, ANN201
    numbers = reference.drop(columns=target).select_dtypes("number")
    numbers = numbers.loc[:, numbers.nunique() > 20]
    strength = numbers.corr(method="spearman").abs().to_numpy(copy=True)
    np.fill_diagonal(strength, 0)
    if not strength.size or np.nanmax(strength) < 0.6:
        return None
    name, other = (str(numbers.columns[place]) for place in np.unravel_index(np.nanargmax(strength), strength.shape))
    order = np.arange(len(window))
    hit = rng.permutation(len(window))[: int((0.3, 0.6, 1.0)[size] * len(window))]
    order[hit] = rng.permutation(hit)
    return window.assign(**{name: window[name].to_numpy()[order]}), {name, other}


def label(window, reference, target, size, rng):  # noqa: ANN001, ANN201
    common = reference[target].mode().iloc[0]
    if reference[target].nunique() > 2:
        return None
    hit = (window[target] == common).to_numpy() & (rng.random(len(window)) < (0.4, 0.6, 0.8)[size])
    return window[~hit].reset_index(drop=True), set()


def concept(window, _reference, target, size, rng):  # noqa: ANN001, ANN201
    hit = np.flatnonzero(rng.random(len(window)) < (0.3, 0.6, 1.0)[size])
    labels = window[target].to_numpy(copy=True)
    labels[hit] = labels[rng.permutation(hit)]
    return window.assign(**{target: labels}), set()


#: Those seen in the rows alone, and those that a model or labels must show.
PLANTS: dict[str, Plant] = {"shift": shift, "scale": scale, "unit": unit, "missing rate": missing, "category mix": mix, "joint only": joint}
LABELLED: dict[str, Plant] = {"label / prior": label, "concept": concept}
