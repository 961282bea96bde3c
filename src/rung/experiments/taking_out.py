"""How each fault that flatters the score is kept out of its measurement."""

from __future__ import annotations

import numpy as np

from rung.core.errors import Unavailable
from rung.core.finding import Finding
from rung.core.marks import take_out
from rung.facts.made_up import MadeUpRows
from rung.facts.matrix import Matrix
from rung.facts.measurements import Measurements
from rung.facts.near_copies import NearCopies, copies_in_training
from rung.facts.overlap import Overlap, row_keys_of
from rung.facts.repeats import Oversampled, Repeats
from rung.facts.time_gap import TimeGap
from rung.inputs.case import Test, Train
from rung.inputs.judging import Judging
from rung.inputs.lab import Lab
from rung.inputs.table import Rows, Table


@take_out("target-leakage", "target-encoding-leakage")
def without_columns(lab: Lab, finding: Finding) -> Judging | None:
    """The accused columns say nothing."""
    names = frozenset(finding.subject.names) & set(lab.ask(Matrix).names)
    return Judging(without_columns=names) if names else None


@take_out("temporal-leakage")
def without_the_future(lab: Lab, finding: Finding) -> Judging | None:
    """A column of the future says nothing; a split that mixes past and future is made forward in time."""
    if finding.remedy.experiment == "split-by-time":
        return Judging(by_time=lab.ask(TimeGap).column, past_only=True)
    return without_columns(lab, finding)


@take_out("group-leakage")
def entities_apart(lab: Lab, finding: Finding) -> Judging | None:
    """No entity is both fitted on and scored; near copies of test rows, which no column names, are not fitted on."""
    name, train = finding.subject.names[0], lab.ask(Train).table
    if name in train.columns:
        return Judging(by_entity=name, entities_apart=True)
    if not lab.has(Test):
        raise Unavailable("no column names what near copies were made from, and there is no test set to keep them from")
    rows = copies_in_training(lab.ask(NearCopies), lab.ask(Measurements), train, lab.ask(Test).table)
    return Judging(without_rows=frozenset(train.positions[rows].tolist())) if len(rows) else None


@take_out("split-overlap", "evaluated-on-training-data")
def without_twins(lab: Lab, finding: Finding) -> Judging | None:
    """Training rows that also stand in the test set are not fitted on, nor are their own repeats."""
    overlap, train = lab.ask(Overlap), lab.ask(Train).table
    if _repeated(lab):
        return _dealt(overlap, finding, train, lab.ask(Test).table)
    rows = twins_with_repeats(finding, overlap, train)
    return Judging(without_rows=frozenset(train.positions[rows].tolist())) if len(rows) else None


def _repeated(lab: Lab) -> bool:
    """Whether somebody repeated rows before the split."""
    if lab.ask(Repeats).unnatural():
        return True
    try:
        return bool(lab.ask(Oversampled).label)
    except Unavailable:
        return False


def _dealt(overlap: Overlap, finding: Finding, train: Table, test: Table) -> Judging | None:
    """Each kind of row on one side only, dealt out at random as the split dealt the others; of copies in the test set one is scored.

    To take all shared kinds from training would leave next to nothing of a class whose every row was repeated many times.
    """
    fitted, scored = row_keys_of(train, test, overlap.columns)
    shared = np.intersect1d(fitted, scored)
    to_train = np.random.default_rng(0).random(len(shared)) < train.n_rows / (train.n_rows + test.n_rows)
    first = np.zeros(len(scored), dtype=bool)
    first[np.unique(scored, return_index=True)[1]] = True
    left_out = np.isin(fitted, shared[~to_train])
    if overlap.near in overlap.told(finding.message):
        left_out[overlap.near.train_rows] = True
    unscored = np.isin(scored, shared[to_train]) | ~first
    if not left_out.any() and not unscored.any():
        return None
    return Judging(without_rows=frozenset(train.positions[left_out].tolist()), without_scored=frozenset(test.positions[unscored].tolist()))


def twins_with_repeats(finding: Finding, overlap: Overlap, train: Table) -> Rows:
    """Positions of the twins in training that the finding speaks of. A test row is paired with one; every other copy of that one gives it away as well."""
    keys = train.frame.select(overlap.columns).hash_rows()
    twins = [row for each in overlap.told(finding.message) for row in each.train_rows.tolist()]
    return np.flatnonzero(keys.is_in(keys[twins].unique().implode()).to_numpy())


@take_out("resampling-before-split")
def without_made_up_rows(lab: Lab, _finding: Finding) -> Judging:
    """Rows made up between others are neither fitted on nor scored."""
    made, train, test = lab.ask(MadeUpRows), lab.ask(Train).table, lab.ask(Test).table
    return Judging(
        without_rows=frozenset(train.positions[made.train_rows].tolist()),
        without_scored=frozenset(test.positions[made.test_rows].tolist()),
    )


@take_out("duplicate-rows")
def without_repeats(lab: Lab, _finding: Finding) -> Judging | None:
    """One row of each kind; with a test set of their own, repeats in training flatter nothing."""
    if lab.has(Test):
        return None
    train = lab.ask(Train).table
    return Judging(without_rows=frozenset(train.positions[lab.ask(Repeats).extra].tolist()))
