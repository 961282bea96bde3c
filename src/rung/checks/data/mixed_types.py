"""D107: numbers and texts in one column."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Ranking
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.text_numbers import TextColumn, TextNumbers

CODES = 0.02  # share of values with leading zeros from which a column holds codes, not quantities (by hand)


@check(
    "D107",
    severity="warning",
    explains=("unseen-categories", "identifier-feature", "feature-drift", "category-variants", "sentinel-values"),
)
def mixed_types(texts: TextNumbers, *, min_numbers: int = 10, max_words: int = 10) -> Iterator[Finding]:
    """A column of numbers is read as text because some of its values are not plain numbers.

    Why it matters:
        As text every number is a category of its own: order and distance are lost, and each new value in production is unknown.
    Likely cause:
        Thousands separators, a unit or a currency typed along, decimal commas, words for 'no value', two sources with formats of their
        own.
    How it decides:
        Values are sorted into plain numbers, decorated ones ('1,200', '12 kg', '<5'), words for 'no value' and the rest. Found where
        the first three make up
        95 % of the rows, at least `min_numbers` different numbers occur, some value is not plain, and the rest holds at most
        `max_words` different ones.
        Columns of nothing but plain numbers kept as text are a note, unless they have leading zeros or all one length, as codes do.
    When it is wrong:
        Codes that look like numbers with a letter ('12A', '250.83') are kept apart by the share of the rest; house numbers may still
        pass.
    Fix:
        Strip what is not part of the number, read the rest with errors='coerce', and say which words mean missing when the file is read.
    Verify:
        The column is numeric, with no more missing values than words for 'no value' in it.
    Prevent:
        pd.read_csv(path, thousands=',', na_values=[...]), and assert pd.api.types.is_numeric_dtype(train[column])
    Sources:
        Forms of numbers as in locale-aware readers; limits chosen by hand, see fault bench.

    min_numbers : different plain numbers from which the column is a quantity.
    max_words : different other values up to which they are slips, not codes.
    """
    for each in texts.found:
        readable = each.plain + each.decorated + each.missing
        quantity = each.numbers >= min_numbers and each.zero_led <= CODES * each.n_known and readable >= 0.95 * each.n_known
        spoiled = each.n_known - each.plain
        if quantity and spoiled and each.n_other <= max_words and not _all_decorated_codes(each):
            yield _finding(each, spoiled)
        elif quantity and not spoiled and not each.one_length:
            yield _text_only(each)


def _all_decorated_codes(each: TextColumn) -> bool:
    """Whether the letters belong to the code, as in '12A', '12B', '14C': nearly every decoration is another."""
    glued = [text for text in each.examples if len(text.strip()) > 1 and text.strip()[-1].isalpha() and text.strip()[-2].isdigit()]
    endings = {text.strip()[-1] for text in glued}
    return len(glued) >= 5 and len(endings) >= 4


def _finding(each: TextColumn, spoiled: int) -> Finding:
    shown = ", ".join(repr(text) for text in each.examples[:3])
    return Finding(
        subject=Subject(kind="column", names=(each.column,), rows=each.rows),
        message=(
            f"'{each.column}' is read as text: {each.plain / each.n_known:.1%} of {each.n_known:,} values are plain numbers, "
            f"{spoiled:,} are not ({shown})."
        ),
        severity=Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN if each.other == 0 else Confidence.LIKELY,
        evidence=(_heaps(each), _examples(each)),
        remedy=_remedy(each.column),
    )


def _text_only(each: TextColumn) -> Finding:
    return Finding(
        subject=Subject(kind="column", names=(each.column,)),
        message=f"'{each.column}' holds nothing but numbers ({each.numbers:,} different ones in {each.n_known:,} rows), kept as text.",
        severity=Severity.NOTE,
        confidence=Confidence.LIKELY,
        evidence=(_heaps(each),),
        remedy=_remedy(each.column),
    )


def _remedy(name: str) -> Remedy:
    strip = "r'[^0-9eE.+-]'"
    return Remedy(
        fix=f"Read '{name}' as numbers: strip separators and units, let words become missing.",
        patch=f"for frame in (train, test):\n    plain = frame[{name!r}].astype('str').str.replace({strip}, '', regex=True)\n"
        f"    frame[{name!r}] = pd.to_numeric(plain, errors='coerce')",
        prevent=f"assert pd.api.types.is_numeric_dtype(train[{name!r}])",
    )


def _heaps(each: TextColumn) -> Bars:
    return Bars(
        title=f"How the values of '{each.column}' read",
        labels=("plain numbers", "numbers with a decoration", "words for 'no value'", "anything else"),
        values=(float(each.plain), float(each.decorated), float(each.missing), float(each.other)),
        marked=("plain numbers",),
        unit="rows",
        reading="One value that is no plain number turns the whole column into text.",
    )


def _examples(each: TextColumn) -> Ranking:
    rows = tuple((repr(text), count) for text, count in zip(each.examples, each.counts, strict=True))
    return Ranking(title="Values that are no plain numbers", columns=("value", "rows"), rows=rows)
