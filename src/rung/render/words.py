"""The wording that all renderers share: numbers, intervals, subjects, verdicts. Nothing here is computed anew."""

from __future__ import annotations

import math
import re

from rung.core.diagnosis import Blind
from rung.core.experiment import Estimate, Outcome
from rung.core.finding import Subject, Verdict
from rung.core.report import Report

METRICS = {
    "roc_auc": "ROC AUC",
    "auc": "AUC",
    "auc_macro": "macro AUC",
    "average_precision": "average precision",
    "normalised_gini": "normalised Gini",
    "log_loss": "log loss",
    "brier": "Brier score",
    "mae": "mean absolute error",
    "mse": "mean squared error",
    "rmse": "RMSE",
    "r2": "R²",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "f1": "F1",
}

# Input, as a blind spot names it -> the option that hands it over (contract of the command line).
OPTIONS = (
    ("ledger", "--test-ledger FILE"),
    ("test", "--test FILE"),
    ("valid", "--valid FILE"),
    ("current", "--current FILE"),
    ("model", "--model FILE"),
    ("time", "--time COLUMN"),
    ("group", "--group COLUMN"),
    ("entit", "--group COLUMN"),
    ("target", "--target COLUMN"),
    ("cost", "--cost-fp X --cost-fn Y"),
    ("contract", "--contract FILE"),
)

# Bidirectional overrides can make a name read as another; escape and other control characters can drive a terminal.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def clean(text: object) -> str:
    """Text that can be shown anywhere: control characters, overrides and lone surrogates become a replacement mark."""
    return _UNSAFE.sub("\ufffd", str(text).replace("\r\n", "\n").replace("\r", "\n"))


def line(text: object, limit: int = 400) -> str:
    """Clean text on one line, cut with an ellipsis at `limit` characters."""
    return clip(" ".join(clean(text).split()), limit)


def clip(text: str, limit: int) -> str:
    """The text itself where it is short enough, else its beginning and an ellipsis."""
    return text if len(text) <= limit else text[: max(1, limit - 1)].rstrip() + "…"


def upper(text: str) -> str:
    """The text with its first letter large; the rest is left alone, unlike `str.capitalize`."""
    return text[:1].upper() + text[1:]


def number(value: float | str | None, digits: int = 3) -> str:
    """A number as people read it: `digits` decimals below 10, thousands apart above, 'unknown' where there is none."""
    if value is None or isinstance(value, str):
        return str(value or "unknown")
    value = float(value)
    if math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return "infinite" if value > 0 else "minus infinite"
    return _finite(value, digits)


def count(value: float | None, digits: int = 3) -> str:
    """A number that may be a count, a year or a code: whole ones without decimals, thousands apart from 10,000 on."""
    if value is None or not math.isfinite(value) or value != int(value) or abs(value) >= 1e12:
        return number(value, digits)
    return f"{int(value):,}" if abs(value) >= 10_000 else f"{int(value)}"


def _finite(value: float, digits: int) -> str:
    size = abs(value)
    if size >= 1e12 or 0 < size < 10.0**-digits:
        return f"{value:.3g}"
    if value == int(value) and size >= 10:
        return f"{int(value):,}"
    return f"{value:,.{digits if size < 10 else max(0, digits - 1) if size < 100 else 1 if size < 1000 else 0}f}"


def signed(value: float, digits: int = 3) -> str:
    """A difference with its sign; the minus is U+2212, which the ASCII renderings turn back into '-'."""
    text = number(abs(value), digits)
    return f"−{text}" if value < 0 else f"+{text}"


def has_interval(low: float | None, high: float | None) -> bool:
    """True where both ends are finite and differ."""
    return low is not None and high is not None and math.isfinite(low) and math.isfinite(high) and low != high


def interval(estimate: Estimate, *, sign: bool = False) -> str:
    """'0.712 [0.698, 0.726]', or the number alone where it has no interval."""
    write = signed if sign else number
    spread = f" [{write(estimate.low)}, {write(estimate.high)}]" if has_interval(estimate.low, estimate.high) else ""
    return write(estimate.value) + spread


