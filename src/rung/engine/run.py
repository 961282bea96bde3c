"""Runs the plan: every rule once, then the experiments within the budget, then the ranking."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from rung.core.diagnosis import Diagnosis
from rung.core.errors import Unavailable
from rung.core.experiment import Outcome
from rung.core.finding import Finding, Remedy, Severity, Verdict, key_of
from rung.core.report import CheckRun, LadderState, LadderStep
from rung.core.rule import KnobValue, Rule, Way
from rung.core.rung import Rung
from rung.diagnosis.rank import rank
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.engine.plan import blind_spots, by_cheapness
from rung.engine.select import refuse_unknown, selected
from rung.inputs.case import Case
from rung.inputs.settings import Settings

Progress = Callable[[str, float], None]


def quiet(_text: str, _share: float) -> None:
    """Shows nothing."""


@dataclass(slots=True)
class Investigation:
    """A run in progress: what has been found so far survives an interrupt."""

    ledger: Ledger
    settings: Settings
    findings: list[Finding] = field(default_factory=list)
    runs: dict[str, CheckRun] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    interrupted: str = ""

    def diagnosis(self) -> Diagnosis:
        """Causes ranked over all that is known now."""
        asked = [rule for rule in discover.rules() if selected(rule, self.settings.select, self.settings.ignore)]
        blind = blind_spots(asked, discover.facts(), frozenset(self.ledger.case.inputs))
        return rank(tuple(self.findings), tuple(self.outcomes), blind)

    def ladder(self) -> tuple[LadderStep, ...]:
        """One state a rung."""
        tools = {rule.code for rule in discover.rules() if rule.instrument}
        steps = [
            _step(rung, [run for run in self.runs.values() if run.rung == rung], self.findings) for rung in Rung if rung != Rung.INSTRUMENT
        ]
        return (_step(Rung.INSTRUMENT, [run for run in self.runs.values() if run.code in tools], self.findings), *steps)


def investigate(case: Case, settings: Settings, progress: Progress = quiet) -> Investigation:
    """Run every selected rule and the experiments. An interrupt (Ctrl-C) ends it early with what is known."""
    rules = discover.rules()
    refuse_unknown((*settings.select, *settings.ignore), rules)
    ledger = Ledger(case, discover.facts())
    work = Investigation(ledger=ledger, settings=settings)
    try:
        _run_checks(work, rules, progress)
        if settings.experiments:
            _run_experiments(work, progress)
    except KeyboardInterrupt:
        work.interrupted = "interrupted by the user"
    for rule in rules:
        work.runs.setdefault(rule.code, _run_of(rule, "skipped", work.interrupted or "not reached"))
    work.runs = dict(sorted(work.runs.items(), key=lambda pair: [each.code for each in rules].index(pair[0])))
    ranked = [cause.key for cause in work.diagnosis().causes]
    work.findings.sort(key=lambda each: ranked.index(each.key) if each.key in ranked else len(ranked))
    return work


def _run_checks(work: Investigation, rules: Iterable[Rule], progress: Progress) -> None:
    order = by_cheapness(rules, discover.facts())
    for done, rule in enumerate(order):
        progress(f"{rule.code} {rule.name}", done / len(order))
        if not selected(rule, work.settings.select, work.settings.ignore):
            work.runs[rule.code] = _run_of(rule, "muted", "not selected" if work.settings.select else "ignored")
            continue
        run, findings = run_check(rule, work.ledger, work.settings.knobs.get(rule.code, {}))
        work.runs[rule.code] = run
        work.findings.extend(findings)


def run_check(rule: Rule, ledger: Ledger, knobs: dict[str, KnobValue] | object = None) -> tuple[CheckRun, list[Finding]]:
    """One rule on one case. Never raises: a broken check is 'failed' with its traceback."""
    started = time.perf_counter()
    found: list[Finding] = []
    silent: list[str] = []
    for way in rule.ways:
        try:
            told = [_stamped(each, rule) for each in _look(way, ledger, knobs if isinstance(knobs, dict) else {})]
            found += _told_apart(told, {each.key for each in found})
        except Unavailable as reason:
            silent.append(reason.message)
        except Exception as error:  # noqa: BLE001 - the report carries it, the exit code tells, the other checks still speak
            run = _run_of(rule, "failed", f"{type(error).__name__}: {error}")
            return replace(run, seconds=time.perf_counter() - started, traceback=traceback.format_exc()), []
    outcome = "found" if found else "skipped" if len(silent) == len(rule.ways) else "clear"
    reason = " or ".join(dict.fromkeys(silent)) if outcome == "skipped" else ""
    return replace(_run_of(rule, outcome, reason), seconds=time.perf_counter() - started, findings=tuple(each.key for each in found)), found


def _told_apart(told: list[Finding], spoken: set[str]) -> list[Finding]:
    """What another way has told already is left out: two ways may see one thing. What one way says of one subject twice differs in its detail."""
    kept: dict[str, Finding] = {}
    for each in told:
        known = kept.get(each.key)
        if (known is not None and each.subject.detail == known.subject.detail) or each.key in spoken:
            continue
        key = each.key if known is None else f"{each.key} ({each.subject.detail})"
        kept.setdefault(key, replace(each, key=key))
    return list(kept.values())


def _look(way: Way, ledger: Ledger, knobs: dict[str, KnobValue]) -> list[Finding]:
    named = way.check.__kwdefaults__ or {}
    return list(way.check(*ledger.answers(way.needs), **{name: value for name, value in knobs.items() if name in named}))


def _run_of(rule: Rule, outcome: str, reason: str = "") -> CheckRun:
    return CheckRun(code=rule.code, name=rule.name, rung=rule.rung, outcome=outcome, reason=reason, summary=rule.summary)  # type: ignore[arg-type]


def _stamped(finding: Finding, rule: Rule) -> Finding:
    """Fill in what the rule knows: code, name, rung, severity, key, and the parts of the remedy that were left to it."""
    remedy = finding.remedy
    filled = Remedy(
        cause=remedy.cause or rule.doc.get("Likely cause", ""),
        fix=remedy.fix or rule.doc.get("Fix", ""),
        patch=remedy.patch,
        verify=remedy.verify or rule.doc.get("Verify", ""),
        prevent=remedy.prevent or rule.doc.get("Prevent", ""),
        safety=remedy.safety,
        experiment=remedy.experiment,
    )
    return replace(
        finding,
        remedy=filled,
        code=rule.code,
        name=rule.name,
        rung=rule.rung,
        severity=finding.severity or rule.severity,
        key=key_of(rule.code, finding.subject),
        explains=finding.explains or rule.explains,
    )


def _run_experiments(work: Investigation, progress: Progress) -> None:
    """The likeliest causes first, until the budget is spent."""
    started, known = time.perf_counter(), discover.experiments()
    ranked = [cause.key for cause in work.diagnosis().causes]
    waiting = sorted((each for each in work.findings if each.remedy.experiment in known), key=lambda each: ranked.index(each.key))
    for done, finding in enumerate(waiting):
        spent = time.perf_counter() - started
        if spent > work.settings.budget:
            work.interrupted = f"experiments ended by the budget of {work.settings.budget:g} s with {len(waiting) - done} left"
            break
        progress(f"experiment {finding.remedy.experiment}: {', '.join(finding.subject.names[:2])}", min(0.99, spent / work.settings.budget))
        run_experiment(work, finding)


def run_experiment(work: Investigation, finding: Finding) -> None:
    """One experiment; its verdict goes into the finding."""
    experiment = discover.experiments()[finding.remedy.experiment or ""]
    started = time.perf_counter()
    try:
        outcome = experiment.run(work.ledger, finding)
    except Unavailable as reason:
        _settle(work, finding, Verdict.UNTESTABLE, reason.message)
        return
    except Exception as error:  # noqa: BLE001 - an experiment that breaks proves nothing; the reason is reported
        _settle(work, finding, Verdict.UNTESTABLE, f"the experiment failed: {type(error).__name__}: {error}")
        return
    assert isinstance(outcome, Outcome)
    outcome = replace(outcome, seconds=time.perf_counter() - started, key=finding.key)
    work.outcomes.append(outcome)
    _settle(work, finding, outcome.verdict, outcome.why)


def _settle(work: Investigation, finding: Finding, verdict: Verdict, reason: str) -> None:
    """Write the verdict into the finding; what its own experiment refutes is no more than a note."""
    place = work.findings.index(finding)
    severity = Severity.NOTE if verdict is Verdict.REFUTED else finding.severity
    work.findings[place] = replace(finding, verdict=verdict, verdict_reason=reason, severity=severity)


def _step(rung: Rung, runs: list[CheckRun], findings: list[Finding]) -> LadderStep:
    codes = {run.code for run in runs}
    found = [each for each in findings if each.code in codes and each.weight]
    spoke = [run for run in runs if run.outcome in ("found", "clear")]
    failed = [run.name for run in runs if run.outcome == "failed"]
    state: LadderState = "findings" if found else "failed" if failed else "passed" if spoke else "not-checked"
    names = list(dict.fromkeys(each.name for each in found))
    silent = next((run.reason for run in runs if run.outcome == "skipped"), "no rule applies to what was given")
    why = {
        "findings": ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else ""),
        "failed": f"crashed: {', '.join(failed[:3])}",
        "passed": f"{len(spoke)} of {len(runs)} rules checked, nothing of weight found",
        "not-checked": silent,
    }[state]
    return LadderStep(rung=rung, state=state, why=why)
