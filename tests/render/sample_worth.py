"""What a score is worth, for the tests of renderers."""

from __future__ import annotations

import math

from rung.core.evidence import Line, Lines
from rung.core.experiment import Estimate
from rung.core.worth import Headroom, HonestScore, Lever, Lottery, Repeats, TakenOut


def around(value: float, half: float = 0.01, n: int = 3_650) -> Estimate:
    return Estimate(value=value, low=value - half, high=value + half, n=n)


def honest(text: str = "D301 target-leakage ('arr_delay')") -> HonestScore:
    return HonestScore(
        metric="ROC AUC",
        reported=around(0.969),
        reported_by=text,
        value=around(0.746, 0.02),
        gap=around(0.223, 0.02),
        measured=text,
        taken_out=(
            TakenOut(what=text, how=text, share=around(0.18), keys=("D301:arr_delay",)),
            TakenOut(what="D304 split-overlap", how="1,204 training rows left out", share=around(0.043)),
        ),
        method="exact Shapley values over 2 faults, 4 measurements on the same rows",
        doubts=(text,),
        seconds=1.5,
    )


def headroom(text: str = "twice the rows") -> Headroom:
    curve = Lines(
        title=text,
        x_label="training rows",
        y_label="ROC AUC",
        lines=(Line(name=text, x=(100.0, 200.0, 400.0), y=(0.7, 0.72, 0.73), low=(0.69, 0.71, 0.72), high=(0.71, 0.73, 0.74)),),
    )
    return Headroom(
        metric="ROC AUC",
        model=text,
        score=around(0.746),
        ceiling=around(0.93),
        levers=(
            Lever(name="more-features", changed=text, metric="ROC AUC", now=around(0.746), gain=around(0.02), level=0.95, state="worth it", why=text),
            Lever(name="more-rows", changed=text, metric="ROC AUC", now=around(0.746), gain=around(0.01), level=0.8, state="possible", why=text, evidence=(curve,)),
            Lever(name="threshold", changed="", metric="balanced accuracy", now=None, gain=None, level=math.nan, state="abstained", why=text),
        ),
        lottery=Lottery(
            metric="ROC AUC", seed=0.002, fold=0.004, data=0.01, difference=0.003, floor=0.004, least=0.014,
            repeats=(Repeats(gain=0.01, repeats=4), Repeats(gain=0.002, repeats=None)), n_fits=40, why=text,
        ),
        notes=(text,),
    )  # fmt: skip
