"""out-of-distribution-input: one row is enough, and a heavy tail is none."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

import rung
from cases import case_of, findings_of, planted
from cases import healthy as tables
from cases.build import case_from
from cases.production import against_snapshot, halves
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.facts.together import ReferenceTogether, Surprise

RULE = "out-of-distribution-input"


def broken():
    """The case on which the rule must fire."""
    train, current = halves()
    values = current["mean radius"].to_numpy().copy()
    values[7] *= 1000
    return case_of(train, current=current.assign(**{"mean radius": values}), target="target")


def healthy():
    """The case on which it must stay silent."""
    train, current = halves()
    return case_of(train, current=current, target="target")


def loud(case):
    """Findings that are more than a note."""
    return [each for each in findings_of(RULE, case) if each.severity != "note"]


@pytest.mark.parametrize("make", [case_of, against_snapshot])
def test_one_row_is_enough(make):
    """The table of one row: which column, how far."""
    train, current = halves()
    row = current.head(1).assign(**{"mean radius": current["mean radius"].iloc[0] * 1000}).drop(columns="target")
    found = loud(make(train, current=row, target="target"))

    assert [(each.subject.names, each.subject.rows) for each in found] == [(("mean radius",), (0,))]


def test_a_value_that_is_strange_only_beside_the_others():
    """Both columns lie inside their range; together they do not occur."""
    rng = np.random.default_rng(0)
    height = rng.normal(170, 9, 3000)
    frame = pd.DataFrame(
        {"height": height, "weight": 0.9 * height - 80 + rng.normal(0, 3, 3000), "x": rng.normal(size=3000), "y": rng.integers(0, 2, 3000)}
    )
    current = frame.tail(500).reset_index(drop=True)
    current.loc[3, ["height", "weight"]] = [150.0, 90.0]
    found = loud(case_of(frame.head(2500), current=current, target="y"))

    assert [each.subject.rows for each in found] == [(3,)]
    assert {"height", "weight"} == set(found[0].subject.names)


def test_stays_silent_on_heavy_tails_and_many_rows():
    """Incomes, waiting times and counts go far by themselves."""
    for seed in range(6):
        rng = np.random.default_rng(seed)

        def frame(n, rng=rng):
            return pd.DataFrame(
                {
                    "income": rng.lognormal(0, 1.5, n),
                    "t3": rng.standard_t(3, n),
                    "wait": rng.exponential(1, n),
                    "count": rng.poisson(2, n) * rng.integers(0, 9, n),
                }
            )

        assert findings_of(RULE, case_of(frame(1500).assign(y=0), current=frame(6000), target="y")) == []


def test_rows_in_another_unit_are_found_at_five_per_cent():
    """Single rows of the real table in inches or millimetres: 95 % of them rank above the 5 % limit of honest rows."""
    train, current = halves(columns=None)
    ledger = Ledger(case_of(train, current=current, target="target"), discover.facts())
    limit = ledger.ask(ReferenceTogether).together.totals[2]
    false = (ledger.ask(Surprise).total > limit).mean()
    hits = []
    for name in train.columns[:-1]:
        for factor in (10.0, 25.4):
            turned = Ledger(case_of(train, current=current.assign(**{name: current[name] * factor}), target="target"), discover.facts())
            hits.append((turned.ask(Surprise).total > limit).mean())

    assert false < 0.10
    assert np.mean(hits) > 0.95


def test_a_column_that_moved_as_a_whole_is_folded_under_its_cause():
    """Every row beyond: the unit is the cause, this its symptom."""
    import rung

    train, current = halves()
    report = rung.compare(train, current.assign(**{"mean radius": current["mean radius"] * 1000}), target="target")
    roots = [each.name for each in report.diagnosis.causes if not any(each.key in other.explains for other in report.diagnosis.causes)]

    assert "out-of-distribution-input" in {each.name for each in report.findings}
    assert roots[0] in ("train-serving-skew", "schema-change")
    assert "out-of-distribution-input" not in roots


def test_finds_the_planted_fault():
    """At medium and severe, on real tables."""
    for severity in ("medium", "severe"):
        for seed in range(3):
            made = planted(RULE, tables("breast_cancer"), severity=severity, seed=seed)
            assert made.names[0] in {name for each in loud(case_from(made.case)) for name in each.subject.names}, made.truth


def test_a_few_rows_of_one_sign_are_no_floor():
    """Measures around 1.5 deviations above 0, none of 41 below it: one of the next 41 may be."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        reference, later = (pd.DataFrame(rng.normal(2.2, 1, (41, 30))).add_prefix("v") for _ in range(2))

        assert findings_of(RULE, case_of(reference.assign(y=np.arange(41) % 2), current=later, target="y")) == []


def test_no_effect_on_the_score_is_told_for_rows_where_nothing_was_measured():
    """All rows a thousandfold: what the predictions stood for says nothing there, also from a snapshot."""
    train, current = halves()
    model = HistGradientBoostingClassifier(max_iter=20).fit(train.drop(columns="target"), train.target)
    kept = rung.snapshot(train, model=model, target="target")
    report = rung.compare(kept, current.drop(columns="target").assign(**{"mean radius": current["mean radius"] * 1000}), model=model)
    effects = [each for found in report.findings for each in found.evidence if each.shape == "measure" and "Expected change" in each.title]

    assert effects
    assert all("lie beyond anything" in each.reading for each in effects)


def test_a_missing_value_is_neither_strange_nor_makes_others_strange():
    """Net, tax and gross; one of them is missing in a twentieth of the later rows, in none of the reference."""

    def rows(n, seed):
        rng = np.random.default_rng(seed)
        net = rng.lognormal(3, 0.6, n)
        return pd.DataFrame(
            {"net": net, "tax": net * rng.normal(0.19, 0.004, n), "gross": net * rng.normal(1.19, 0.004, n), "y": rng.integers(0, 2, n)}
        )

    later = rows(1500, 2)
    for place, name in enumerate(("net", "tax", "gross")):
        later.loc[later.index % 60 == 20 * place, name] = np.nan
    wrong = later.copy()
    wrong.loc[1, "tax"] *= 10

    assert findings_of(RULE, case_of(rows(4000, 1), current=later, target="y")) == []
    assert findings_of(RULE, case_of(rows(4000, 1), current=wrong, target="y"))[0].subject.rows == (1,)
