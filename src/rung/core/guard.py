"""Guards: tests of the user's own project that fail while a confirmed fault is there and pass once it is mended."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """What the mended values of a column keep to.

    numeric : every value reads as a number.   forbidden : values that must not occur.   low, high : bounds, None for none.
    """

    column: str
    numeric: bool = False
    forbidden: tuple[str | float, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """One test of the file. test : its function's name.   why : the finding in a sentence, with what the experiment said.

    with_model : whether the rule is asked with the model.   schema : checked on the file itself, beside the rule.
    """

    test: str
    key: str
    code: str
    name: str
    names: tuple[str, ...]
    why: str
    with_model: bool = False
    schema: ColumnRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardFile:
    """What the generated file needs to know.

    sources : role -> path relative to the file.   options : keyword arguments of `rung.diagnose` as they were declared.
    contract : declarations that only a contract can hold.
    pandera : whether the schema is written for pandera.
    """

    report: str
    version: str
    sources: dict[str, str]
    options: dict[str, object]
    guards: tuple[Guard, ...]
    contract: dict[str, object] = field(default_factory=dict)
    pandera: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The file as it was handed over.

    text : its source.   proven : tests that failed on the broken state and passed on the mended one.   left_out : finding -> why it has no guard.
    """

    text: str
    proven: tuple[str, ...]
    left_out: dict[str, str] = field(default_factory=dict)
