"""The whole evaluation in the order in which a person asks: questions with readings and evidence, before any rule has judged them."""

from __future__ import annotations

from dataclasses import dataclass

from rung.core.evidence import Evidence
from rung.core.marks import fact
from rung.facts import error_readings, number_readings
from rung.facts.confusion import Confusion
from rung.facts.decision import Decision
from rung.facts.error_categories import ErrorCategories
from rung.facts.error_contrast import ErrorContrast
from rung.facts.error_forecast import ErrorForecast
from rung.facts.group_rates import GroupRates
from rung.facts.metric_views import MetricViews
from rung.facts.overlap import Overlap
from rung.facts.reliability import Reliability
from rung.facts.residual_shape import ResidualShape
from rung.facts.score_noise import ScoreNoise
from rung.facts.scored import Scored
from rung.facts.shortcuts import Shortcuts
from rung.facts.slice_scan import SliceScan
from rung.facts.time_slices import TimeSlices
from rung.facts.worst_errors import WorstErrors

Reading = tuple[str, tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One question. codes : rules that judge it.   answer : what the numbers say, empty where nothing could be worked out."""

    ask: str
    codes: tuple[str, ...]
    answer: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPicture:
    """Every question that the task allows."""

    parts: tuple[Part, ...]


@fact(cost="pass")
def evaluation_picture(
    scored: Scored,
    overlap: Overlap | None,
    views: MetricViews | None,
    noise: ScoreNoise | None,
    reliability: Reliability | None,
    decision: Decision | None,
    confusion: Confusion | None,
    scan: SliceScan | None,
    groups: GroupRates | None,
    periods: TimeSlices | None,
    categories: ErrorCategories | None,
    worst: WorstErrors | None,
    contrast: ErrorContrast | None,
    forecast: ErrorForecast | None,
    shortcuts: Shortcuts | None,
    shape: ResidualShape | None,
) -> EvaluationPicture:
    """Put what was worked out into words; what could not be is left to the rules' reasons."""
    classes, two = scored.target.is_classification, scored.target.task == "binary"
    errors, numbers = error_readings, number_readings
    asked: list[tuple[str, tuple[str, ...], Reading, bool]] = [
        ("Were the scored rows unseen?", ("E101", "D304", "D303", "E102", "E103"), numbers.unseen(scored, overlap), True),
        ("Does the number measure what matters?", ("E104", "E105"), numbers.metric(scored, views, noise), True),
        ("How sure is the number?", ("E106",), numbers.noise(scored, noise), True),
        ("Do probabilities mean what they say?", ("E202",), numbers.reliability(reliability), classes),
        ("Is the threshold where it should be?", ("E201", "M301"), numbers.decision(scored, decision), two),
        ("Which mistakes are made?", (), errors.confusion(confusion), classes),
        ("What shape have the errors?", ("E401", "E402", "E403", "E404"), errors.shape(shape), not classes),
        ("Where does it fail?", ("E301", "E302"), errors.places(scan, groups, periods, categories), True),
        (f"What are the {'surest' if classes else 'largest'} errors?", ("E303",), errors.worst(scored, worst, contrast, forecast), True),
        ("Does it lean on what will not hold?", ("E304",), errors.shortcuts(shortcuts), True),
    ]
    return EvaluationPicture(
        parts=tuple(Part(ask=ask, codes=codes, answer=said, evidence=evidence) for ask, codes, (said, evidence), fits in asked if fits)
    )
