"""unseeded-randomness: draws by chance without a seed."""

from cases.build import findings_of
from cases.scripts import read, source

RULE = "unseeded-randomness"


def broken():
    """A split without random_state."""
    return read("split_without_seed")


def healthy():
    """The same with one."""
    return read("split_without_seed", "twins")


def test_names_the_line_of_an_unseeded_forest():
    """The fit is where chance comes in."""
    found = findings_of(RULE, read("forest_without_seed"))

    assert [each.subject.where.line for each in found] == [10]


def test_stays_silent_where_a_global_seed_was_set():
    """np.random.seed in a function of the user's counts."""
    assert findings_of(RULE, read("seeded_by_global", "honest")) == []


def test_stays_silent_on_learners_that_leave_nothing_to_chance():
    """A logistic regression without random_state repeats itself."""
    text = """
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
X, y = load_wine(return_X_y=True)
print(LogisticRegression().fit(X[:100], y[:100]).score(X[100:], y[100:]))
"""
    assert findings_of(RULE, source(text)) == []
