"""P401: the run draws by chance without a seed, so that it cannot be repeated."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.run_code import at, code_at
from rung.facts.run_seeds import RunSeeds
from rung.inputs.trace import Event


@check("P401", severity="warning", explains=("unstable-scores",))
def unseeded_randomness(seeds: RunSeeds) -> Iterator[Finding]:
    """Chance without a seed: two runs of the script give two scores.

    Why it matters:
        A gain of a change and the luck of a run cannot be told apart, and a score that is reported cannot be made again.
    Likely cause:
        `random_state` was left out of the split or the model, or a generator was made without a seed.
    How it decides:
        The recorded run knows every draw: without a seed of its own, and with no global seed set before. Two more runs of the script, plain and in a copy of its folder,
        are the proof: printed scores that differ confirm it, equal ones make it a note. Scripts that speak to the network or a database are not run again.
    When it is wrong:
        A global seed set before the draw makes it repeatable: silent. So are estimators whose settings leave nothing to chance. Draws that feed no score are a note.
    Fix:
        Give the split and the models a random_state, and generators a seed; report the spread over seeds beside the score.
    Verify:
        Run twice: the scores are equal to the last digit.
    Prevent:
        train_test_split(X, y, random_state=0); rng = np.random.default_rng(0)
    Sources:
        Documentation of scikit-learn, "Controlling randomness"; Bouthillier et al. (2021), Accounting for variance in machine learning benchmarks.
    """
    for each in seeds.draws[:1] if seeds.scored else ():
        yield _finding(seeds, each, also=seeds.draws[1:])


def _finding(seeds: RunSeeds, each: Event, also: tuple[Event, ...]) -> Finding:
    name = each.estimator.type_name if each.estimator is not None else each.call.rpartition(".")[2]
    places = sorted({at(other) for other in also} - {at(each)})
    more = f"; so do {', '.join(places[:4])}" if places else ""
    return Finding(
        subject=Subject(kind="line", names=(name,), where=each.where, detail=each.code),
        message=f"{name} at {at(each)} draws by chance without a seed{more}: another run gives another score.",
        severity=Severity.WARNING,
        confidence=Confidence.LIKELY,
        evidence=tuple(code for one in (each, *also[:3]) for code in code_at(seeds.trace, one.where, "Drawn without a seed")),
        remedy=Remedy(fix=f"Pass random_state (a generator: a seed) at {at(each)}.", experiment="run-twice"),
    )
