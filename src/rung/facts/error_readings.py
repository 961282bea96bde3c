"""Readings of the errors: which, where, how sure, on what they lean. A helper of the evaluation's picture, no fact itself."""

from __future__ import annotations

from rung.core.evidence import Bars, Evidence, Grid, Line, Lines, Ranking
from rung.facts.confusion import Confusion
from rung.facts.error_categories import ErrorCategories
from rung.facts.error_contrast import ErrorContrast
from rung.facts.error_forecast import ErrorForecast
from rung.facts.group_rates import GroupRates
from rung.facts.residual_shape import ResidualShape
from rung.facts.scored import Scored
from rung.facts.shortcuts import Shortcuts
from rung.facts.slice_scan import SliceScan
from rung.facts.slice_words import shown_rows
from rung.facts.time_slices import TimeSlices
from rung.facts.worst_errors import KINDS, WorstErrors

Reading = tuple[str, tuple[Evidence, ...]]
NOTHING: Reading = ("", ())
CLASSES = 20  # in one matrix
# What was seen of each kind; whether it is a fault is for the rule to say.
NEARBY = {
    "label error": "differ from what rows near them say",
    "out of distribution": "lie outside of training",
    "ambiguous": "could be either",
    "systematic": "are shared by rows near them",
}


def confusion(found: Confusion | None) -> Reading:
    """Rates with their own denominators, and the most frequent mistakes."""
    if found is None:
        return NOTHING
    said = f"{found.accuracy.value:.1%} ({found.accuracy.low:.1%} to {found.accuracy.high:.1%}) of {found.n:,} rows are right. "
    if found.fnr is not None and found.fpr is not None:
        said += (
            f"Missed: {found.fnr.value:.1%} ({found.fnr.low:.1%} to {found.fnr.high:.1%}) of all '{found.classes[found.positive]}'; "
            f"falsely called: {found.fpr.value:.1%} ({found.fpr.low:.1%} to {found.fpr.high:.1%}) of all others."
        )
    elif found.mistakes:
        top = found.mistakes[0]
        said += f"Most often '{found.classes[top.true]}' is called '{found.classes[top.called]}': {top.share.value:.1%} of its rows."
    shown = found.classes[:CLASSES]
    grid = Grid(
        title="True class (row) and called class (column)",
        rows=shown,
        columns=shown,
        values=tuple(tuple(float(each) for each in row[:CLASSES]) for row in found.counts[:CLASSES].tolist()),
        unit="rows",
    )
    mistakes = Ranking(
        title="Mistakes, most frequent first",
        columns=("true", "called", "rows", "share of the true class", "from", "to", "expected", "p"),
        rows=tuple(
            (
                found.classes[each.true],
                found.classes[each.called],
                each.count,
                each.share.value,
                each.share.low,
                each.share.high,
                each.expected,
                each.p,
            )
            for each in found.mistakes[:12]
        ),
        reading="Expected: if the mistakes of a class fell on the others as calls do in general. p: Holm over all pairs.",
    )
    return said, (grid, mistakes)


def shape(found: ResidualShape | None) -> Reading:
    """What is left, bias, spread, tails."""
    if found is None:
        return NOTHING
    left, bands = found.left, found.bands
    said = (
        f"{max(left.value, 0):.0%} of the residuals' variance is predictable ({left.low:.0%} to {left.high:.0%}); truth rises {found.slope.value:.2f} for each 1 predicted; "
        f"the largest hundredth makes {found.largest:.0%} of the squared error; spread at the top is {found.spread.ratio:.2g} times that at the foot."
    )
    bias = Lines(
        title="Mean residual by prediction",
        x_label="prediction",
        y_label="truth minus prediction",
        lines=(
            Line(
                name="mean residual",
                x=tuple(each.centre for each in bands),
                y=tuple(each.bias.value for each in bands),
                low=tuple(each.bias.low for each in bands),
                high=tuple(each.bias.high for each in bands),
            ),
        ),
        reading="Above zero: the model says too little there. The intervals hold for all bands at once.",
    )
    spread = Bars(
        title="Spread of the residuals by prediction",
        labels=tuple(f"{each.low:.4g} to {each.high:.4g}" for each in bands),
        values=tuple(each.spread for each in bands),
    )
    return said, (bias, spread)


def places(scan: SliceScan | None, groups: GroupRates | None, periods: TimeSlices | None, categories: ErrorCategories | None) -> Reading:
    """Slices, groups, periods, the user's own categories."""
    said, evidence = "", []
    if scan is not None:
        found = scan.weak or scan.hard
        said = _strongest(scan) if found else "Nowhere more than elsewhere."
        said += f" {scan.looked_at:,} slices were compared on one half of {scan.n:,} rows and tried on the other."
        if found:
            evidence.append(_slices(scan))
    if categories is not None:
        evidence.append(_categories(categories))
    if periods is not None:
        said += f" From the first to the last third in time the error changes by {periods.trend.value:+.3g} ({periods.trend.low:+.3g} to {periods.trend.high:+.3g})."
        evidence.append(_periods(periods))
    if groups is not None:
        evidence.append(_groups(groups))
    return said.strip(), tuple(evidence)


def _strongest(scan: SliceScan) -> str:
    """Said where no rule found it grave: how much it is, so that nobody has to guess."""
    first = (scan.weak or scan.hard)[0]
    inside, expected, outside = (f"{each:.3g}" for each in (first.inside, first.expected, first.outside))
    if scan.weak:
        return f"Nowhere enough for a finding; most where {first.text}: error {inside}, {expected} expected, {outside} elsewhere."
    known = ", and the model knows it" if scan.sure_of_itself else ""
    return f"More than elsewhere where {first.text}{known}: error {inside}, {outside} elsewhere."


