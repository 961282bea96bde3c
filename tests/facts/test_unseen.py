"""Levels that training never saw: beside what chance brings, and what is usual in time."""

import numpy as np
import pandas as pd

from rung.adapters.frames import to_table
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.facts.unseen import UnseenLevels
from rung.inputs.contract import Contract
from rung.inputs.settings import Settings
from rung.interfaces.build import build_case


def found(arrivals, later, time="day"):
    """The column 'firm' where each firm books `arrivals` rooms on end, and a later table holds `later` of an unknown one among 100."""
    firms = np.repeat([f"firm {number}" for number in range(len(arrivals))], arrivals)
    rng = np.random.default_rng(0)
    train = pd.DataFrame(
        {"firm": firms, "day": np.arange(len(firms)), "x": rng.normal(size=len(firms)), "y": rng.integers(0, 2, len(firms))}
    )
    test = train.tail(100).assign(day=train.day.max() + 1 + np.arange(100)).reset_index(drop=True)
    test.loc[: later - 1, "firm"] = "a new one"
    contract = Contract(target="y", time=time)
    case = build_case(to_table(train), contract=contract, settings=Settings(), test=to_table(test))
    return next(each for each in Ledger(case, discover.facts()).ask(UnseenLevels).found if each.column == "firm")


def test_a_burst_like_those_before_is_no_news():
    """Every firm books twenty rooms at once: forty of a new one are more than chance by rows, and as usual in time."""
    each = found([20] * 100, 40)

    assert each.surplus > 4
    assert not each.news


def test_a_new_level_where_none_came_for_long_is_news():
    """Two firms since the beginning; then thirty rows of a third."""
    each = found([300, 900], 30)

    assert each.usual == 0
    assert each.news


def test_without_a_time_only_chance_counts():
    """Nothing says what came first."""
    assert found([20] * 100, 30, time=None).news


def test_a_few_rows_of_a_rare_level_may_all_fall_into_the_later_half():
    """No level was seen once, so the estimate is nought; four rows of two levels are still within what dealing at random brings."""
    rng = np.random.default_rng(0)
    train, test = (
        pd.DataFrame({"kind": rng.choice(["a", "b", "c"], n), "x": rng.normal(size=n), "y": rng.integers(0, 2, n)}) for n in (800, 300)
    )
    few, many = test.copy(), test.copy()
    few.loc[:3, "kind"] = ["d", "d", "e", "e"]
    many.loc[:19, "kind"] = "d"
    cases = [build_case(train, contract=Contract(target="y"), settings=Settings(), test=each) for each in (few, many)]
    news = [Ledger(case, discover.facts()).ask(UnseenLevels).found[0].news for case in cases]

    assert news == [False, True]
