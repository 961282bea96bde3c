"""D105: one column, two units."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars, Histograms
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.units import UnitColumn, Units

# Chance that two honest groups lie so close to a known conversion. Proof by the other columns allows more; with the others against it, hardly any.
# By hand, see fault bench: none of 1,500 columns of the development tables passes.
PROVEN, UNKNOWN, AGAINST = 0.7, 0.5, 0.02
# Chance of one group instead of two, and where the other columns gain so much from the conversion. By hand, see fault bench.
SMALL_P, LARGE_P, LARGE = 1e-8, 1e-4, 0.1
# Values in another unit lie apart from the rest by the conversion itself. Where they lie among the rest, another column is odd in these rows: the
# hour of a flight that lands after midnight. Where they lie much farther, they are other things than the rest. Chosen by hand.
MOVED, TOO_FAR = 0.5, 4 / 3


@check("D105", severity="warning", explains=("outliers", "skewed-feature", "feature-drift", "sentinel-values", "multivariate-drift"))
def inconsistent_units(units: Units, *, min_gain: float = 0.02) -> Iterator[Finding]:
    """A part of a column's rows, or of the target's, is given in another unit than the rest.

    Why it matters:
        A weight of 154 among weights around 70 is not a heavy person but pounds. Every model takes the jump for a fact.
    Likely cause:
        Two sources were put together (another site, country or device), or a unit changed at some day without a conversion.
    How it decides:
        The logarithms of the column, or what the other columns leave unexplained of them, fall into two tight groups with a valley
        between, and their
        distance is a known conversion (kg/lb, cm/inch, thousand, months/years, C/F ...). Then the proof: after conversion the other
        columns must explain
        at least `min_gain` more of the column, and 3 standard errors more than before. Where they do not know the column, the groups
        must be far
        clearer (p below 1e-15) and the chance that honest groups lie so close to a conversion at most a half.
    When it is wrong:
        Honest groups (species, products) may lie a conversion apart; then the other columns agree less after it, and the rule stays
        silent.
    Fix:
        Convert the accused rows, best at the source that wrote them; add a column for the unit where it is known.
    Verify:
        The two groups fall together, and the linear score or the agreement with the other columns rises.
    Prevent:
        A range check per source: assert train.groupby(source)[column].median().between(low, high).all()
    Sources:
        Valley: Hartigan & Hartigan (1985), as an exact binomial bound; conversions: SI brochure, NIST SP 811.

    min_gain : smallest rise of the share that the other columns explain, 0..1.
    """
    for each in sorted(units.found, key=lambda column: column.r2_before - column.r2_after):
        judged = _judge(each, min_gain)
        if judged is not None:
            yield _finding(each, units, *judged)


def _judge(each: UnitColumn, min_gain: float) -> tuple[Severity, Confidence] | None:
    gain, sure = each.r2_after - each.r2_before, 3 * each.error
    if each.p > (LARGE_P if gain > max(LARGE, 2 * sure) else SMALL_P) or each.share < 0.01 or not MOVED <= each.moved <= TOO_FAR:
        return None
    if gain > max(min_gain, sure):
        certain = gain > 0.1 and each.common
        return (Severity.WARNING, Confidence.NEAR_CERTAIN if certain else Confidence.LIKELY) if each.coincidence <= PROVEN else None
    if gain < -max(min_gain, sure):
        return (Severity.WARNING, Confidence.LIKELY) if each.coincidence <= AGAINST and each.p < 1e-30 else None
    if not each.common or each.p > 1e-15:
        return None
    return (Severity.WARNING, Confidence.LIKELY) if each.coincidence <= UNKNOWN else (Severity.NOTE, Confidence.POSSIBLE)


def _finding(each: UnitColumn, units: Units, severity: Severity, confidence: Confidence) -> Finding:
    rows = units.rows[each.members]
    return Finding(
        subject=Subject(
            kind="column", names=(each.column,), rows=tuple(rows[:50].tolist()), detail=f"{each.name}, factor {each.factor:.4g}"
        ),
        message=(
            f"{each.share:.1%} of '{each.column}' look {each.factor:.4g} times as large as the rest ({each.name}); "
            f"converted, the other columns explain {each.r2_after:.0%} of it instead of {each.r2_before:.0%}."
        ),
        severity=severity,
        confidence=confidence,
        evidence=(_histogram(each), _agreement(each)),
        remedy=Remedy(
            fix=f"Convert the accused rows of '{each.column}': divide by {each.factor:.6g}"
            + (f" after taking off {each.offset:g}." if each.offset else "."),
            patch=_patch(each),
            prevent=f"assert train[{each.column!r}].between(low, high).all()  # per source, in one unit",
            experiment="rescale-units",
        ),
    )


def _patch(each: UnitColumn) -> str | None:
    """Code where one threshold parts the two units, None where the other columns are needed to tell."""
    known = np.isfinite(each.values)
    other, rest = each.values[each.members], each.values[known & ~each.members]
    name = repr(each.column)
    if other.min() > rest.max():
        cut, sign = float(np.sqrt(max(other.min() * rest.max(), 0.0))) if rest.max() > 0 else float(other.min() + rest.max()) / 2, ">"
    elif other.max() < rest.min():
        cut, sign = float(np.sqrt(max(other.max() * rest.min(), 0.0))) if other.max() > 0 else float(other.max() + rest.min()) / 2, "<"
    else:
        return None
    minus = f"({_accused(name)} - {each.offset:g})" if each.offset else _accused(name)
    return (
        f"for frame in (train, test):\n    odd = frame[{name}] {sign} {cut:.6g}\n    frame.loc[odd, {name}] = {minus} / {each.factor:.6g}"
    )


def _accused(name: str) -> str:
    """The accused values in the patch."""
    return f"frame.loc[odd, {name}]"


def _histogram(each: UnitColumn) -> Histograms:
    known = np.isfinite(each.values) & ((each.values > 0) | (each.offset != 0))
    values = np.log10(each.values[known]) if each.offset == 0 else each.values[known]
    edges = np.linspace(values.min(), values.max(), 41)
    members = each.members[known]
    counts = [np.histogram(values[mask], edges)[0] / max(1, len(values)) for mask in (~members, members)]
    return Histograms(
        title=f"'{each.column}' in two groups",
        x_label=f"log10 of {each.column}" if each.offset == 0 else each.column,
        edges=tuple(edges.tolist()),
        groups=("main unit", "other unit"),
        shares=tuple(tuple(each.tolist()) for each in counts),
        reading=f"The smaller group is the larger one moved by a factor of {each.factor:.4g}.",
    )


def _agreement(each: UnitColumn) -> Bars:
    return Bars(
        title=f"How well the other columns explain '{each.column}'",
        labels=("as it is", "converted"),
        values=(each.r2_before, each.r2_after),
        marked=("converted",),
        unit="R2",
        reading="If the rows were in another unit, conversion restores the agreement.",
    )
