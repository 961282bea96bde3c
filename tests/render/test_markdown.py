"""The Markdown report fits a comment on a pull request and calls nobody."""

from __future__ import annotations

import re

from render import sample
from rung.render import markdown


def test_starts_with_the_verdict_and_its_consequence():
    lines = markdown.render(sample.report(honest=None)).splitlines()

    assert lines[0].startswith("## 🟥 Column 'dep\\_delay' alone")
    assert "**ROC AUC is 0.968 as it stands and 0.712 after one change: without 'dep\\_delay'.**" in lines


def test_honest_score_stands_first_where_there_is_one():
    lines = markdown.render(sample.report()).splitlines()

    assert "**Expect ROC AUC 0.746 \\[0.726, 0.766\\] in use, 0.223 less than the 0.969 reported.**" in lines
    assert any("to expect in use" in line for line in lines)


def test_tables_have_as_many_cells_in_each_row_as_in_the_head():
    """Also where a name holds a bar."""
    for report in (sample.report(), sample.hostile("a|b`c`|d")):
        blocks = re.findall(r"(?:^\|.*\n)+", markdown.render(report), re.MULTILINE)
        for block in blocks:
            counts = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(counts) == 1, block


def test_patches_stand_in_fences_that_they_cannot_close():
    text = markdown.render(sample.hostile("```\n</details>\n````"))
    fences = re.findall(r"^(`{3,})python$", text, re.MULTILINE)

    assert fences
    assert all(len(fence) == 5 for fence in fences)


def test_names_call_nobody_and_link_nowhere():
    text = markdown.render(sample.hostile("@team #12 https://evil.example <img src=x> [a](b)"))
    prose = re.sub(r"(`+)[^`].*?\1", "", re.sub(r"(?s)```.*?```", "", text))
    outside = re.sub(r"<summary>.*", "", prose)  # Markdown is not read inside a summary

    assert not re.search(r"@team|#12|https:/|<img", prose)
    assert not re.search(r"(?<!\\)\[a", outside)


def test_fits_a_comment():
    text = markdown.render(sample.crowded(300))

    assert len(text) <= 60_000
    assert "more in the full report" in text


def test_healthy_report_is_short():
    text = markdown.render(sample.healthy())

    assert text.startswith("## ✅ No fault was found")
    assert len(text) < 3_000


def test_says_what_was_not_seen_and_what_unlocks_it():
    text = markdown.render(sample.report())

    assert "- without a test set: 2 rules silent, `--test FILE` unlocks them" in text
    assert "`E101 unstable-scores` crashed" in text


def test_details_are_balanced():
    text = markdown.render(sample.report())

    assert text.count("<details") == text.count("</details>")
