"""target-leakage: a feature that knows the answer."""

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets
from sklearn.ensemble import HistGradientBoostingClassifier

from cases import apply, breast_cancer, case_of, diabetes, findings_of, wine

RULE = "target-leakage"


def rng():
    """A seeded generator."""
    return np.random.default_rng(0)


def broken():
    """The case on which the rule must fire: the battery of tests/house uses it too."""
    frame = breast_cancer()
    return case_of(frame.assign(outcome_score=frame.target + rng().normal(0, 0.08, len(frame))), target="target")


def healthy():
    """The case on which it must stay silent."""
    return case_of(breast_cancer(), target="target")


def alarms(case):
    """Names of the findings that weigh more than a note."""
    return [name for each in findings_of(RULE, case) if each.weight for name in each.subject.names]


def test_names_a_noisy_copy():
    """A noisy copy of the target among strong honest features is named."""
    assert alarms(broken()) == ["outcome_score"]


def test_experiment_confirms_a_copy_of_a_modest_target():
    """Without the copy the score falls, far more than without the next best column."""
    frame = diabetes()
    case = case_of(frame.assign(later=frame.target + rng().normal(0, 4, len(frame))), target="target")
    found = findings_of(RULE, case)

    assert list(found[0].subject.names) == ["later"]
    assert apply(found[0], case).verdict == "confirmed"


def _weak(n=800):
    """Features that are related to each other and a little to a binary target."""
    draw = rng()
    common = draw.normal(size=n)
    x = np.column_stack([common + draw.normal(size=n) for _ in range(6)])
    y = (common + 2 * draw.normal(size=n) > 0).astype(int)
    return __import__("pandas").DataFrame(x, columns=list("abcdef")).assign(target=y), draw


@pytest.mark.parametrize("kind", ["code", "gap", "parity", "pair", "text", "u-shape", "order"])
def test_names_leaks_of_many_kinds(kind):
    """Codes, gaps, parity, flags that tell only together, parts of texts, shapes that turn, rows in order of the target."""
    frame, draw = _weak()
    y, n = frame.target.to_numpy(), len(frame)
    if kind == "order":
        frame = frame.sort_values("target").reset_index(drop=True)
    mask = draw.integers(0, 2, n)
    leak = {
        "code": {"leak": np.array(["no", "yes"])[y]},
        "gap": {"leak": np.where(y == 1, draw.normal(size=n), np.nan)},
        "parity": {"leak": 2 * draw.integers(0, 100_000, n) + y},
        "pair": {"leak": mask, "other": mask ^ y},
        "text": {"leak": [f"{'AB'[each]}-{place}" for place, each in zip(draw.permutation(n), y, strict=True)]},
        "u-shape": {"leak": np.where(y == 1, draw.uniform(2, 3, n) * draw.choice([-1, 1], n), draw.uniform(-1, 1, n))},
        "order": {"leak": np.arange(n)},
    }[kind]

    assert "leak" in alarms(case_of(frame.assign(**leak), target="target"))


@pytest.mark.parametrize("kind", ["pair", "parity", "text"])
def test_what_trees_cannot_read_is_confirmed_too(kind):
    """Flags that tell only together, a last digit, a first sign: a model of trees does not use them, and their removal is still shown to matter."""
    frame, draw = _weak()
    y, n = frame.target.to_numpy(), len(frame)
    mask = draw.integers(0, 2, n)
    leak = {
        "pair": {"leak": mask, "other": mask ^ y},
        "parity": {"leak": 2 * draw.integers(0, 100_000, n) + y},
        "text": {"leak": [f"{'AB'[each]}-{place}" for place, each in zip(draw.permutation(n), y, strict=True)]},
    }[kind]
    broken = frame.assign(**leak)
    model = HistGradientBoostingClassifier(max_iter=20).fit(broken.drop(columns="target").select_dtypes("number"), y)
    for given in ({}, {"model": model} if kind != "text" else {}):
        case = case_of(broken, target="target", **given)
        assert apply(findings_of(RULE, case)[0], case).verdict == "confirmed"


