"""A healthy case, and the same case with one known fault planted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rung.inputs.contract import Task
from rung.inputs.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Healthy:
    """Real tables without a known fault, ready to be broken.

    train, test : same columns, target included.   current : production rows, None where not needed.
    model : a fitted estimator that takes the tables as pandas frames without the target, None where there is none.
    time, groups : declared columns, None where there are none.   declared : further fields of the contract (metric, cost_fp ...).
    """

    train: Table
    test: Table
    target: str
    task: Task
    current: Table | None = None
    model: object = None
    time: str | None = None
    groups: str | None = None
    declared: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A broken case with its truth.

    case : what rung is handed.   names : the subject that a finding must name (any one of them counts), empty where the whole table is meant.
    rows : training rows that were changed, as positions.   truth : one sentence.
    """

    case: Healthy
    names: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    truth: str = ""
