"""Spellings of one word: what stays when case, blanks and dashes are taken off, and words one slip apart."""

from __future__ import annotations

import re
import unicodedata


def spelling_key(text: str) -> str:
    """What two spellings of one level share.

    Unicode forms, case and blanks never count; dashes, dots, underscores and quotes only count beside digits or signs ('1-2' is not
    '12', 'C' is not 'C++').
    """
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()
    return re.sub(r"[ ._'`\-]+", "", plain) if re.fullmatch(r"[^\W\d]+(?:[ ._'`\-]+[^\W\d]+)*[.]?", plain) else plain


def one_slip(a: str, b: str) -> bool:
    """Whether one letter left out, added, changed, or swapped with its neighbour turns a into b.

    Source: the operations of Damerau (1964), at distance one.
    """
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    start = next((place for place, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    if len(a) == len(b):
        swapped = len(rest_a) > 1 and rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:]
        return swapped or rest_a[1:] == rest_b[1:]
    return rest_a[1:] == rest_b if len(a) > len(b) else rest_b[1:] == rest_a
