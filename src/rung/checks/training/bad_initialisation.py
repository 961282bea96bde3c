"""T207: weights that start where they cannot learn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rung.core.evidence import Bars
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.initial_weights import InitialWeights, Start
from rung.facts.progress import Progress
from rung.facts.run_charts import listed
from rung.facts.unit_life import UnitLife
from rung.inputs.history import History


@check(
    "T207",
    severity="error",
    explains=(
        "vanishing-gradients", "exploding-gradients", "dead-units", "saturated-activations", "flat-loss", "diverging-loss", "plateaued-loss",
        "exploding-weights", "collapsing-weights", "learning-rate-too-high", "learning-rate-too-low", "oscillating-loss", "nan-loss",
    ),
)  # fmt: skip
def bad_initialisation(
    weights: InitialWeights,
    history: History,
    progress: Progress | None,
    life: UnitLife | None,
    *,
    max_gain: float = 4.0,
    min_gain: float = 0.05,
) -> Iterator[Finding]:
    """Weights start all equal, all zero, far too large or far too small.

    Why it matters:
        Equal weights make all units of a layer the same for ever; zeros pass no gradient; a wrong scale blows signals up or snuffs them out layer by layer.
    Likely cause:
        An initialiser written by hand (constant, normal with std 1), or one that was meant for another activation.
    How it decides:
        Equal: a matrix of a hidden layer whose entries are all one number other than zero. Zero: hidden matrices that start at zero and, while others move, never
        change. Scale: the standard deviation times sqrt(fan_in) (0.58 by default, 1 Xavier, 1.41 He) above `max_gain`, or below `min_gain` in at least
        half of the matrices, and the run suffers: the first loss is far above a constant guess, units are saturated, or little is learned.
    When it is wrong:
        Branches that end in zeros on purpose learn from the second step on; a head that starts at zero or very small is sound: both are silent.
    Fix:
        Leave the library's initialisation, or use He for ReLU and Xavier for tanh; never one number for all.
    Verify:
        The first loss is that of a constant guess (ln K for K classes), and all layers have outputs with a spread near one.
    Prevent:
        assert abs(first_loss - math.log(n_classes)) < 0.5
    Sources:
        Glorot and Bengio (2010); He et al. (2015). Limits chosen by hand, see benchmarks/run_training.py.

    max_gain : standard deviation times sqrt(fan_in) that is too large
    min_gain : the same that is too small
    """
    hidden = [each for each in weights.starts if not each.last]
    equal = [each for each in hidden if each.constant and each.value != 0]
    zero = [each for each in weights.starts if each.constant and each.value == 0 and not each.moved and each.looked >= 3]
    if equal:
        yield _finding(
            equal, history, f"start with all entries equal ({equal[0].value:.3g}): their units stay copies of one another", sure=True
        )
    elif zero and weights.any_moved:
        yield _finding(zero, history, "start at zero and pass no gradient: they never moved", sure=True)
    elif found := _off_scale(weights, hidden, progress, life, max_gain, min_gain):
        yield _finding(found, history, _told(found), sure=False)


def _told(found: list[Start]) -> str:
    worst = max((each.gain for each in found), key=lambda gain: abs(np.log(max(gain, 1e-12))))
    return f"start too {'large' if worst > 1 else 'small'}: standard deviation times sqrt(fan_in) is {worst:.3g}, usual are 0.6 to 1.4"


def _off_scale(
    weights: InitialWeights, hidden: list[Start], progress: Progress | None, life: UnitLife | None, max_gain: float, min_gain: float
) -> list[Start]:
    large = [each for each in weights.starts if each.gain > max_gain]
    small = [each for each in hidden if not each.constant and each.gain < min_gain]
    poor = progress is not None and progress.learned < 0.5 and not progress.pretrained
    far_off = progress is not None and progress.excess > 2.5
    flat = life is not None and any(each.saturating and not each.is_output and each.often_flat >= 0.5 for each in life.layers)
    if large and (poor or far_off or flat):
        return large
    return small if poor and small and len(small) >= 0.5 * len(hidden) else []


def _finding(found: list[Start], history: History, told: str, *, sure: bool) -> Finding:
    layers = tuple(dict.fromkeys(each.layer for each in found))
    layer = history.layer(layers[0])
    gains = [(each.path, each.gain) for each in found][:40]
    return Finding(
        subject=Subject(kind="layer", names=(*layers[:10], *(each.path for each in found[:10])), where=layer.where if layer else None),
        message=f"The weights of {listed([each.path for each in found])} {told}.",
        severity=Severity.ERROR,
        confidence=Confidence.NEAR_CERTAIN if sure else Confidence.LIKELY,
        evidence=(
            Bars(
                title="Standard deviation times sqrt(fan_in) at the start",
                labels=tuple(path for path, _ in gains),
                values=tuple(gain for _, gain in gains),
                reading="0.58 is the library's own, 1 Xavier's, 1.41 He's.",
            ),
        ),
        remedy=Remedy(
            cause="An initialiser written by hand.",
            fix="Remove it, or use He for ReLU and Xavier for tanh.",
            patch="for module in model.modules():\n    if isinstance(module, nn.Linear):\n        nn.init.kaiming_normal_(module.weight, nonlinearity='relu')\n        nn.init.zeros_(module.bias)",
            verify="The first loss is that of a constant guess.",
            experiment="initialise-anew",
        ),
    )
