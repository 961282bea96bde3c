"""The verbs of production: `snapshot` keeps what a comparison needs of the reference, `compare` holds production against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from rung.adapters.snapshots import is_snapshot, read_snapshot
from rung.core.errors import BadInput, Unavailable
from rung.core.report import Report
from rung.core.rule import KnobValue
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.engine.run import quiet
from rung.facts.goal import Goal
from rung.facts.reference_columns import ReferenceColumns
from rung.facts.reference_scores import ReferenceScores
from rung.facts.together import ReferenceTogether
from rung.inputs.case import Case, Current
from rung.inputs.contract import Contract
from rung.inputs.settings import Settings
from rung.inputs.snapshot import Reference, Snapshot
from rung.interfaces import api
from rung.interfaces.build import build_case, labelled_table, model_of, require_shared_columns
from rung.interfaces.configuration import knobs_from_project
from rung.interfaces.refusals import refuse_impossible

# What a comparison asks: the operation rules, and those of other rungs that see production rows.
RULES = ("operation", "train-serving-skew", "unseen-categories", "serialization-mismatch", "dependency-mismatch")


def compare(
    reference: object,
    current: object,
    *,
    model: object = None,
    test: object = None,
    target: str | None = None,
    time: str | None = None,
    groups: str | None = None,
    positive: str | float | bool | None = None,
    task: str | None = None,
    prediction: str | None = None,
    label_time: str | None = None,
    fresh: bool = False,
    contract: Contract | None = None,
    seed: int = 0,
    select: tuple[str, ...] | list[str] | str = (),
    ignore: tuple[str, ...] | list[str] | str = (),
    trust: bool = False,
    knobs: Mapping[str, Mapping[str, KnobValue]] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Report:
    """Hold production rows against a reference: schema, columns, predictions, score, labels, single rows.

    reference : a table as for `diagnose`, a `Snapshot`, or the path of one (.json).   current : production rows, with labels as far as they have come.
    model : fitted model or its path; predictions, their drift and the damage to the score need it.   test : rows with labels that the model has
    not seen, for what it says and scores when nothing is wrong; without them clones are fitted out of fold.
    fresh : the reference rows themselves were not used to fit the model.   label_time : column that says when a label became known.
    Raises BadInput for what cannot be read, BadSetting for an impossible option. Changes nothing that it is given.
    """
    declared = api.declared(
        contract, target=target, time=time, groups=groups, positive=None if positive is None else str(positive), task=task, prediction=prediction,
        label_time=label_time, fresh=fresh or None,
    )  # fmt: skip
    settings = Settings(
        seed=seed,
        experiments=False,
        select=api.words(select) or RULES,
        ignore=api.words(ignore),
        knobs=knobs or knobs_from_project(Path.cwd()),
    )
    kept = _snapshot_of(reference)
    if kept is None:
        case = build_case(reference, contract=declared, settings=settings, test=test, current=current, model=model, trust=trust)
    else:
        case = _against(kept, current, declared, settings, model, trust=trust)
    refuse_impossible(case)
    return api.report_on(case, settings, progress or quiet)


def _snapshot_of(given: object) -> Reference | None:
    if isinstance(given, Snapshot):
        return Reference(given)
    if isinstance(given, str | Path) and is_snapshot(Path(given)):
        return read_snapshot(given)
    return None


def _against(reference: Reference, current: object, contract: Contract, settings: Settings, model: object, *, trust: bool) -> Case:
    kept = reference.snapshot
    contract = replace(contract, target=contract.target or kept.target, time=contract.time or kept.time)
    if contract.target != kept.target:
        raise BadInput(
            f"The snapshot '{reference.source}' is about the target {kept.target!r}, not {contract.target!r}.",
            hint="Make one for this target, or leave --target out.",
        )
    texts = [each.name for each in kept.columns if each.dtype == "String"]
    table, pairing, _ = labelled_table(current, "current", contract.target, texts)
    require_shared_columns([each.name for each in kept.columns], table, "the reference", loosely=True)
    return Case(reference, Current(table, pairing), contract, settings, model_of(model, contract, trust))


def snapshot(
    train: object,
    *,
    model: object = None,
    test: object = None,
    target: str | None = None,
    time: str | None = None,
    groups: str | None = None,
    positive: str | float | bool | None = None,
    task: str | None = None,
    prediction: str | None = None,
    label_time: str | None = None,
    fresh: bool = False,
    contract: Contract | None = None,
    seed: int = 0,
    trust: bool = False,
) -> Snapshot:
    """What a later comparison needs of these rows, without any of them: `adapters.snapshots.write_snapshot` makes a small JSON of it.

    train : the rows the model was fitted on.   model, test, fresh : see `compare`; without a model the snapshot tells of columns only.
    Category names are kept where they are common, others as hashes; the least and the largest number of each column are kept.
    """
    declared = api.declared(
        contract, target=target, time=time, groups=groups, positive=None if positive is None else str(positive), task=task, prediction=prediction,
        label_time=label_time, fresh=fresh or None,
    )  # fmt: skip
    settings = Settings(seed=seed, experiments=False)
    case = build_case(train, contract=declared, settings=settings, test=test, model=model, trust=trust)
    refuse_impossible(case)
    return _kept(Ledger(case, discover.facts()), model is not None)


def _kept(ledger: Ledger, with_model: bool) -> Snapshot:
    columns, goal = ledger.ask(ReferenceColumns), ledger.ask_or_none(Goal)
    together = ledger.ask_or_none(ReferenceTogether)
    try:
        scores = ledger.ask(ReferenceScores).scores
    except Unavailable as reason:
        if with_model:
            raise BadInput(
                f"The model's predictions cannot be kept: {reason.message}.",
                hint="Give rows with labels (--target), or leave the model out.",
            ) from reason
        scores = None
    target = goal.target if goal is not None else None
    return Snapshot(
        source=columns.source, rows=columns.rows, columns=columns.columns, target=target.name if target else None, task=target.task if target else None,
        classes=target.classes if target else (), positive=target.positive if target else -1, time=columns.time, groups=columns.groups,
        features=columns.features, share=columns.share, together=together.together if together else None, scores=scores,
        made=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), rung=api.version(),
    )  # fmt: skip
