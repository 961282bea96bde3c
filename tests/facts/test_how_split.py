"""How the test rows were chosen."""

import numpy as np
import pandas as pd

from cases import case_of
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.facts.how_split import HowSplit


def kind_of(test_rows, **declared):
    """What is understood of a table of 40 shops over 20 years when these rows are set apart."""
    frame = pd.DataFrame({"shop": np.repeat(np.arange(40), 20), "year": np.tile(np.arange(2000, 2020), 40), "x": np.arange(800.0)})
    frame = frame.assign(target=np.random.default_rng(0).integers(0, 2, 800))
    chosen = test_rows(frame)
    case = case_of(frame[~chosen].reset_index(drop=True), test=frame[chosen].reset_index(drop=True), target="target", **declared)
    return Ledger(case, discover.facts()).ask(HowSplit).kind


def test_forward_where_all_test_rows_are_later():
    """By a column whose name says when, though nobody declared it."""
    assert kind_of(lambda frame: frame.year >= 2015) == "forward"


def test_grouped_where_no_entity_is_on_both_sides():
    """Only by a declared entity."""
    assert kind_of(lambda frame: frame.shop >= 30, groups="shop") == "grouped"
    assert kind_of(lambda frame: frame.shop >= 30) == "random"


def test_random_otherwise():
    """Every fourth row."""
    assert kind_of(lambda frame: frame.index % 4 == 0, groups="shop", time="year") == "random"
