"""A finding: one thing that is wrong, about one subject, with evidence and a remedy."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from rung.core.evidence import Evidence
from rung.core.rung import Rung

MAX_SUBJECT_ROWS = 50


class Severity(StrEnum):
    """How bad it is if true."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def weight(self) -> int:
        """0 for a note to 3 for critical."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How sure the rule is; the meaning is calibrated on the fault bench."""

    POSSIBLE = "possible"
    LIKELY = "likely"
    NEAR_CERTAIN = "near-certain"

    @property
    def weight(self) -> int:
        """0 for possible to 2 for near-certain."""
        return list(Confidence).index(self)


class Verdict(StrEnum):
    """What the experiment said."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    UNTESTABLE = "untestable"


Safety = Literal["show", "ask", "safe"]
SubjectKind = Literal["table", "column", "columns", "rows", "slice", "split", "step", "layer", "metric", "model", "line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A place in the user's source."""

    file: str
    line: int
    cell: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a finding is about.

    names : columns, steps, layers or models, most important first.
    rows : at most 50 positions (0-based) in the table as given; longer ones are cut, `detail` says so.
    """

    kind: SubjectKind
    names: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    where: Where | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(str(name) for name in self.names))
        object.__setattr__(self, "rows", tuple(int(row) for row in self.rows[:MAX_SUBJECT_ROWS]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """How to mend it. Parts left empty are filled from the rule's page by the runner.

    experiment : slug of the experiment that proves the fix, None where none can.
    safety : 'show' a text only, 'ask' before applying the patch, 'safe' to apply.
    """

    cause: str = ""
    fix: str
    patch: str | None = None
    verify: str = ""
    prevent: str = ""
    safety: Safety = "ask"
    experiment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    code, name, rung, key and explains are stamped by the runner from the rule: a check cannot misspell itself.
    severity : None takes the rule's own.
    """

    subject: Subject
    message: str
    remedy: Remedy
    evidence: tuple[Evidence, ...] = ()
    severity: Severity | None = None
    confidence: Confidence = Confidence.LIKELY
    verdict: Verdict = Verdict.SUSPECTED
    verdict_reason: str = ""
    code: str = ""
    name: str = ""
    rung: Rung | None = None
    key: str = ""
    explains: tuple[str, ...] = field(default=())

    @property
    def weight(self) -> int:
        """Severity as a number, 0 for a note to 3 for critical."""
        return (self.severity or Severity.NOTE).weight


def key_of(code: str, subject: Subject) -> str:
    """Stable over runs: rule and subject. Baselines and mutes hang on it."""
    named = ",".join(subject.names) or subject.detail or subject.kind
    return f"{code}:{named}"
