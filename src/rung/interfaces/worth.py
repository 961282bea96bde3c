"""What is asked of a finished investigation: the honest score, and how good it could be."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from rung.adapters.looks import add_look, ledger_path, read_looks
from rung.core.errors import BadSetting, Unavailable
from rung.core.report import Report
from rung.core.worth import Headroom, HonestScore
from rung.engine import discover
from rung.engine.run import Investigation, Progress
from rung.experiments.honest import honest_score
from rung.experiments.prospects import headroom as prospects
from rung.facts.test_wear import PresentLook
from rung.inputs.case import Case
from rung.inputs.contract import Contract
from rung.inputs.looks import TestLooks
from rung.inputs.model import Model

RICH = ("categories",)  # declarations that no single line holds


def honest(work: Investigation, started: float, progress: Progress) -> HonestScore | None:
    """The honest score, None where nothing was proven or measured: without experiments, after an interrupt, without a target.

    started : `time.perf_counter()` at the start of the run; what is left of the budget is counted from there.
    """
    if not work.settings.experiments or work.settings.budget <= 0 or work.interrupted.startswith("interrupted"):
        return None
    progress("the honest score", 0.99)
    try:
        return honest_score(work.ledger, tuple(work.findings), discover.helpers("take-out"), _left(work, started))  # type: ignore[arg-type]
    except Unavailable:
        return None
    except KeyboardInterrupt:
        work.interrupted = work.interrupted or "interrupted by the user"
        return None
    except Exception as error:  # noqa: BLE001 - the report still stands without it, and says what is missing
        _missing(work, "the honest score could not be measured", error)
        return None


def _missing(work: Investigation, what: str, error: Exception) -> None:
    told = f"{what}: {type(error).__name__}: {error}"
    work.interrupted = f"{work.interrupted}; {told}" if work.interrupted else told


def _left(work: Investigation, started: float) -> float:
    """Seconds of the budget that the experiments did not use."""
    return work.settings.budget - (time.perf_counter() - started)


def headroom(work: Investigation, progress: Progress) -> Headroom | None:
    """How good the score could be, None where there is none to raise; an interrupt ends it without one."""
    progress("how good it could be", 0.99)
    budget = max(work.settings.budget, 1.0)
    try:
        return prospects(work.ledger, tuple(work.findings), discover.helpers("take-out"), discover.helpers("lever"), budget)  # type: ignore[arg-type]
    except Unavailable:
        return None
    except KeyboardInterrupt:
        work.interrupted = work.interrupted or "interrupted by the user"
        return None
    except Exception as error:  # noqa: BLE001 - as above
        _missing(work, "the headroom could not be measured", error)
        return None


def with_origin(report: Report, given: Mapping[str, object], declared: Contract) -> Report:
    """The report with the files that it was made from, and with what the user declared."""
    sources = {role: str(each) for role, each in given.items() if isinstance(each, str | Path)}
    said = {each.name: getattr(declared, each.name) for each in fields(declared) if each.name not in RICH}
    plain = {name: value for name, value in said.items() if isinstance(value, str | int | float | tuple) and value not in ((), False)}
    kept = {name: ",".join(map(str, value)) if isinstance(value, tuple) else str(value) for name, value in plain.items()}
    return replace(report, case=replace(report.case, sources=sources, declared=kept))


def with_ledger(case: Case, ledger: str | Path | None, test: object) -> Case:
    """The case with the looks that were taken at its test set, where a ledger was named. Raises BadSetting without a test set or a model: no look would be counted."""
    if ledger is None:
        return case
    if test is None:
        raise BadSetting("A test ledger counts looks at a test set, and none was given.", hint="Add --test FILE.")
    if Model not in case.inputs:
        raise BadSetting(
            "A test ledger counts the models that were scored on a test set, and none was given.",
            hint="Add --model FILE or --prediction COL.",
        )
    return Case(*case.inputs.values(), read_looks(ledger_path(ledger, test)))


def remember(work: Investigation) -> None:
    """Write this run's look into the ledger, where there is one and the model was scored on the test set."""
    ledger, present = work.ledger.ask_or_none(TestLooks), work.ledger.ask_or_none(PresentLook)
    if ledger is not None and present is not None:
        add_look(Path(ledger.file), present.look)
