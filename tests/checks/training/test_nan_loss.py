"""nan-loss: the first value that is no number, and where it began."""

import numpy as np

from cases import findings_of
from cases.histories import run_that_ends_in_nan
from cases.runs import case, curve_of, falling, healthy_run
from rung.inputs.history_probes import NonFinite

RULE = "nan-loss"


def broken():
    """The case on which the rule must fire."""
    return case(run_that_ends_in_nan())


def healthy():
    """The case on which it must stay silent."""
    return case()


def test_names_the_operation_and_the_layer():
    """A logarithm of zero in layer 2 at step 40."""
    found = findings_of(RULE, broken())

    assert [each.severity for each in found] == ["critical"]
    assert "'log' in layer '2'" in found[0].message
    assert "step 40" in found[0].message
    assert found[0].subject.names == ("2",)


def test_names_the_row_and_the_column_of_a_missing_input():
    """The batch itself is to blame."""
    values = falling().value.copy()
    values[10:] = np.nan
    origin = NonFinite(step=11, phase="input", rows=(3, 9), channels=(12,), replayed=True)
    found = findings_of(RULE, case(curves=(curve_of(values),), non_finite=origin))

    assert "row 3 and 1 more, column 12" in found[0].message
    assert found[0].subject.rows == (3, 9)


def test_is_less_sure_where_the_loss_had_climbed_before():
    """An overflow at the end of a climb is a consequence."""
    values = np.concatenate([2.0 ** np.arange(1, 40), np.full(10, np.inf)])
    found = findings_of(RULE, case(curves=(curve_of(values),)))

    assert [each.confidence for each in found] == ["possible"]


def test_stays_silent_on_a_step_that_a_scaler_skipped():
    """The gradient overflowed, the scaler did its duty, all losses are finite."""
    origin = NonFinite(step=3, phase="backward", value="inf", parameter="0.weight", recovered=True)

    assert findings_of(RULE, case(non_finite=origin)) == []


def test_reads_a_curve_alone():
    """A log file knows no origin."""
    found = findings_of(RULE, case(healthy_run(curves=(curve_of([2.0, 1.5, np.nan, np.nan, np.nan]),), losses=())))

    assert "does not tell where it began" in found[0].message
