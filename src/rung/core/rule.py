"""What a check says of itself, read off its function, its signature and its docstring."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rung.core.errors import PluginError
from rung.core.finding import Finding, Severity
from rung.core.rung import LETTERS, Rung

HEADINGS = (
    "Why it matters",
    "Likely cause",
    "How it decides",
    "When it is wrong",
    "Fix",
    "Verify",
    "Prevent",
    "Sources",
)
CheckFunction = Callable[..., Iterator[Finding]]
KnobValue = int | float | str | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """A keyword-only parameter of a check, settable by the user."""

    name: str
    default: KnobValue
    doc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One positional parameter: the input or fact type that the check reads."""

    name: str
    type: type
    optional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to see a rule's fault: what it reads and the function that looks. A rule has its check, and a witness for each further way."""

    needs: tuple[Need, ...]
    check: CheckFunction


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the book. `instrument`: it checks row identity, split or metric, without which no other rung can be judged.

    witnesses : further ways to see the same fault, from other inputs (a recorded run, a history).
    """

    code: str
    name: str
    rung: Rung
    summary: str
    doc: dict[str, str]
    needs: tuple[Need, ...]
    knobs: tuple[Knob, ...]
    severity: Severity
    explains: tuple[str, ...]
    since: str
    instrument: bool
    module: str
    line: int
    check: CheckFunction
    witnesses: tuple[Way, ...] = ()

    @property
    def ways(self) -> tuple[Way, ...]:
        """The check itself, then its witnesses."""
        return (Way(needs=self.needs, check=self.check), *self.witnesses)


def needs_of(function: Callable[..., object]) -> tuple[Need, ...]:
    """The positional parameters as needs. Raises PluginError where one bears no class as its type."""
    hints = typing.get_type_hints(function)
    parameters = inspect.signature(function).parameters.values()
    positional = [each for each in parameters if each.kind is not inspect.Parameter.KEYWORD_ONLY]
    return tuple(_need(function, each.name, hints.get(each.name)) for each in positional)


def _need(function: Callable[..., object], name: str, hint: object) -> Need:
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union else (hint,)
    wanted = [each for each in options if each is not type(None)]
    if len(wanted) != 1 or not isinstance(wanted[0], type):
        raise PluginError(
            f"Parameter '{name}' of '{function.__module__}.{function.__qualname__}' must be annotated with one input or fact type, "
            f"or that type | None; got {hint!r}."
        )
    return Need(name=name, type=wanted[0], optional=len(wanted) < len(options))


def rule_of(
    function: CheckFunction, code: str, severity: Severity, explains: tuple[str, ...], since: str, *, instrument: bool = False
) -> Rule:
    """Read the rule off the function. The name is the function's, the rung the code's letter."""
    if not re.fullmatch(r"[DPMTEO]\d{3}", code):
        raise PluginError(f"'{code}' on '{function.__qualname__}' is no rule code; write a letter of DPMTEO and three digits.")
    summary, doc, knob_docs = parse_doc(inspect.getdoc(function) or "")
    return Rule(
        code=code,
        name=function.__name__.replace("_", "-"),
        rung=LETTERS[code[0]],
        summary=summary,
        doc=doc,
        needs=needs_of(function),
        knobs=_knobs(function, knob_docs),
        severity=severity,
        explains=explains,
        since=since,
        instrument=instrument,
        module=function.__module__,
        line=function.__code__.co_firstlineno,
        check=function,
    )


def _knobs(function: CheckFunction, docs: dict[str, str]) -> tuple[Knob, ...]:
    parameters = inspect.signature(function).parameters.values()
    return tuple(
        Knob(name=each.name, default=each.default, doc=docs.get(each.name, ""))
        for each in parameters
        if each.kind is inspect.Parameter.KEYWORD_ONLY
    )


@lru_cache(maxsize=512)
def parse_doc(text: str) -> tuple[str, dict[str, str], dict[str, str]]:
    """Split a check's docstring into its summary, its eight sections and the lines of its knobs.

    A section begins with its heading and a colon at the start of a line; a knob with `name : text`.
    """
    summary, _, rest = text.partition("\n")
    heading = re.compile(rf"^({'|'.join(HEADINGS)}):\s*", re.MULTILINE)
    pieces = heading.split(rest)
    sections = {name: _flow(body) for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}
    knobs = re.findall(r"^(\w+) : (.+(?:\n[ \t]+.+)*)", rest, re.MULTILINE)
    for name, body in sections.items():
        sections[name] = re.split(r"(?:^|\s)\w+ : ", body)[0].strip() if name == HEADINGS[-1] else body
    return summary.strip(), sections, {name: _flow(body) for name, body in knobs}


def _flow(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
