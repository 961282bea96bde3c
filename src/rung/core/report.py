"""The whole answer as one frozen tree. Renderers read it and compute nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rung.core.diagnosis import Diagnosis
from rung.core.errors import BadSetting
from rung.core.evidence import Evidence
from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Finding, Verdict
from rung.core.questions import Question
from rung.core.rung import Rung
from rung.core.worth import Headroom, HonestScore

CheckOutcome = Literal["found", "clear", "skipped", "failed", "muted"]
LadderState = Literal["passed", "findings", "failed", "not-checked"]

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """What became of one rule: every known rule has exactly one. `summary` is the rule's first sentence."""

    code: str
    name: str
    rung: Rung
    outcome: CheckOutcome
    reason: str = ""
    seconds: float = 0.0
    findings: tuple[str, ...] = ()
    traceback: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """The state of one rung."""

    rung: Rung
    state: LadderState
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSummary:
    """How rung understood one column."""

    name: str
    kind: str
    role: str
    missing_share: float = 0.0
    n_distinct: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One model of the ladder of models, scored on the same folds.

    step : difference to the contender before it, paired, None for the first.
    state : 'climbed', 'not climbed' or 'no difference seen' with the reason in `why`.
    """

    name: str
    score: Estimate
    step: Estimate | None = None
    state: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of the user's program. cells : first line of each notebook cell in `text`, empty for a plain file."""

    path: str
    text: str
    cells: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """What was investigated, and how rung understood it.

    sources : role ('train', 'model' ...) -> file as given, files only.   declared : what the user said of the problem, field -> value.
    """

    task: str = "unknown"
    target: str | None = None
    metric: str = ""
    positive: str | None = None
    rows: dict[str, int]
    columns: int = 0
    sampled: str | None = None
    time: str | None = None
    group: str | None = None
    model: str | None = None
    inferred: tuple[str, ...] = ()
    schema: tuple[ColumnSummary, ...] = ()
    contenders: tuple[Contender, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    overview: tuple[Evidence, ...] = ()
    program: tuple[SourceFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole answer of one run."""

    version: str
    started: str
    seconds: float
    seed: int
    case: CaseSummary
    ladder: tuple[LadderStep, ...]
    findings: tuple[Finding, ...]
    runs: tuple[CheckRun, ...]
    diagnosis: Diagnosis
    outcomes: tuple[Outcome, ...] = ()
    settings: dict[str, str]
    environment: dict[str, str]
    command: tuple[str, ...] = ()
    interrupted: str = ""
    honest: HonestScore | None = None
    headroom: Headroom | None = None
    evaluation: tuple[Question, ...] = ()
    schema: int = SCHEMA_VERSION

    def outcome_of(self, finding: Finding) -> Outcome | None:
        """The experiment run for this finding, None where none was."""
        return next((each for each in self.outcomes if each.key == finding.key), None)

    def find(self, name: str) -> tuple[Finding, ...]:
        """Findings of one rule, by slug or code, in rank order."""
        return tuple(each for each in self.findings if name in (each.name, each.code))

    def free_of(self, name: str) -> Freedom:
        """Whether no finding of warning or worse bears this slug, code, family ('D3'), rung or word of a slug ('leakage').

        The answer is true or false, and shows what stands against it: `assert report.free_of("leakage")`. What an experiment refuted
        does not count. Not free where none of those rules could look, which says nothing. Raises BadSetting for a word that no rule bears.
        """
        against = tuple(each for each in self.findings if _speaks(each) and _bears(each, name))
        asked = [each for each in self.runs if _bears(each, name)]
        if self.runs and not asked and not against:
            raise _no_such_rule(name, self.runs)
        looked = any(each.outcome in ("found", "clear") for each in asked) or not asked
        blind = "" if looked else f"{asked[0].code} {asked[0].name} could not look: {asked[0].reason or asked[0].outcome}"
        return Freedom(wanted=name, against=against, blind=blind)


def _no_such_rule(name: str, runs: tuple[CheckRun, ...]) -> BadSetting:
    import difflib

    words = {word for each in runs for word in (each.code, each.name, str(each.rung), *each.name.split("-"))}
    near = difflib.get_close_matches(name, sorted(words), n=3, cutoff=0.6)
    shown = ", ".join(f"'{each}'" for each in near)
    return BadSetting(f"No rule bears '{name}'.", hint=f"Did you mean {shown}?" if near else "`rung rules` lists codes and slugs.")


def _speaks(finding: Finding) -> bool:
    return bool(finding.weight) and finding.verdict is not Verdict.REFUTED


def _bears(each: Finding | CheckRun, name: str) -> bool:
    return name in (each.code, each.name, str(each.rung)) or each.code.startswith(name) or name in each.name.split("-")


@dataclass(frozen=True, slots=True, repr=False)
class Freedom:
    """The answer of `Report.free_of`: true where a rule looked and no finding stands against it.   blind : why none could look."""

    wanted: str
    against: tuple[Finding, ...]
    blind: str = ""

    def __bool__(self) -> bool:
        return not self.against and not self.blind

    def __repr__(self) -> str:
        if not self.against and self.blind:
            return f"not known to be free of '{self.wanted}': {self.blind}"
        if not self.against:
            return f"free of '{self.wanted}'"
        first = self.against[0]
        more = f" (and {len(self.against) - 1} more)" if len(self.against) > 1 else ""
        return f"not free of '{self.wanted}': {first.code} {first.name} ({first.verdict}): {first.message}{more}"
