"""The Python verbs: the same words and the same answers as the command."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path

from rung.adapters.threads import one_thread
from rung.core.errors import BadSetting
from rung.core.report import CaseSummary, ColumnSummary, Report
from rung.core.rule import KnobValue, Rule
from rung.engine import discover
from rung.engine.run import Investigation, Progress, investigate, quiet
from rung.engine.select import matches
from rung.facts.current_drift import CurrentDrifts
from rung.facts.drift_charts import drift_overview
from rung.facts.goal import Goal
from rung.facts.ladder import ModelLadder
from rung.facts.run_overview import training_overview
from rung.facts.sample import Sample
from rung.facts.schema import Schema
from rung.facts.score import Metric
from rung.facts.target import Target
from rung.facts.time_line import TimeLine
from rung.inputs.case import Case, Current, Test, Train, Valid
from rung.inputs.contract import Contract
from rung.inputs.history import History
from rung.inputs.model import Model
from rung.inputs.settings import Settings
from rung.inputs.snapshot import Reference
from rung.interfaces import reports as _reports  # noqa: F401 - teaches reports how a notebook shows them
from rung.interfaces import worth
from rung.interfaces.build import build_case
from rung.interfaces.configuration import knobs_from_project
from rung.interfaces.questions import questions
from rung.interfaces.refusals import refuse_impossible

LIBRARIES = ("numpy", "scipy", "pandas", "polars", "scikit-learn", "xgboost-cpu", "xgboost", "lightgbm", "catboost")


def diagnose(
    train: object,
    *,
    test: object = None,
    valid: object = None,
    current: object = None,
    target: str | None = None,
    model: object = None,
    time: str | None = None,
    groups: str | None = None,
    positive: str | float | bool | None = None,
    metric: str | None = None,
    task: str | None = None,
    prediction: str | None = None,
    cost_fp: float | None = None,
    cost_fn: float | None = None,
    min_recall: float | None = None,
    min_precision: float | None = None,
    prevalence: float | None = None,
    protected: tuple[str, ...] | list[str] | None = None,
    categories: Mapping[str, object] | None = None,
    contract: Contract | None = None,
    budget: float = 60.0,
    seed: int = 0,
    select: tuple[str, ...] | list[str] | str = (),
    ignore: tuple[str, ...] | list[str] | str = (),
    experiments: bool = True,
    headroom: bool = False,
    test_ledger: str | Path | None = None,
    trust: bool = False,
    knobs: Mapping[str, Mapping[str, KnobValue]] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Report:
    """Climb the ladder over tables and, where given, a fitted model; rank causes, run experiments, report.

    train, test, valid, current : a path, a pandas / polars / pyarrow frame, a NumPy array, a scipy sparse matrix, or (X, y).
    target : column to predict; inferred where left out, as are `time`, `groups` (entity column), `positive` and the task.
    model : anything fitted with `predict`, a function of the rows, or a path; files that can run code need trust=True.
    prediction : a column that holds a model's predictions, where there is no model to ask.
    cost_fp, cost_fn, min_recall, min_precision : what the decision asks for; a threshold is chosen by it.   prevalence : share of the positive class
    where the model is used.   protected : columns whose groups must be served alike.
    categories : your own kinds of failure, name -> condition ("age > 60 AND sex = 'F'") or function of a pandas frame: the report tells how often the
    model fails inside each and outside.   headroom : also try what would make the score better (rows, features, kind of model, labels, threshold) and how much of it is luck,
    within the same budget again.   test_ledger : a file that counts the looks at this test set, by content and model; this run adds one.
    'auto' stands for a file beside the test file.   budget : seconds for the experiments.   select, ignore : codes, families ('D3'), slugs or rungs.
    Raises BadInput for what cannot be read, BadSetting for an impossible option. Changes nothing that it is given.
    """
    wanted = declared(
        contract, target=target, time=time, groups=groups, positive=None if positive is None else str(positive),
        metric=metric, task=task, prediction=prediction, cost_fp=cost_fp, cost_fn=cost_fn, min_recall=min_recall, min_precision=min_precision,
        prevalence=prevalence, protected=tuple(protected) if protected else None,
    )  # fmt: skip
    settings = Settings(
        seed=seed,
        budget=budget,
        experiments=experiments,
        headroom=headroom,
        select=words(select),
        ignore=words(ignore),
        knobs=knobs or knobs_from_project(Path.cwd()),
    )
    if budget < 0:
        raise BadSetting(f"budget is {budget}; it must be 0 or more seconds.")
    case = build_case(
        train, contract=wanted, settings=settings, test=test, valid=valid, current=current, model=model, trust=trust, categories=categories
    )
    refuse_impossible(case)
    case = worth.with_ledger(case, test_ledger, test)
    files = {"train": train, "test": test, "valid": valid, "current": current, "model": model}
    return worth.with_origin(report_on(case, settings, progress or quiet), files, wanted)


def declared(contract: Contract | None, **given: object) -> Contract:
    """The contract with what was said beside it; what is None was not said."""
    from dataclasses import replace

    return replace(contract or Contract(), **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def words(given: tuple[str, ...] | list[str] | str) -> tuple[str, ...]:
    """Codes and slugs, given as a list or by commas."""
    return tuple(word.strip() for word in given.split(",") if word.strip()) if isinstance(given, str) else tuple(given)


def report_on(case: Case, settings: Settings, progress: Progress = quiet) -> Report:
    """Investigate a case that is already built."""
    started, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    with one_thread(case):
        work = investigate(case, settings, progress)
        honest = worth.honest(work, clock, progress)
        room = worth.headroom(work, progress) if settings.headroom else None
        asked = questions(work)
        worth.remember(work)
    return Report(
        version=version(),
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - clock, 3),
        seed=settings.seed,
        case=_summary(work),
        ladder=work.ladder(),
        findings=tuple(work.findings),
        runs=tuple(work.runs.values()),
        diagnosis=work.diagnosis(),
        outcomes=tuple(work.outcomes),
        settings=_plain(settings),
        environment=_environment(),
        interrupted=work.interrupted,
        honest=honest,
        headroom=room,
        evaluation=asked,
    )


def version() -> str:
    """rung's version."""
    return importlib.metadata.version("rung")


