"""Two reports compared, for people at a terminal, for a comment on a pull request, and as JSON."""

from __future__ import annotations

import json as plain_json
from dataclasses import asdict

from rung.core.difference import Difference, ScoreChange
from rung.core.finding import Finding
from rung.render import words
from rung.render.json import plain
from rung.render.markdown import code, escape


def headline(found: Difference) -> str:
    """'1 new, 2 gone, 0 changed, 11 the same'."""
    return f"{len(found.new)} new, {len(found.gone)} gone, {len(found.changed)} changed, {found.kept} the same"


def terminal(found: Difference) -> str:
    """Plain lines: + new, - gone, ~ changed, then scores."""
    lines = [headline(found), ""]
    lines += [*[f"Mind: {words.line(each, 200)}." for each in found.notes], ""] if found.notes else []
    lines += [f"+ {_line(each)}" for each in found.new]
    lines += [f"- {_line(each)}" for each in found.gone]
    lines += [f"~ {_line(each.after)}  ({', '.join(each.what)})" for each in found.changed]
    lines += ["", "Scores (the interval takes both runs as independent)"] if found.scores else []
    lines += [f"  {_score(each)}" for each in found.scores]
    lines += ["", "Could speak before, not now: what is gone there may only be unseen"] if found.silenced else []
    lines += [f"  {words.line(each, 200)}" for each in found.silenced]
    return "\n".join(lines) + "\n"


def _line(finding: Finding) -> str:
    return f"{str(finding.severity).upper():<8} {finding.code} {finding.name}  {words.subject_text(finding.subject)}: {words.line(finding.message, 240)}"


def _score(each: ScoreChange) -> str:
    sure = each.difference.low > 0 or each.difference.high < 0
    told = "" if sure else ", within chance"
    return (
        f"{words.line(each.name, 60)}: {words.metric_name(each.metric)} {words.interval(each.before)} -> {words.interval(each.after)}, "
        f"{words.interval(each.difference, sign=True)}{told}"
    )


def markdown(found: Difference) -> str:
    """A comment: what is new first."""
    sign = "🟥" if any(each.weight >= 2 for each in found.new) else "🟨" if any(each.weight for each in found.new) else "✅"
    lines = [f"## {sign} {headline(found)}", ""]
    lines += [*[f"> {escape(each, 200)}" for each in found.notes], ""] if found.notes else []
    for title, findings in (("New", found.new), ("Gone", found.gone)):
        lines += [f"**{title}**", "", *[_item(each) for each in findings], ""] if findings else []
    if found.changed:
        lines += ["**Changed**", "", *[f"{_item(each.after)} ({escape(', '.join(each.what))})" for each in found.changed], ""]
    if found.scores:
        lines += ["| score | before | after | difference |", "|---|---|---|---|"]
        lines += [
            f"| {escape(each.name, 80)} | {escape(words.interval(each.before))} | {escape(words.interval(each.after))} | "
            f"{escape(words.interval(each.difference, sign=True))} |"
            for each in found.scores
        ]
        lines.append("")
    lines += [f"- could not speak now: {escape(each, 200)}" for each in found.silenced]
    return "\n".join(lines) + "\n"


def _item(finding: Finding) -> str:
    return f"- {finding.severity} {code(f'{finding.code} {finding.name}')} {escape(words.subject_text(finding.subject), 100)}: {escape(finding.message, 240)}"


def json(found: Difference) -> str:
    """All of it, NaN and infinity as strings."""
    return plain_json.dumps(plain(asdict(found)), indent=2, ensure_ascii=True, allow_nan=False) + "\n"
