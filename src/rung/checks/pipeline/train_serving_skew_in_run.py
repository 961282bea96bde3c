"""P201 seen in a run: the scored rows went another way to the model than those fitted on."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import witness
from rung.facts.run_code import act_and_bite, at, score_words
from rung.facts.run_serving import RunServing, Skew

WORDS = {
    "refit": "{name} was fitted anew on the scored rows at {act}; the rows fitted on had a {name} of their own ({other}): the same value means another thing to the model.",
    "statistic": "the {name} of the scored rows themselves was used at {act}, that of the rows fitted on at {other}: the same value means another thing to the model.",
    "missing-step": "the rows fitted on went through {name} ({other}), the rows scored at {act} did not.",
    "recoded": "the categories of '{name}' were numbered anew for the scored rows at {act}, apart from those fitted on ({other}): one number means two categories.",
    "order": "the columns of the scored rows stand in another order ({name} first, {act}) than those fitted on.",
}
FIXES = {
    "refit": "Call transform, not fit_transform, on rows that are scored or served; best keep the step and the model in one pipeline.",
    "statistic": "Work the number out once, on the training rows, keep it with the model, and use it for all others.",
    "missing-step": "Save and use the whole pipeline, not the last model alone.",
    "recoded": "Number the categories once, on the training rows, and keep the list: OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-1).",
    "order": "Select the columns by one list kept with the model: frame[model_columns].",
}


@witness("P201")
def train_serving_skew_in_run(serving: RunServing) -> Iterator[Finding]:
    """Refitted steps, statistics of the scored rows themselves, steps left out, columns in another order."""
    for each in serving.skews:
        if each.kind in WORDS:
            yield _finding(serving, each)


def _finding(serving: RunServing, each: Skew) -> Finding:
    trace, bite = serving.history.trace, each.scoring.event
    said = WORDS[each.kind].format(name=each.names[0], act=at(each.act), other=at(each.other) if each.other is not None else "the fit")
    return Finding(
        subject=Subject(kind="line", names=each.names, where=each.act.where, detail=each.act.code),
        message=f"{score_words(bite)} ({at(bite)}): {said}",
        severity=Severity.ERROR if each.kind != "statistic" else Severity.WARNING,
        confidence=Confidence.NEAR_CERTAIN if trace.counted else Confidence.LIKELY,
        evidence=act_and_bite(
            trace, each.act, each.other or bite, act_title="The way of the scored rows", bite_title="The way of the rows fitted on"
        ),
        remedy=Remedy(fix=FIXES[each.kind]),
    )