def _plain(settings: Settings) -> dict[str, str]:
    return {each.name: str(getattr(settings, each.name)) for each in fields(settings)}


def _environment() -> dict[str, str]:
    found = {"python": platform.python_version(), "platform": platform.system()}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _summary(work: Investigation) -> CaseSummary:
    ledger = work.ledger
    tables = [(name, ledger.ask_or_none(kind)) for name, kind in (("train", Train), ("test", Test), ("valid", Valid), ("current", Current))]
    schema, target, metric = ledger.ask_or_none(Schema), ledger.ask_or_none(Target), ledger.ask_or_none(Metric)
    sample, model = ledger.ask_or_none(Sample), ledger.ask_or_none(Model)
    ladder = ledger.ask_or_none(ModelLadder) if ModelLadder in ledger.entries else None
    notes = tuple(note for _, given in tables if given is not None for note in given.table.notes)
    kept = ledger.ask_or_none(Reference)
    goal = ledger.ask_or_none(Goal) if kept is not None else None
    target, metric = (target, metric) if goal is None else (goal.target, goal.metric)
    given = {name: table.table.n_rows for name, table in tables if table is not None}
    history = ledger.ask_or_none(History)
    return CaseSummary(
        task=target.task if target else "training run" if history is not None and not given else "unknown",
        target=schema.target if schema else target.name if target else None,
        metric=metric.name if metric else "",
        positive=target.classes[target.positive] if target and target.task == "binary" else None,
        rows=given if kept is None else {"reference": kept.snapshot.rows, **given},
        columns=next((len(given.table.columns) for _, given in tables if given is not None), 0),
        sampled=sample.note() if sample else None,
        time=schema.time if schema else kept.snapshot.time if kept is not None else None,
        group=schema.groups if schema else None,
        model=model.name if model else history.model_name or None if history is not None else None,
        inferred=(*(schema.inferred if schema else ()), *(target.inferred if target else ()), *notes),
        schema=tuple(
            ColumnSummary(
                name=each.name, kind=each.kind, role=each.role, missing_share=each.missing_share, n_distinct=each.n_distinct, why=each.why
            )
            for each in (schema.columns if schema else ())
        ),
        contenders=ladder.contenders if ladder else (),
        overview=(
            *drift_overview(
                ledger.ask_or_none(CurrentDrifts) if CurrentDrifts in ledger.entries else None,
                ledger.ask_or_none(TimeLine) if TimeLine in ledger.entries else None,
            ),
            *training_overview(history),
        ),
    )


def rules() -> tuple[Rule, ...]:
    """Every rule, by code."""
    return discover.rules()


def explain(word: str) -> Rule:
    """One rule by code or slug. Raises BadSetting naming the nearest for an unknown one."""
    from rung.engine.select import refuse_unknown

    refuse_unknown([word], discover.rules())
    exact = [rule for rule in discover.rules() if word.upper() == rule.code or word.lower() == rule.name]
    return exact[0] if exact else next(rule for rule in discover.rules() if matches(rule, word))


__all__ = ["diagnose", "explain", "report_on", "rules", "version"]
