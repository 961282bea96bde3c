"""Two reports compared: findings by their keys, scores by their names."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.difference import Change, Difference, ScoreChange
from rung.core.experiment import Estimate
from rung.core.finding import Finding
from rung.core.report import Report


def compare(before: Report, after: Report) -> Difference:
    """What is new, gone and changed from one report to the next."""
    old, new = ({each.key: each for each in reversed(report.findings)} for report in (before, after))
    both = [(old[key], new[key]) for key in new if key in old]
    changed = [Change(before=first, after=second, what=what) for first, second in both if (what := _changes(first, second))]
    silenced = _silenced(before, after)
    return Difference(
        new=_gravest(each for key, each in new.items() if key not in old),
        gone=_gravest(each for key, each in old.items() if key not in new),
        changed=tuple(changed),
        kept=len(both) - len(changed),
        scores=tuple(_scores(before, after)),
        silenced=silenced,
        notes=tuple(_notes(before, after)),
    )


def _gravest(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda each: (-each.weight, each.key)))


def _changes(before: Finding, after: Finding) -> tuple[str, ...]:
    pairs = (("severity", before.severity, after.severity), ("verdict", before.verdict, after.verdict))
    return tuple(f"{name} {first} -> {second}" for name, first, second in pairs if first != second)


def _silenced(before: Report, after: Report) -> tuple[str, ...]:
    spoke = {run.code for run in before.runs if run.outcome in ("found", "clear")}
    return tuple(
        f"{run.code} {run.name}: {run.reason or run.outcome}"
        for run in after.runs
        if run.code in spoke and run.outcome not in ("found", "clear")
    )


def _scores(before: Report, after: Report) -> Iterator[ScoreChange]:
    if before.honest is not None and after.honest is not None and before.honest.metric == after.honest.metric:
        metric = after.honest.metric
        yield _score("reported", metric, before.honest.reported, after.honest.reported)
        yield _score("to expect in use", metric, before.honest.value, after.honest.value)
    if before.case.metric == after.case.metric:
        old = {each.name: each.score for each in before.case.contenders}
        for each in after.case.contenders:
            if each.name in old:
                yield _score(each.name, after.case.metric, old[each.name], each.score)


def _score(name: str, metric: str, before: Estimate, after: Estimate) -> ScoreChange:
    half = (((before.high - before.low) / 2) ** 2 + ((after.high - after.low) / 2) ** 2) ** 0.5
    gap = after.value - before.value
    difference = Estimate(value=gap, low=gap - half, high=gap + half, n=min(before.n, after.n))
    return ScoreChange(name=name, metric=metric, before=before, after=after, difference=difference)


def _notes(before: Report, after: Report) -> Iterator[str]:
    old, new = ({each.name for each in report.case.schema} for report in (before, after))
    if old and new and 2 * len(old & new) < min(len(old), len(new)):
        yield f"another table: {len(old & new)} of {len(old)} columns are in both, so nothing that is gone need be mended"
    for what, first, second in (
        ("target", before.case.target, after.case.target),
        ("metric", before.case.metric, after.case.metric),
        ("version of rung", before.version, after.version),
        ("seed", before.seed, after.seed),
        ("model", before.case.model, after.case.model),
    ):
        if first != second:
            yield f"another {what}: {first} -> {second}"
    for name, report in (("first", before), ("second", after)):
        if report.interrupted:
            yield f"the {name} report is not complete: {report.interrupted}"
