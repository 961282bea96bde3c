"""D106: values that cannot belong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Histograms, Measure, RowSample
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.extremes import Extreme, Extremes
from rung.facts.measurements import Measurements
from rung.inputs.model import Model


@check("D106", severity="warning", explains=("skewed-feature", "feature-drift", "unscaled-features", "linear-beats-nonlinear"))
def outliers(
    extremes: Extremes, measured: Measurements, model: Model | None, *, max_false_alarms: float = 0.01, min_inflation: float = 1.2
) -> Iterator[Finding]:
    """Some values lie farther out than the shape of their column allows.

    Why it matters:
        A handful of values a hundred times too large sets the mean, the scale and the slope of every model that adds numbers up.
    Likely cause:
        A slipped decimal point or sign, a value in the wrong column, a test record, a sensor at its stop.
    How it decides:
        A generalised Pareto tail is fitted without the outermost values; those are accused when their number and the gap before them
        are too much for every
        tail that explains the rest. Heavy honest tails stay silent. The chance of one false alarm in the whole table is kept below
        `max_false_alarms`.
        A group of at most 5 % beyond a gap wider, in ratios, than the range of all others is accused too. Negative values of usual size
        in a column that is otherwise clear of zero are slips of the sign. Warning where they raise the standard deviation
        by `min_inflation` times, the column has 200 values or more, the other columns do not describe those rows as far out too (a population of its own), and
        the model is not made of trees; a note otherwise.
    When it is wrong:
        Rare true events (a record sale, a flood) may lie beyond any tail. Look at the rows before taking them out.
    Fix:
        Correct the values at the source; else read them as missing, clip them, or take a scaler and a loss that far values do not move.
    Verify:
        The linear score, or the agreement with the other columns, rises without them.
    Prevent:
        assert train[column].between(low, high).all()
    Sources:
        Pickands (1975) on tails; simulation in tests/stats/test_tails.py. Fences of 1.5 interquartile ranges accuse 0.7 % of a normal:
        not used.

    max_false_alarms : expected number of clean columns accused by chance in the whole table.
    min_inflation : standard deviation with the values over that without, from which it is more than a note.
    """
    sure = [each for each in extremes.found if each.p * max(1, extremes.n_columns) <= max_false_alarms]
    told: set[str] = set()
    for each in sorted(sure, key=lambda extreme: -extreme.inflation):
        if each.column in told:
            continue
        told.add(each.column)
        if len(told) <= 10:
            yield _finding(each, measured, _severity(each, model, min_inflation))


def _severity(each: Extreme, model: Model | None, min_inflation: float) -> Severity:
    moved = each.inflation >= min_inflation or each.kind == "sign"
    immune = model is not None and model.tree_based is True
    return Severity.WARNING if moved and not immune and not each.agreed and len(each.places) >= 2 and each.n_known >= 200 else Severity.NOTE


def _finding(each: Extreme, measured: Measurements, severity: Severity) -> Finding:
    rows = measured.rows[each.places]
    shown = ", ".join(f"{value:.4g}" for value in each.values[:3])
    beyond = (
        f"negative ({shown}) while all others are positive"
        if each.kind == "sign"
        else f"{'above' if each.side == 'upper' else 'below'} {each.limit:.4g} ({shown}), where its tail allows {each.expected:.2g}"
    )
    return Finding(
        subject=Subject(kind="column", names=(each.column,), rows=tuple(rows[:50].tolist()), detail=f"{len(rows)} values"),
        message=f"{len(rows)} of {each.n_known:,} values of '{each.column}' are {beyond}; they raise its standard deviation {each.inflation:.1f} times.",
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN if each.p < 1e-6 else Confidence.LIKELY,
        evidence=(_histogram(each, measured), _rows(each, rows), _moved(each)),
        remedy=_remedy(each),
    )


def _remedy(each: Extreme) -> Remedy:
    name = repr(each.column)
    sign = ">" if each.side == "upper" else "<"
    cure = f"frame[{name}].abs()" if each.kind == "sign" else f"frame[{name}].mask(frame[{name}] {sign} {each.limit:.6g})"
    return Remedy(
        fix=f"Look at the rows and correct '{each.column}' at the source; else read the values as missing.",
        patch=f"for frame in (train, test):\n    frame[{name}] = {cure}",
        prevent=f"assert not (train[{name}] {sign} {each.limit:.6g}).any()",
        experiment="clip-outliers",
    )


def _histogram(each: Extreme, measured: Measurements) -> Histograms:
    x = measured.column(each.column)
    x = x[np.isfinite(x)]
    edges = np.linspace(x.min(), x.max(), 41)
    mask = x > each.limit if each.side == "upper" else x < each.limit
    shares = tuple(tuple((np.histogram(x[part], edges)[0] / len(x)).tolist()) for part in (~mask, mask))
    return Histograms(
        title=f"'{each.column}'", x_label=each.column, edges=tuple(edges.tolist()), groups=("the rest", "accused"), shares=shares,
        reading="Everything else is squeezed into the bars at one end.",
    )  # fmt: skip


def _rows(each: Extreme, rows: np.ndarray) -> RowSample:
    return RowSample(
        title="The farthest values",
        columns=(each.column,),
        positions=tuple(rows[:12].tolist()),
        values=tuple((float(value),) for value in each.values[:12]),
        marked=(each.column,),
    )


def _moved(each: Extreme) -> Measure:
    return Measure(title="Standard deviation with them over without", value=each.inflation, limit=1.0, unit="times")
