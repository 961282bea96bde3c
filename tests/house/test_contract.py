"""The contract that every check keeps, also those not written yet."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cases import case_of
from cases.build import run_rule
from rung.core.rule import HEADINGS
from rung.engine import discover
from rung.engine.ledger import Ledger

ROOT = Path(__file__).parents[2]
RULES = discover.rules()
CASES = {rule.name + "/" + rule.code: ROOT / "tests" / "checks" / rule.rung / f"test_{rule.name.replace('-', '_')}.py" for rule in RULES}


def cases_module(key: str):
    """The test file of one rule, which holds its broken and its healthy case."""
    path = CASES[key]
    spec = importlib.util.spec_from_file_location(f"cases_of_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_is_documented(rule):
    """All eight headings, a summary of one sentence, and a line for every knob."""
    assert list(HEADINGS) == [heading for heading in HEADINGS if rule.doc.get(heading)]
    assert re.fullmatch(r"[A-Z0-9].*\.", rule.summary)
    assert [knob.name for knob in rule.knobs if not knob.doc] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_needs_can_be_resolved(rule):
    """Every need is an input or a fact that somebody works out."""
    facts = discover.facts()

    assert [
        need.type.__name__ for need in rule.needs if need.type not in facts and not need.type.__module__.startswith("rung.inputs")
    ] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_what_a_rule_explains_is_a_rule_of_the_book(rule):
    """Slugs are spelled as the book spells them (rules of later rungs may still be missing)."""
    assert [name for name in rule.explains if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name) or name == rule.name] == []


@pytest.mark.parametrize("key", CASES, ids=lambda key: key)
def test_fires_on_its_broken_case_and_again_in_the_same_way(key):
    """Same case, same findings: keys, messages and numbers."""
    code, module = key.rpartition("/")[2], cases_module(key)
    run, first = run_rule(code, module.broken())
    _, second = run_rule(code, module.broken())

    assert run.outcome == "found", run.reason + run.traceback
    assert [(each.key, each.message, each.severity) for each in first] == [(each.key, each.message, each.severity) for each in second]


@pytest.mark.parametrize("key", CASES, ids=lambda key: key)
def test_stays_silent_on_its_healthy_case(key):
    """No finding of weight where nothing is wrong."""
    run, found = run_rule(key.rpartition("/")[2], cases_module(key).healthy())

    assert run.outcome in ("clear", "found", "skipped"), run.reason + run.traceback
    assert [each.message for each in found if each.weight] == []


def odd_tables() -> dict[str, pd.DataFrame]:
    """Tables that users really have and that programs fall over."""
    n = 40
    number = np.arange(n, dtype=float)
    plain = pd.DataFrame({"a": number, "b": ["x", "y"] * (n // 2), "y": [0, 1] * (n // 2)})
    dates = pd.date_range("2024-01-01", periods=n, tz="Europe/Berlin")
    return {
        "no rows": plain.head(0),
        "one row": plain.head(1),
        "two rows": plain.head(2),
        "one class": plain.assign(y=1),
        "all missing": plain.assign(a=np.nan, b=None),
        "target missing": plain.assign(y=np.nan),
        "dates and booleans": plain.assign(when=dates, flag=plain.a > 5, lapse=dates - dates[0]),
        "nullable": plain.assign(i=pd.array([1, None] * (n // 2), dtype="Int64"), f=pd.array([True, None] * (n // 2), dtype="boolean")),
        "categories": plain.assign(c=pd.Categorical(plain.b, categories=["x", "y", "never"])),
        "infinite": plain.assign(a=np.where(number > 30, np.inf, number)),
        "mixed": plain.assign(m=[1, "two", 3.0, None] * (n // 4), o=[[1], {2: 3}] * (n // 2)),
        "many categories": plain.assign(k=[f"key {place}" for place in range(n)]),
        "same names": pd.concat([plain, plain[["a"]]], axis=1),
        "names that are no strings": plain.rename(columns={"a": 7, "b": ("p", "q")}),
        "odd index": plain.set_axis([3] * n, axis=0),
        "regression": plain.assign(y=np.random.default_rng(0).normal(size=n)),
        "huge numbers": plain.assign(a=number * 1e300, z=number * 1e-300),
    }


ODD = odd_tables()


@pytest.mark.parametrize("name", ODD)
def test_no_check_crashes_on_an_odd_table(name):
    """Every rule on every odd table: found, clear or skipped with a reason, never failed."""
    case = case_of(ODD[name], target="y", test=ODD[name], current=ODD[name])
    ledger = Ledger(case, discover.facts())
    from rung.engine.run import run_check

    runs = [run_check(rule, ledger)[0] for rule in RULES]

    assert [f"{run.name}: {run.traceback[-600:]}" for run in runs if run.outcome == "failed"] == []
    assert [run.name for run in runs if run.outcome == "skipped" and not run.reason] == []


def test_no_check_changes_what_it_is_given():
    """The user's frames are bit for bit what they were."""
    frames = {name: frame.copy(deep=True) for name, frame in ODD.items()}
    for name in ("mixed", "nullable", "dates and booleans"):
        case = case_of(ODD[name], target="y")
        ledger = Ledger(case, discover.facts())
        from rung.engine.run import run_check

        [run_check(rule, ledger) for rule in RULES]
        pd.testing.assert_frame_equal(frames[name], ODD[name])
