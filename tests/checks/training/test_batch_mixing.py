"""batch-mixing: a row's output hangs on its neighbours."""

from cases import findings_of
from cases.runs import case, healthy_run, with_probe
from rung.inputs.history_probes import RowMixing, TwoPasses

RULE = "batch-mixing"


def mixed(share: float, strength: float, **given):
    """What the probe said."""
    return case(with_probe(healthy_run(), row_mixing=RowMixing(rows=16, coupled_share=share, strength=strength, **given)))


def broken():
    """The case on which the rule must fire."""
    return mixed(1.0, 0.8, first_layer="lstm", first_type="LSTM")


def healthy():
    """The case on which it must stay silent."""
    return mixed(0.0, 1e-7)


def test_names_the_layer_and_batch_first():
    """A recurrent layer takes the rows for time."""
    found = findings_of(RULE, broken())

    assert found[0].subject.names[0] == "lstm"
    assert "batch_first=True" in found[0].remedy.patch


def test_sees_rows_that_come_out_elsewhere():
    """Another order."""
    assert "another row's place" in findings_of(RULE, mixed(0.0, 0.0, permuted_share=0.9))[0].message


def test_stays_silent_on_rounding():
    """Batched arithmetic differs in the last digits."""
    assert findings_of(RULE, mixed(1.0, 1e-5)) == []


def test_stays_silent_on_a_model_that_draws_random_numbers():
    """Each row changes by itself."""
    probes = {"row_mixing": RowMixing(rows=16, coupled_share=1.0, strength=0.9), "two_passes": TwoPasses(difference=0.5)}

    assert findings_of(RULE, case(with_probe(healthy_run(), **probes))) == []