@pytest.mark.parametrize("kind", ["rounded", "monotone", "sum", "product", "group mean"])
def test_names_leaks_into_a_number(kind):
    """Rounded and stretched copies, parts that add or multiply to the target, averages that knew it."""
    frame, draw = diabetes(), rng()
    y, parts = frame.target, draw.uniform(1, 100, len(frame))
    key = draw.integers(0, 60, len(frame))
    leak = {
        "rounded": {"leak": (y / 10).round()},
        "monotone": {"leak": np.log(y) ** 3},
        "sum": {"leak": y - parts, "part": parts},
        "product": {"leak": y / parts, "part": parts},
        "group mean": {"leak": y.groupby(key).transform("mean")},
    }[kind]

    assert "leak" in alarms(case_of(frame.assign(**leak), target="target"))


def test_names_what_was_declared_as_not_available():
    """The user's own word needs no proof."""
    case = case_of(breast_cancer(), target="target", not_available=("mean area",))

    assert alarms(case) == ["mean area"]


@pytest.mark.parametrize("name", ["wine", "iris", "diabetes"])
def test_stays_silent_on_strong_honest_features(name):
    """Published tables with strong features are not accused."""
    frame = {"wine": wine, "diabetes": diabetes, "iris": lambda: datasets.load_iris(as_frame=True).frame}[name]()

    assert alarms(case_of(frame, target="target")) == []


@pytest.mark.parametrize("seed", range(3))
def test_an_honest_gaussian_feature_is_possible_at_most(seed):
    """A feature of d' = 3 beside weaker ones may be noted, never more, and no experiment may confirm it."""
    draw = np.random.default_rng(seed)
    y = draw.integers(0, 2, 600)
    frame = __import__("pandas").DataFrame(
        {f"x{k}": draw.normal(size=600) + shift * y for k, shift in enumerate([3.0, 1.0, 0.5, 0.0, 0.0])}
    )
    found = findings_of(RULE, case_of(frame.assign(target=y), target="target"))

    assert all(each.severity == "note" and each.remedy.experiment is None for each in found)


def test_stays_silent_on_a_slow_series():
    """Yesterday's value predicts today's well and honestly."""
    draw = rng()
    series = np.cumsum(draw.normal(size=501))
    frame = __import__("pandas").DataFrame(
        {"lag": series[:-1], "load": draw.normal(size=500), "wind": draw.normal(size=500), "target": series[1:]}
    )

    assert alarms(case_of(frame, target="target")) == []


def test_a_column_filled_for_one_class_is_named_where_others_know_as_much():
    """A discharge note of malignant cases only: the honest columns are as good, and the gap is a leak all the same."""
    frame = breast_cancer()
    draw = np.random.default_rng(7)
    filled = (frame["target"] == 0) & (draw.random(len(frame)) < 0.9)
    frame["settled"] = np.where(filled, draw.gamma(2.0, 100.0, len(frame)).round(2), np.nan)
    found = [each for each in findings_of(RULE, case_of(frame, target="target")) if each.weight]

    assert [each.subject.names for each in found] == [("settled",)]


def test_a_column_empty_for_one_class_alone_is_silent():
    """Children have no working hours and no income: missing tells, filled does not."""
    draw = np.random.default_rng(8)
    adult = draw.random(1200) < 0.7
    hours = np.where(adult, draw.normal(38, 9, 1200).round(), np.nan)
    age = np.where(adult, draw.integers(16, 80, 1200), draw.integers(0, 16, 1200))
    rich = adult & (draw.random(1200) < 1 / (1 + np.exp(-(np.nan_to_num(hours) - 40) / 8)))
    frame = pd.DataFrame({"hours": hours, "age": age, "rooms": draw.integers(1, 9, 1200), "rich": rich.astype(int)})

    assert [each for each in findings_of(RULE, case_of(frame, target="rich")) if each.weight] == []
