"""constant-feature: one value in every row."""

from cases import apply, breast_cancer, case_of, findings_of

RULE = "constant-feature"


def broken():
    """The case on which the rule must fire: the battery of tests/house uses it too."""
    return case_of(breast_cancer().assign(source_year=2013), target="target")


def healthy():
    """The case on which it must stay silent."""
    return case_of(breast_cancer(), target="target")


def test_names_the_constant_column():
    """A column with one value is named, with certainty."""
    found = findings_of(RULE, broken())

    assert [each.subject.names for each in found] == [("source_year",)]


def test_stays_silent_on_a_rare_flag():
    """One different value among hundreds is enough to be silent."""
    frame = breast_cancer().assign(flag=[1] + [0] * 568)

    assert findings_of(RULE, case_of(frame, target="target")) == []


def test_names_a_column_without_any_value():
    """All missing is constant too."""
    frame = breast_cancer().assign(nothing=None)

    assert [each.subject.names for each in findings_of(RULE, case_of(frame, target="target"))] == [("nothing",)]


def test_experiment_confirms_that_it_is_not_needed():
    """Without the column the score stays where it was."""
    case = broken()
    outcome = apply(findings_of(RULE, case)[0], case)

    assert outcome.verdict == "confirmed"
