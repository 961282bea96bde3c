"""noise-features: columns that tell nothing, and what they cost."""

import numpy as np
import pandas as pd

from cases import breast_cancer, case_of, diabetes, findings_of, planted
from cases import healthy as tables
from cases.build import case_from

RULE = "noise-features"


def crowded(n=200, noise=100, seed=0):
    """Six columns of signal among many of noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, noise + 6))
    frame = pd.DataFrame(x, columns=[*(f"signal {place}" for place in range(6)), *(f"noise {place}" for place in range(noise))])
    return frame.assign(target=x[:, :6].sum(axis=1) + rng.normal(size=n))


def broken():
    """The case on which the rule must fire."""
    return case_of(crowded(), target="target")


def healthy():
    """The case on which it must stay silent: every column tells something."""
    return case_of(breast_cancer(), target="target")


def test_warns_where_noise_costs_score():
    """A hundred columns of noise beside 200 rows; those with signal are not named."""
    found = findings_of(RULE, broken())

    assert len(found) == 1
    assert found[0].severity == "warning"
    assert not [name for name in found[0].subject.names if name.startswith("signal")]


def test_is_a_note_where_rows_abound():
    """Twelve columns of noise beside 3,000 rows: true, and harmless."""
    assert [each.severity for each in findings_of(RULE, case_of(crowded(3000, 12), target="target"))] == ["note"]


def test_stays_silent_on_real_features():
    """Real tables whose columns all tell something."""
    assert not findings_of(RULE, healthy())
    assert not findings_of(RULE, case_of(diabetes(), target="target"))


def test_does_not_name_a_column_that_is_not_monotone():
    """A column that matters by its size, not by its sign, shows in the bins."""
    frame = crowded(400, 20)
    frame["target"] = np.abs(frame["noise 3"]) + np.random.default_rng(1).normal(0, 0.3, 400)

    assert "noise 3" not in findings_of(RULE, case_of(frame, target="target"))[0].subject.names


def test_finds_the_planted_fault():
    """Columns made in bulk."""
    made = planted(RULE, tables("diabetes"))

    assert set(findings_of(RULE, case_from(made.case))[0].subject.names) & set(made.names)
