"""over-clipped-gradients: a limit far below every gradient, and nothing learned."""

from cases import findings_of
from cases.runs import case, falling, healthy_run, line, stuck
from rung.inputs.history_loop import Clipping

RULE = "over-clipped-gradients"


def clipped(limit: float, curve, share: float = 1.0, **given):
    """Gradients of norm 2, clipped."""
    clip = Clipping(
        **{"kind": "norm", "limit": limit, "where": line(24), "calls": 256, "clipped_share": share, "median_norm": 2.0, **given}
    )
    return healthy_run(curves=(curve,), clipping=(clip,))


def broken():
    """The case on which the rule must fire."""
    return case(clipped(1e-4, stuck()))


def healthy():
    """The case on which it must stay silent."""
    return case(clipped(5.0, falling(), 0.02))


def test_proposes_the_typical_norm():
    """As the limit."""
    found = findings_of(RULE, broken())

    assert "max_norm=2)" in found[0].remedy.patch
    assert found[0].subject.where.line == 24


def test_stays_silent_on_recurrent_nets():
    """Clipped by ten at every step, and learning."""
    assert findings_of(RULE, case(clipped(0.2, falling()))) == []


def test_stays_silent_on_a_tight_limit_that_learns():
    """Adam does not care."""
    assert findings_of(RULE, case(clipped(1e-3, falling(end=0.1)))) == []


def test_clipping_after_the_update_is_a_note():
    """It does nothing."""
    found = findings_of(RULE, case(clipped(1.0, falling(), 0.0, after_step=256)))

    assert [each.severity for each in found] == ["note"]


def test_values_are_judged_by_the_typical_entry():
    """A limit far below it hurts; one above it, which cuts spikes alone, does not."""
    tight = clipped(1e-5, stuck(), kind="value", median_norm=0.02)

    assert "the typical entry is 0.02" in findings_of(RULE, case(tight))[0].message
    assert findings_of(RULE, case(clipped(0.1, stuck(), kind="value", share=0.0, median_norm=0.02))) == []
