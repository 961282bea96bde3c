"""What a person asks of a score, each question with its answer: plain data for the first screen and the pages behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rung.core.evidence import Evidence

QuestionState = Literal["good", "doubt", "bad", "not-seen", "told"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    codes : rules that judge it.   state : 'good' (they looked and found nothing), 'doubt' (notes only), 'bad' (a warning or worse), 'not-seen' (none could look),
    'told' (no rule judges it: the numbers stand for themselves).   answer : one or two sentences.   evidence : at most six charts or tables.
    """

    ask: str
    state: QuestionState
    answer: str
    codes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
