"""Histories, scores and what learned from scored rows, on traces written by hand."""

from cases.traces import scaled_after_split, scaled_before_split
from rung.engine import discover
from rung.engine.ledger import Ledger
from rung.facts.run_history import RunHistory
from rung.facts.run_learning import RunLearning
from rung.facts.run_scorings import Scorings
from rung.inputs.case import Case
from rung.inputs.settings import Settings


def ledger_of(trace) -> Ledger:
    """The facts of one trace."""
    return Ledger(Case(trace, Settings()), discover.facts())


def test_a_history_goes_back_to_where_the_rows_came_in():
    """Load, drop, scale, split: in this order behind the scored matrix."""
    ledger = ledger_of(scaled_before_split())
    scoring = ledger.ask(Scorings).scorings[0]

    kinds = [each.kind for each in ledger.ask(RunHistory).events_behind(scoring.x)]
    assert kinds == ["load", "derive", "fit-transform", "split"]


def test_a_score_knows_the_rows_fitted_and_the_rows_scored():
    """75 fitted, 25 scored, none in both."""
    scoring = ledger_of(scaled_before_split()).ask(Scorings).scorings[0]

    assert (len(scoring.fitted), len(scoring.scored), len(scoring.held), len(scoring.shared)) == (75, 25, 25, 0)


def test_a_scaler_before_the_split_learned_from_scored_rows_and_one_after_it_did_not():
    """The one read all 25 scored rows, the other none."""
    before, after = (ledger_of(trace).ask(RunLearning) for trace in (scaled_before_split(), scaled_after_split()))

    assert [len(each.seen) for each in before.foreseen(("transform",))] == [25]
    assert after.foreseen(("transform",)) == ()
