"""future-leak: the answer lies ahead."""

from cases import findings_of
from cases.runs import case, healthy_run, with_loss, with_probe
from rung.inputs.history_probes import FutureTokens

RULE = "future-leak"


def looked(future: float, strength: float = 0.5, following: float = 1.0, same: float = 0.05, ignored: float = 0.0):
    """What the probe said of 24 positions."""
    probe = FutureTokens(
        positions=24,
        future_share=future,
        strength=strength,
        past_share=1.0,
        target_is_next=following,
        target_is_same=same,
        first_layer="blocks.0.attn",
    )
    return case(with_loss(with_probe(healthy_run(), future_tokens=probe), ignored_share=ignored))


def broken():
    """The case on which the rule must fire."""
    return looked(0.9)


def healthy():
    """The case on which it must stay silent."""
    return looked(0.0, 0.0)


def test_names_the_first_layer_that_looks_ahead():
    """The attention of the first block."""
    assert findings_of(RULE, broken())[0].subject.names[0] == "blocks.0.attn"


def test_sees_a_target_that_is_not_shifted():
    """It equals the input."""
    assert "not shifted" in findings_of(RULE, looked(0.0, 0.0, following=0.05, same=1.0))[0].message


def test_stays_silent_on_taggers_and_masked_letters():
    """Other targets, or most of them left out."""
    assert findings_of(RULE, looked(1.0, following=0.05)) == []
    assert findings_of(RULE, looked(1.0, following=0.05, same=1.0, ignored=0.8)) == []
