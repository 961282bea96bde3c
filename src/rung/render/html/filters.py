"""What the templates call on values: text made safe and short, and code told from prose."""

from __future__ import annotations

import re
from collections.abc import Callable

from markupsafe import Markup, escape

from rung.render import words
from rung.render.outline import unlock

CODE = re.compile(r"(import|from|def|class|assert|with|for|if|@\w+|#|[\w.\[\]\"']+ = |[\w.]+\().*")


def prose(text: object, limit: int = 3_000) -> Markup:
    """Escaped text on one line, with what stands between backticks set as code."""
    escaped = str(escape(words.line(text, limit)))
    return Markup(re.sub(r"`([^`]{1,200})`", r"<code>\1</code>", escaped))  # noqa: S704 - escaped on the line above


def code(text: object, limit: int = 6_000) -> str:
    """Lines of code as given, without blank lines around them."""
    return words.clip(words.clean(text).expandtabs(4).strip("\n"), limit)


def is_code(text: object) -> bool:
    """Whether a remedy's text is lines to copy rather than sentences to read."""
    first = words.clean(text).strip().partition("\n")[0]
    return bool(CODE.fullmatch(first)) and not re.search(r"[a-z]\. [A-Z]|[a-z]\.$", first)


ALL: dict[str, Callable[..., object]] = {
    "line": words.line,
    "prose": prose,
    "code": code,
    "is_code": is_code,
    "number": words.number,
    "count": words.count,
    "signed": words.signed,
    "interval": words.interval,
    "title": words.title,
    "upper_first": words.upper,
    "duration": words.seconds,
    "metric": words.metric_name,
    "missing": words.missing,
    "unlock": unlock,
    "plural": words.plural,
    "subject": words.subject_text,
    "verdict_word": words.verdict_word,
    "outcome_sentence": words.outcome_sentence,
}