def metric_name(name: str) -> str:
    """A metric as people write it."""
    bare = line(name, 60).removeprefix("neg_")
    return METRICS.get(bare, bare.replace("_", " ")) if name else "score"


def seconds(value: float) -> str:
    """'0.4 s', '12 s', '3 min 5 s'."""
    if value >= 60:
        return f"{int(value // 60)} min {int(value % 60)} s"
    return f"{value:.0f} s" if value >= 10 else f"{value:.1f} s"


def plural(count: int, noun: str, many: str = "") -> str:
    """'1 check', '11 checks'."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def title(name: str) -> str:
    """A slug as a title: 'target-leakage' -> 'Target leakage'."""
    return name.replace("-", " ").replace("_", " ").strip().capitalize()


def subject_text(subject: Subject, limit: int = 3) -> str:
    """What a finding is about, in a few words."""
    if subject.where is not None:
        cell = f", cell {subject.where.cell}" if subject.where.cell is not None else ""
        return line(f"{subject.where.file}:{subject.where.line}{cell}", 120)
    if subject.names:
        return _named(subject, limit)
    if subject.rows:
        prefix = "rows " if subject.kind in {"rows", "table"} else f"{subject.kind}, rows "
        return prefix + ", ".join(str(row) for row in subject.rows[:limit]) + _more(len(subject.rows) - limit)
    return line(subject.detail or subject.kind, 120)


def _named(subject: Subject, limit: int) -> str:
    kind = subject.kind
    if len(subject.names) > 1 and kind in {"column", "metric", "step", "layer", "model"}:
        kind += "s"
    shown = ", ".join(f"'{line(name, 60)}'" for name in subject.names[:limit])
    return f"{kind} {shown}{_more(len(subject.names) - limit)}"


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def ends(outcome: Outcome) -> tuple[str, str]:
    """What the two numbers of an experiment are called: by the metric where its name is short."""
    metric = metric_name(outcome.metric)
    after = {"rises": "after the repair", "holds": "without it"}.get(outcome.expected, "without the fault")
    if len(metric) > 20:
        return "As measured", upper(after)
    return f"{upper(metric)} as measured", f"{upper(metric)} {after}"


def verdict_word(verdict: Verdict) -> str:
    """The verdict in words that a newcomer understands."""
    return {
        Verdict.CONFIRMED: "confirmed by experiment",
        Verdict.SUSPECTED: "suspected, no experiment run",
        Verdict.REFUTED: "refuted by experiment",
        Verdict.INCONCLUSIVE: "experiment inconclusive",
        Verdict.UNTESTABLE: "no experiment can decide it",
    }[verdict]


def outcome_sentence(outcome: Outcome) -> str:
    """The experiment in one sentence with its interval."""
    placebo = f"; a harmless change of the same kind: {signed(outcome.placebo.value)}" if outcome.placebo else ""
    return (
        f"{metric_name(outcome.metric)} {number(outcome.before.value)} → {number(outcome.after.value)}, "
        f"difference {interval(outcome.difference, sign=True)}{placebo}"
    )


def unlock(blind: Blind) -> str:
    """The option that would hand over what is missing, empty where none is known."""
    wanted = blind.missing.lower()
    return next((option for word, option in OPTIONS if word in wanted), "")


def missing(blind: Blind) -> str:
    """What was not given, without the option that may stand behind it in brackets."""
    return re.sub(r"\s*\(--[^)]*\)", "", line(blind.missing, 160))


def trust(report: Report) -> str:
    """How many of the evaluation's questions stand how, the gravest first: '1 at fault, 1 noted, 7 fine'.

    A score that is flattered is not to be trusted, however well the rest stands: what flatters it most is named before.
    """
    states = [each.state for each in report.evaluation]
    said = {"bad": "at fault", "doubt": "noted", "not-seen": "not seen", "good": "fine"}
    counts = ", ".join(f"{states.count(state)} {word}" for state, word in said.items() if states.count(state))
    flattering = {key for each in (report.honest.taken_out if report.honest is not None else ()) for key in each.keys}
    root = next((each.name for each in report.findings if each.key in flattering), "")
    return f"Not with {root}. The answers are measured with it in place: {counts}" if root else counts
