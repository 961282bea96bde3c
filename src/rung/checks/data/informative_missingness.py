"""D103: that a value is missing tells of the target."""

from __future__ import annotations

from collections.abc import Iterator

from rung.core.evidence import Bars, Measure
from rung.core.finding import Confidence, Finding, Remedy, Severity, Subject
from rung.core.marks import check
from rung.facts.missingness import Missingness, MissingPattern
from rung.inputs.model import Model

# Family-wise error over all patterns and classes.
ALPHA = 0.01
# Above it the pattern all but gives the target away: that is leakage, told by its own rule; here it stays a note. By hand.
GIVES_AWAY = 0.8
# A gap that means "does not apply" is known to the other columns, which then explain most of it and leave little beyond. By hand, see fault bench: on
# the development tables honest gaps are explained to 0.44 or more, or keep a correlation below 0.14 beyond the others.
ACCOUNTED, BEYOND = 0.4, 0.6


@check("D103", severity="note", explains=("feature-drift",))
def informative_missingness(
    missingness: Missingness, model: Model | None, *, min_correlation: float = 0.05, strong: float = 0.2
) -> Iterator[Finding]:
    """Rows in which a value is missing have another target than rows in which it is present.

    Why it matters:
        Filled in without a mark, the signal is lost and the filled value is biased; used, it works only while values go missing for the
        same reason.
    Likely cause:
        A test ordered only for the ill, a question that one group does not answer, a source or a period that does not record the field.
    How it decides:
        Correlation of the pattern of missing rows with the target (each class against the rest, ranks of a number), columns that go
        missing together counted
        once, p-values by Holm over all patterns and classes at 0.01. A note from `min_correlation`: in many healthy tables a gap means
        "does not
        apply". A warning from `strong` where the given model fills the gaps without an indicator, or where the other columns do not
        account for the
        gap: they explain less than 0.4 of it, and 0.6 of `strong` remains beyond them. Above 0.8 it is target leakage and stays a note
        here.
    When it is wrong:
        The other columns may explain both the gap and the target; then an indicator adds nothing, as the experiment will show.
    Fix:
        Add an indicator column (SimpleImputer(add_indicator=True)), and find out why the values are missing and whether that holds in
        production.
    Verify:
        A linear model with the indicator scores better on the same folds.
    Prevent:
        Watch the missing share per source, and keep the imputer with its indicator inside the pipeline.
    Sources:
        Rubin (1976) on ignorable missingness; Holm (1979). That values are missing at random can be refuted here, never proven.

    min_correlation : smallest correlation of pattern and target worth a note, 0..1.
    strong : correlation from which it is a warning, 0..1.
    """
    kept, lost = _kept(model), model is not None and any(step.kind == "imputer" for step in model.steps)
    for each in missingness.patterns[:10]:
        size = abs(each.correlation)
        if each.p <= ALPHA and size >= min_correlation:
            unaccounted = each.explained < ACCOUNTED and abs(each.beyond) >= BEYOND * strong
            harmful = strong <= size < GIVES_AWAY and not kept and (lost or unaccounted)
            yield _finding(each, Severity.WARNING if harmful else Severity.NOTE, kept)


def _kept(model: Model | None) -> str:
    """What in the model keeps the signal, '' where nothing does or there is no model."""
    if model is None:
        return ""
    marked = [step.path for step in model.steps if step.settings.get("add_indicator") is True or "Indicator" in step.type_name]
    if marked:
        return f"the indicator of '{marked[0]}' keeps it"
    imputed = any(step.kind == "imputer" for step in model.steps)
    return f"{model.name} takes missing values as they are" if model.native_missing and not imputed else ""


def _finding(each: MissingPattern, severity: Severity, kept: str) -> Finding:
    name, several = each.columns[0], len(each.columns) > 1
    what = f"share of {each.label!r}" if each.label else "mean target"
    place = f"; nearly all of them where {each.place}" if each.place else ""
    tail = f"; {kept}" if kept else ""
    return Finding(
        subject=Subject(kind="columns" if several else "column", names=each.columns[:20], rows=each.rows, detail=each.place),
        message=(
            f"Where '{name}'{f' (and {len(each.columns) - 1} more)' if several else ''} is missing ({each.n_missing:,} of {each.n:,} rows) "
            f"the {what} is {each.inside:.3g}, else {each.outside:.3g}{place}{tail}."
        ),
        severity=severity,
        confidence=Confidence.NEAR_CERTAIN if each.p < 1e-6 else Confidence.LIKELY,
        evidence=(
            Bars(
                title=f"Target by whether '{name}' is missing",
                labels=("missing", "present"),
                values=(each.inside, each.outside),
                marked=("missing",),
                unit=what,
                reading="Equal bars: it tells nothing that the value is missing.",
            ),
            Measure(
                title="Correlation of the pattern with the target",
                value=each.correlation,
                limit=0.0,
                reading=f"p = {each.p:.1g} after Holm.",
            ),
        ),
        remedy=Remedy(
            fix=f"Add an indicator for '{name}', and find out why it is missing.",
            patch=f"for frame in (train, test):\n    frame[{name + '_missing'!r}] = frame[{name!r}].isna().astype(int)",
            prevent="SimpleImputer(strategy='median', add_indicator=True)  # inside the pipeline",
            experiment="add-missing-indicator",
        ),
    )