def _slices(scan: SliceScan) -> Ranking:
    rows = [
        (each.text, name, each.n, each.inside, each.expected, each.outside, each.p)
        for name, found in (("weak", scan.weak), ("hard", scan.hard))
        for each in found
    ]
    return Ranking(
        title="Slices confirmed on rows that did not find them",
        columns=("slice", "kind", "rows", "error inside", "expected there", "elsewhere", "p"),
        rows=tuple(rows[:16]),
        reading="Weak: beyond what rows of like confidence show. Hard: beyond the average, which the model may know. p holds for all slices tried.",
    )


def _categories(found: ErrorCategories) -> Ranking:
    return Ranking(
        title=f"Your categories: rate of {found.what} inside and outside",
        columns=("category", "rows", "rate inside", "from", "to", "outside", "lift", "difference from", "difference to", "share of all errors"),
        rows=tuple(
            (
                each.name, each.n, each.inside.value, each.inside.low, each.inside.high, each.outside.value, each.lift, each.difference.low, each.difference.high,
                each.of_errors,
            )
            for each in found.rates
        ),
        reading=f"Categories overlap, shares need not add to 1; {found.uncategorised:.0%} of {found.n_errors:,} errors lie in none.",
    )  # fmt: skip


def _periods(found: TimeSlices) -> Bars:
    return Bars(
        title=f"Error by period of '{found.column}'",
        labels=tuple(f"{each.first} to {each.last}" for each in found.periods),
        values=tuple(each.error.value for each in found.periods),
        lows=tuple(each.error.low for each in found.periods),
        highs=tuple(each.error.high for each in found.periods),
        reading="Periods of equal numbers of rows, 95 % intervals.",
    )


def _groups(found: GroupRates) -> Ranking:
    return Ranking(
        title="Groups against all other rows",
        columns=("group", "rate", "rows", "inside", "outside", "gap from", "gap to"),
        rows=tuple(
            (each.condition.text, each.rate, each.n, each.inside.value, each.outside.value, each.difference.low, each.difference.high)
            for each in found.gaps[:20]
        ),
        reading="Gaps are simultaneous over all comparisons. Groups of different prevalence differ under any model.",
    )


def worst(scored: Scored, found: WorstErrors | None, contrast: ErrorContrast | None, forecast: ErrorForecast | None) -> Reading:
    """Kinds, examples, what tells errors from right rows, whether they can be foreseen."""
    said, evidence = "", []
    if found is not None and len(found.places):
        counts = {kind: found.kinds.count(kind) for kind in KINDS}
        classes = scored.target.is_classification
        said = _sure(found) if classes else ""
        kinds = ", ".join(f"{count} {NEARBY[kind]}" for kind, count in counts.items() if count)
        said += f"Of the {len(found.kinds)} {'surest' if classes else 'largest'} errors {kinds}. "
        said += "They fall into groups. " if len(found.groups) else "They show no pattern of their own. "
        title = f"The {'surest' if classes else 'largest'} errors by what rows near them say"
        evidence.append(Bars(title=title, labels=tuple(NEARBY.values()), values=tuple(float(each) for each in counts.values())))
        evidence.append(shown_rows(scored, [int(each) for each in found.places[:12]], (), "These errors, worst first"))
    if contrast is not None:
        told = [each for each in contrast.distinctions if each.p < 0.05]
        said += (
            f"They differ from right rows in {', '.join(dict.fromkeys(each.column for each in told[:3]))}. "
            if told
            else "Nothing tells them from right rows. "
        )
        evidence.append(_contrast(contrast))
    if forecast is not None:
        by = forecast.by_confidence
        said += f"Features foresee them with AUC {forecast.by_features.value:.2f} ({forecast.by_features.low:.2f} to {forecast.by_features.high:.2f})"
        said += f", the model's own doubt with {by.value:.2f}." if by is not None else "."
    return said.strip(), tuple(evidence)


def _sure(found: WorstErrors) -> str:
    """How many errors the model's own doubt allows among rows it is sure of: what comes by chance needs no other cause."""
    if not found.n_sure:
        return ""
    few = found.n_sure_wrong <= found.expected + 2 * max(found.expected, 1.0) ** 0.5
    said = f"{found.n_sure_wrong:,} of {found.n_sure:,} rows that the model is sure of are wrong, {found.expected:.0f} by its own doubt"
    return said + (": no more than chance brings. " if few else ". ")


def _contrast(found: ErrorContrast) -> Ranking:
    return Ranking(
        title=f"Wrong rows ({found.n_wrong:,}) against right rows of the same class",
        columns=("column", "level", "difference", "p", "wrong rows", "right rows"),
        rows=tuple((each.column, each.level, each.difference, each.p, each.wrong, each.right) for each in found.distinctions[:10]),
        reading="Differences in spreads of ranks; medians, or shares of a level. p by permutation, family-wise over all columns.",
    )


def shortcuts(found: Shortcuts | None) -> Reading:
    """Columns that were taken away."""
    if found is None or not found.places:  # too few rows anywhere
        return NOTHING
    said = f"The {found.followed} strongest columns were followed to {', '.join(found.places)}; "
    if not found.tried:
        return said + "none lost its relation to the target.", ()
    table = Ranking(
        title="Columns whose own score fell, taken away from the model there",
        columns=(
            "column",
            "where",
            "alone in training",
            "alone there",
            "model there",
            "without the column",
            "loss that goes",
            "from",
            "to",
        ),
        rows=tuple(
            (each.column, each.place, each.alone, each.there, each.before, each.after, each.gain.value, each.gain.low, each.gain.high)
            for each in found.tried
        ),
        reading="Above zero: the model does better there without the column.",
    )
    return said + f"'{found.tried[0].column}' fell most.", (table,)
