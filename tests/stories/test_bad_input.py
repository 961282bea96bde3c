"""What people really hand over by mistake: the command answers with one clear error and a hint, or with a report; never a traceback."""

import pytest
from benchmarks.bad_cases import CASES
from benchmarks.bad_input import try_case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_answered_clearly(case, tmp_path):
    """Exit 2 with message and hint, or a report without a crash."""
    answer = try_case(case, tmp_path)

    assert answer.problem == "", f"exit {answer.code}: {answer.said}"
