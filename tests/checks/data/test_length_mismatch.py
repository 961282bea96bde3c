"""length-mismatch: features and labels of different length."""

from cases import breast_cancer, case_of, findings_of

RULE = "length-mismatch"


def parts():
    frame = breast_cancer()
    return frame.drop(columns="target"), frame["target"]


def broken():
    """Thirty labels were dropped."""
    features, labels = parts()
    return case_of((features, labels.head(539)))


def healthy():
    """Equal lengths."""
    return case_of(parts())


def test_says_both_lengths():
    """The two numbers that matter stand in the message."""
    found = findings_of(RULE, broken())

    assert "569" in found[0].message
    assert "539" in found[0].message


def test_knows_one_row_more():
    """A header or a lag costs exactly one row."""
    features, labels = parts()

    assert "one row more" in findings_of(RULE, case_of((features.to_numpy(), labels.to_numpy()[1:])))[0].message


def test_looks_at_the_test_set_too():
    """The test labels may be the ones that are short."""
    features, labels = parts()
    found = findings_of(RULE, case_of((features, labels), test=(features.head(100), labels.head(90))))

    assert [each.subject.names for each in found] == [("test",)]
