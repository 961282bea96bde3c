"""D104: a code that stands for 'missing'."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.spikes import Spike, Spikes
from rung.facts.tokens import Token, Tokens

# Bounds of machine numbers that get into tables.
LIMITS = frozenset((32767, 32768, 65535, 2147483647, 2147483648, 4294967295))
# An honest value would make the other columns agree: this share of what they would say if it were true, and so many standard errors below.
# By hand, see fault bench: true zeros and caps of the development tables keep at least 0.4.
DISAGREES, SURE = 0.35, 5.0
SCALE = 12  # values that a column needs before -1 is no step of its scale (-1 to 4, disagree to agree); by hand
STATE = 1 / 3  # share of rows from which a zero apart from the rest is a state of its own (never bought, there from the start); by hand


@check(
    "D104", severity="warning", explains=("outliers", "skewed-feature", "feature-drift", "collinear-features", "informative-missingness")
)
def sentinel_values(spikes: Spikes | None, tokens: Tokens, *, min_share: float = 0.003) -> Iterator[Finding]:
    """A number, word or date that means 'no value' is read as if it had been measured.

    Why it matters:
        -999 pulls means, scales and straight lines far off, and a model learns that missing is the smallest value of all.
    Likely cause:
        The source system has no empty field: it writes -999, 9999, 0 or 1900-01-01, and the table was read without saying so.
    How it decides:
        A value that occurs far too often (a point mass) and is a known code. It counts when it is impossible (the only negative value of a column), when it
        stands apart from all others, or when the other columns contradict it: at most 0.35 of what they would say were it true, and 5 standard errors below.
        A small negative value that is rarer than the values just above it continues them, and a zero apart from the rest that a third of the rows share, or
        that the other columns vouch for, is true. Texts such as '?' and days such as 1900-01-01 are looked up. Warning from `min_share` of the rows, a note
        below and for plain words.
    When it is wrong:
        A true zero, a cap or a top code looks alike; the other columns tell them apart only where they know the column at all.
    Fix:
        Read the code as missing, add an indicator where the fact that it is missing may tell something, impute inside the pipeline.
    Verify:
        A linear model gains, or the other columns explain the column better, once the code is missing.
    Prevent:
        pd.read_csv(path, na_values=[...]) and a range check: assert train[column].between(low, high).all()
    Sources:
        Point masses: David & Johnson (1952) for truncated counts; codes as in public survey and sensor data.

    min_share : rows with the code over rows with a value, from which it is more than a note.
    """
    told: set[str] = set()
    for spike in sorted(spikes.found if spikes else (), key=lambda each: -each.count):
        reason = _reason(spike) if spike.column not in told else None
        if reason:
            told.add(spike.column)
            yield _number(spike, *reason, min_share)
    for token in tokens.found:
        if token.column not in told:
            told.add(token.column)
            yield _text(token, min_share)


def _is_code(value: float) -> bool:
    """Whether people or programs write this number for 'no value': nines (and the refusals beside them), machine limits, small negatives."""
    digits = f"{abs(value):.12g}".replace(".", "")
    repeated = digits[0] in "789" and digits == digits[0] * len(digits)
    beside = digits in ("97", "98", "997", "998", "9997", "9998")
    return repeated or beside or abs(value) in LIMITS or value in (-1.0, -2.0, -3.0)


def _reason(spike: Spike) -> tuple[str, Confidence] | None:
    """Why this value cannot be a measurement, None where it may be one."""
    doubt = abs(spike.hat_true - spike.hat) > SURE * spike.hat_error
    denied = bool(doubt and spike.r2 >= 0.1 and spike.hat_true and spike.hat / spike.hat_true < DISAGREES)
    if spike.kind == "sign":
        if spike.value > -4 and spike.count <= spike.beside and not denied:
            return None  # the tail of a column that goes a little below zero: fewer rows the farther down
        fewest = 5 if spike.value < -4 else SCALE
        lonely = _is_code(spike.value) and spike.count >= 2 and spike.low >= -9.5 * abs(spike.value) and spike.n_distinct >= fewest
        surely = Confidence.NEAR_CERTAIN if spike.value <= -9 else Confidence.LIKELY
        return ("it is below zero where nothing else is", surely) if lonely else None
    far = spike.kind == "isolated" and abs(spike.value) >= 77 and spike.gap >= 2.0
    if _is_code(spike.value) and far:
        return f"it lies {min(spike.gap, 1e6):.1f} standard deviations from the nearest other value", Confidence.NEAR_CERTAIN
    if denied and (_is_code(spike.value) or spike.value == 0) and spike.n_distinct > 20:
        return "the other columns describe these rows as ordinary ones", Confidence.LIKELY
    if (
        spike.value == 0
        and spike.kind == "isolated"
        and spike.low > 0
        and spike.gap >= 3.0
        and spike.share < STATE
        and spike.n_distinct > 20
        and not spike.vouched
    ):
        return f"it lies {spike.gap:.1f} standard deviations below the smallest other value", Confidence.LIKELY
    return None


def _number(spike: Spike, why: str, confidence: Confidence, min_share: float) -> Finding:
    name, code = spike.column, f"{spike.value:g}"
    return Finding(
        subject=Subject(kind="column", names=(name,), rows=spike.rows, detail=f"{name} = {code}"),
        message=(
            f"'{name}' is {code} in {spike.count:,} of {spike.n_known:,} rows ({spike.share:.1%}), "
            f"others run from {spike.low:g} to {spike.high:g}: {why}."
        ),
        severity=Severity.WARNING if spike.share >= min_share and spike.count >= 3 else Severity.NOTE,
        confidence=confidence,
        evidence=(
            Bars(
                title=f"What the other columns say of '{name}'",
                labels=("said of these rows", "would be said if true"),
                values=(spike.hat, spike.hat_true),
                lows=(spike.hat - 2 * spike.hat_error, spike.hat_true),
                highs=(spike.hat + 2 * spike.hat_error, spike.hat_true),
                unit="standard deviations",
                reading=f"Against all other rows; they know {spike.r2:.0%} of this column. Near 0: these are ordinary rows.",
            ),
            Measure(
                title=f"Rows with {code}", value=spike.share, unit="share of rows", reading="Shared by so many rows, it is no single slip."
            ),
        ),
        remedy=_remedy(name, code),
    )


def _remedy(name: str, code: str) -> Remedy:
    return Remedy(
        fix=f"Read {code} in '{name}' as missing.",
        patch=f"for frame in (train, test):\n    frame[{name!r}] = frame[{name!r}].replace({code}, float('nan'))",
        prevent=f"assert not (train[{name!r}] == {code}).any()",
        experiment="recode-sentinel",
    )


def _text(token: Token, min_share: float) -> Finding:
    material = token.sure and token.share >= min_share and token.count >= 3
    return Finding(
        subject=Subject(kind="column", names=(token.column,), rows=token.rows, detail=f"{token.column} = {token.value!r}"),
        message=f"'{token.column}' holds {token.value!r} in {token.count:,} of {token.n_known:,} rows ({token.share:.1%}): it reads as 'no value'.",
        severity=Severity.WARNING if material else Severity.NOTE,
        confidence=Confidence.LIKELY if token.sure else Confidence.POSSIBLE,
        evidence=(Measure(title=f"Rows with {token.value!r}", value=token.share, unit="share of rows"),),
        remedy=_remedy(token.column, repr(token.value)),
    )
