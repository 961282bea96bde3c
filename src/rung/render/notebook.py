"""The report as a fragment for notebooks: small, self-contained, no script, readable on light and dark pages."""

from __future__ import annotations

from html import escape

from rung.core.finding import Severity
from rung.core.report import Report
from rung.render import words, worth
from rung.render.outline import Entry, case_line, consequence, counts_line, next_command, outline, verdict_line

CAUSES = 5
STYLE = """
.rung-report { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; max-width: 860px; border: 1px solid #8884; border-radius: 8px; padding: 12px 16px; }
.rung-report p { margin: 4px 0; } .rung-report .rung-soft { opacity: .72; font-size: 12px; } .rung-report b.rung-head { font-size: 16px; }
.rung-report ol { margin: 8px 0; padding-left: 22px; } .rung-report li { margin: 4px 0; }
.rung-report .rung-tag { border: 1px solid currentColor; border-radius: 9px; padding: 0 7px; font-size: 11px; font-weight: 600; }
.rung-report .rung-ladder span { margin-right: 12px; white-space: nowrap; }
.rung-critical { color: #c2185b; } .rung-error { color: #c4511d; } .rung-warning { color: #9a6a00; } .rung-note { color: #4a7fa8; } .rung-good { color: #2a8a5c; }
@media (prefers-color-scheme: dark) {
.rung-critical { color: #ff7d98; } .rung-error { color: #ff9a62; } .rung-warning { color: #e9bd4f; } .rung-good { color: #66cf9b; } .rung-note { color: #93b8d6; } }
""".strip()
GLYPHS = {
    "passed": ("✓", "rung-good"),
    "findings": ("✗", "rung-critical"),
    "failed": ("!", "rung-warning"),
    "not-checked": ("○", "rung-soft"),
}


def render(report: Report) -> str:
    """At most a screen: the verdict, the score to expect, the ladder, the first causes."""
    plan = outline(report)
    said = worth.expectation(report) or consequence(plan)
    parts = [
        f"<style>{STYLE}</style><div class='rung-report'>",
        f"<p class='rung-soft'>rung {_text(report.version)} · {_text(case_line(report), 300)}</p>",
        f"<p><b class='rung-head{'' if plan.first else ' rung-good'}'>{_text(verdict_line(plan), 500)}</b></p>",
        f"<p><b>{_text(said, 400)}</b></p>" if said else "",
        f"<p class='rung-ladder'>{''.join(_step(step.rung, step.state) for step in report.ladder)}</p>",
        f"<ol>{''.join(_cause(each) for each in plan.entries[:CAUSES])}</ol>" if plan.entries else "",
        f"<p class='rung-soft'>and {len(plan.entries) - CAUSES} more causes</p>" if len(plan.entries) > CAUSES else "",
        f"<p class='rung-soft'>Not complete: {_text(report.interrupted, 200)}.</p>" if report.interrupted else "",
        f"<p class='rung-soft'>{_text(counts_line(plan))} · next: <code>{_text(next_command(report, plan), 200)}</code></p></div>",
    ]
    return "".join(parts)


def _step(rung: str, state: str) -> str:
    glyph, style = GLYPHS[state]
    return f"<span class='{style}' title='{escape(state)}'>{glyph} {escape(str(rung))}</span>"


def _cause(entry: Entry) -> str:
    fix = f"<br><span class='rung-soft'>Fix: {_text(entry.finding.remedy.fix, 240)}</span>" if entry.finding.remedy.fix else ""
    grave = entry.severity if entry.severity in list(Severity) else Severity.NOTE
    head = f"<span class='rung-tag rung-{grave}'>{grave}</span> <code>{_text(entry.label)}</code> <i>{entry.finding.verdict}</i>"
    return f"<li>{head}<br>{_text(entry.finding.message, 400)}{fix}</li>"


def _text(value: object, limit: int = 160) -> str:
    return escape(words.line(value, limit))
