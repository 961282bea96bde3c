"""Tables as they are once a fault is mended, rule by rule: the mends that the experiments tried, made for good in a copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl

from rung.core.errors import Unavailable
from rung.core.finding import Finding
from rung.core.marks import mend
from rung.experiments.taking_out import twins_with_repeats
from rung.facts.extremes import Extremes
from rung.facts.label_doubts import LabelDoubts, ValueDoubts
from rung.facts.label_order import LabelOrders
from rung.facts.made_up import MadeUpRows
from rung.facts.overlap import Overlap
from rung.facts.repeats import Repeats
from rung.facts.row_agreement import BlockOrder
from rung.facts.schema import Schema
from rung.facts.settled_doubts import SettledDoubts
from rung.facts.spellings import Spellings
from rung.facts.target import Target
from rung.facts.text_numbers import LENIENT
from rung.facts.time_gap import times_of
from rung.facts.units import Units
from rung.inputs.case import Test, Train
from rung.inputs.lab import Lab
from rung.inputs.mended import Mended
from rung.inputs.table import Rows, Table

TEST_SHARE = 0.25  # of a split made anew where the old one cannot be kept


def _test(lab: Lab) -> Table | None:
    return lab.ask(Test).table if lab.has(Test) else None


def _both(lab: Lab, change: Callable[[Table], Table]) -> Mended:
    test = _test(lab)
    return Mended(train=change(lab.ask(Train).table), test=change(test) if test is not None else None, model="refit")


@mend("target-leakage", "target-encoding-leakage", "identifier-feature", "constant-feature", "noise-features")
def without_the_columns(lab: Lab, finding: Finding) -> Mended:
    """The accused columns are gone."""
    if finding.subject.kind == "step":
        return Mended(model="refit")
    return _both(lab, lambda table: table.drop(finding.subject.names))


@mend("collinear-features")
def without_the_repeats(lab: Lab, finding: Finding) -> Mended:
    """Of columns that repeat each other the first is kept."""
    return _both(lab, lambda table: table.drop(finding.subject.names[1:]))


@mend("temporal-leakage")
def forward_in_time(lab: Lab, finding: Finding) -> Mended:
    """A column of the future is gone; a split that mixes times is made anew, the latest rows for the test."""
    test = _test(lab)
    if finding.remedy.experiment != "split-by-time":
        return without_the_columns(lab, finding)
    if test is None:
        raise Unavailable("there is no test set to split anew")
    pool = lab.ask(Train).table.append(test.drop([name for name in test.columns if name not in lab.ask(Train).table.columns]))
    when = times_of(pool, lab.ask(Schema))
    cut = float(np.nanquantile(when, 1 - test.n_rows / pool.n_rows))
    late = when >= cut if (when < cut).any() else when > cut
    return Mended(train=pool.take(~late), test=pool.take(late), model="refit")


@mend("group-leakage")
def entities_apart(lab: Lab, finding: Finding) -> Mended:
    """Train and test are split anew, each entity on one side."""
    test, name = _test(lab), finding.subject.names[0]
    if test is None:
        raise Unavailable("there is no test set to split anew")
    pool = lab.ask(Train).table.append(test)
    codes = pool.column(name).cast(pl.String).fill_null("").rank("dense").to_numpy().astype(np.int64)
    order = np.random.default_rng(0).permutation(int(codes.max()) + 1)
    held = order[codes] < TEST_SHARE * (int(codes.max()) + 1)
    return Mended(train=pool.take(~held), test=pool.take(held), model="refit")


@mend("split-overlap", "evaluated-on-training-data")
def without_the_twins(lab: Lab, finding: Finding) -> Mended:
    """Training rows that also stand in the test set are gone."""
    overlap, train = lab.ask(Overlap), lab.ask(Train).table
    rows = twins_with_repeats(finding, overlap, train)
    kept = np.setdiff1d(np.arange(train.n_rows), rows)
    return Mended(train=train.take(kept), model="refit")


@mend("resampling-before-split")
def of_measured_rows(lab: Lab, _finding: Finding) -> Mended:
    """Rows that were made up are gone from both tables."""
    made, train, test = lab.ask(MadeUpRows), lab.ask(Train).table, lab.ask(Test).table
    kept = [np.setdiff1d(np.arange(table.n_rows), rows) for table, rows in ((train, made.train_rows), (test, made.test_rows))]
    return Mended(train=train.take(kept[0]), test=test.take(kept[1]), model="refit")


@mend("duplicate-rows")
def without_the_duplicates(lab: Lab, _finding: Finding) -> Mended:
    """One row of each kind."""
    train = lab.ask(Train).table
    return Mended(train=train.take(np.setdiff1d(np.arange(train.n_rows), lab.ask(Repeats).extra)), model="refit")


@mend("label-misalignment")
def in_order(lab: Lab, finding: Finding) -> Mended:
    """The labels in the order that fits their rows."""
    train, target = lab.ask(Train).table, lab.ask(Target)
    order = lab.ask(BlockOrder).order if finding.subject.kind == "rows" else lab.ask(LabelOrders).best.order
    return Mended(train=train.with_column(target.name, train.column(target.name)[order]), model="refit")


@mend("label-errors")
def without_the_wrong_labels(lab: Lab, _finding: Finding) -> Mended:
    """The contradicted rows are gone."""
    train = lab.ask(Train).table
    doubted = _contradicted(lab) if lab.ask(Target).is_classification else lab.ask(ValueDoubts).rows
    return Mended(train=train.take(np.setdiff1d(np.arange(train.n_rows), doubted)), model="refit")


def _contradicted(lab: Lab) -> Rows:
    try:
        return lab.ask(SettledDoubts).rows
    except Unavailable:
        return lab.ask(LabelDoubts).rows


@mend("sentinel-values")
def codes_as_missing(lab: Lab, finding: Finding) -> Mended:
    """The code that stood for missing is missing."""
    train = lab.ask(Train).table
    name = next((each for each in finding.subject.names if each in train.columns), None)
    if name is None or not finding.subject.rows:
        raise Unavailable("the accused value is not in the table")
    code = train.column(name)[list(finding.subject.rows)].drop_nulls().mode()

    def without(table: Table) -> Table:
        series = table.column(name)
        return table.with_column(name, series.set(series.is_in(code.cast(series.dtype).implode()).fill_null(value=False), None))

    return _both(lab, without)


@mend("category-variants")
def one_spelling(lab: Lab, finding: Finding) -> Mended:
    """Each level has one spelling."""
    accused = [each for each in lab.ask(Spellings).found if each.column in finding.subject.names]

    def merged(table: Table) -> Table:
        for each in accused:
            table = table.with_column(each.column, table.column(each.column).cast(pl.String).replace(each.mapping))
        return table

    return _both(lab, merged)


@mend("outliers")
def without_the_extremes(lab: Lab, finding: Finding) -> Mended:
    """Values beyond the limit are missing."""
    accused = [each for each in lab.ask(Extremes).found if each.column in finding.subject.names]
    if not accused:
        raise Unavailable("the accused values are no longer seen")

    def cut(table: Table) -> Table:
        for each in accused:
            values = table.column(each.column).cast(pl.Float64)
            beyond = values > each.limit if each.side == "upper" else values < each.limit
            table = table.with_column(each.column, values.set(beyond.fill_null(value=False), None))
        return table

    return _both(lab, cut)


@mend("inconsistent-units")
def one_unit(lab: Lab, finding: Finding) -> Mended:
    """The accused rows are converted, in the test rows too where they show there."""
    train, test = lab.ask(Train), _test(lab)
    mended = _converted(lab, finding)
    if mended is None:
        raise Unavailable("the two units are not seen in every row: the table is larger than what is looked at row by row")
    swapped = _converted(lab.vary(replace(train, table=test)), finding) if test is not None else None
    return Mended(train=mended, test=swapped or test, model="refit")


def _converted(lab: Lab, finding: Finding) -> Table | None:
    """The training table of this case in one unit; None where two are not seen in it."""
    units, table = lab.ask(Units), lab.ask(Train).table
    accused = next((each for each in units.found if each.column in finding.subject.names), None)
    if accused is None or len(units.rows) < table.n_rows:
        return None
    values = table.column(accused.column).cast(pl.Float64).to_numpy().copy()
    values[units.rows] = accused.repaired
    return table.with_column(accused.column, pl.Series(values, nan_to_null=True))


@mend("mixed-types")
def read_as_numbers(lab: Lab, finding: Finding) -> Mended:
    """What is written around the numbers is taken off; what still is none is missing."""

    def read(table: Table) -> Table:
        for name in (each for each in finding.subject.names if each in table.columns):
            text = table.column(name).cast(pl.String).str.strip_chars()
            bare = text.str.extract(LENIENT, 1).str.replace_all(r"[,' ](\d{3})", "$1").str.replace(",", ".", literal=True)
            plain = text.cast(pl.Float64, strict=False)
            table = table.with_column(name, plain.fill_null(bare.cast(pl.Float64, strict=False)))
        return table

    return _both(lab, read)


@mend("infinite-values")
def infinities_as_missing(lab: Lab, finding: Finding) -> Mended:
    """Infinite numbers are missing."""
    if finding.subject.kind == "step":
        raise Unavailable("the numbers are made by a step of the pipeline, not by the table")

    def finite(table: Table) -> Table:
        for name in (each for each in finding.subject.names if each in table.columns):
            values = table.column(name).cast(pl.Float64)
            table = table.with_column(name, values.set(values.is_infinite().fill_null(value=False), None))
        return table

    return _both(lab, finite)
