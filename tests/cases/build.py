"""From frames to cases, and from cases to the findings of one rule."""

from __future__ import annotations

import numpy as np

from rung.core.finding import Finding
from rung.core.report import CheckRun
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.engine.run import Investigation, run_check, run_experiment
from rung.inputs.case import Case
from rung.inputs.contract import Contract
from rung.inputs.planted import Healthy, Planted
from rung.inputs.settings import Settings
from rung.interfaces.build import build_case


def case_of(train, *, test=None, current=None, model=None, settings=None, **declared) -> Case:
    """A case as the API builds it; `declared` are fields of the contract (target, time, groups, positive ...)."""
    settings = settings or Settings()
    return build_case(train, contract=Contract(**declared), settings=settings, test=test, current=current, model=model, trust=True)


def run_rule(word: str, case: Case) -> tuple[CheckRun, list[Finding]]:
    """One rule, by slug or code, on one case."""
    rule = next(each for each in discover.rules() if word in (each.name, each.code))
    return run_check(rule, Ledger(case, discover.facts()))


def findings_of(word: str, case: Case) -> list[Finding]:
    """The findings of one rule; a crash or a skip is an error of the test."""
    run, found = run_rule(word, case)
    assert run.outcome in ("found", "clear"), f"{run.outcome}: {run.reason}\n{run.traceback}"
    return found


def apply(finding: Finding, case: Case):
    """Run the finding's experiment on the case and return its outcome, None (with the reason in the verdict) where it is untestable."""
    work = Investigation(ledger=Ledger(case, discover.facts()), settings=Settings(), findings=[finding])
    run_experiment(work, finding)
    return work.outcomes[0] if work.outcomes else None


def planted(name: str, healthy: Healthy, severity: str = "medium", seed: int = 0) -> Planted:
    """The fault of this slug planted into a healthy case."""
    fault = next(each for each in discover.faults() if each.name == name)
    return fault.plant(healthy, severity, np.random.default_rng(seed))


def case_from(broken: Healthy) -> Case:
    """The case that rung is handed for a healthy or planted set of tables."""
    return case_of(
        broken.train,
        test=broken.test,
        current=broken.current,
        model=broken.model,
        target=broken.target,
        time=broken.time,
        groups=broken.groups,
        **broken.declared,
    )
