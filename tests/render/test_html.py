"""The HTML report is one file that loads nothing, runs only its own scripts, reads without them, and stays small."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from render import sample
from rung.render import html

VOID = {"meta", "input", "br", "link", "img", "hr", "line", "circle", "path", "use", "rect", "col"}
LOADING = {"src", "srcset", "action", "formaction", "data", "poster", "background", "ping", "xlink:href"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>`{{7*7}}</style><!--"


class Reader(HTMLParser):
    """Collects elements, attributes and texts, and notices tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.elements, self.texts, self.bodies, self.stray = [], [], [], {}, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.stray.append((tag, tuple(self.open[-3:])))
        else:
            self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] in ("script", "style"):
            self.bodies.setdefault(self.open[-1], []).append(data)
        elif data.strip():
            self.texts.append(data)

    def attributes(self, name):
        return [attrs[name] for _, attrs in self.elements if name in attrs]


@pytest.fixture(scope="module")
def page() -> str:
    return html.render(sample.report())


@pytest.fixture(scope="module")
def read(page) -> Reader:
    return Reader(page)


def text_of(reader: Reader) -> str:
    return " ".join(" ".join(reader.texts).split())


@pytest.mark.parametrize("report", [sample.report(), sample.healthy(), sample.hostile(HOSTILE), sample.crowded(4)], ids=lambda _: "")
def test_every_tag_is_closed_in_order(report):
    reader = Reader(html.render(report))

    assert (reader.stray, reader.open) == ([], [])


def test_first_screen_says_cause_and_both_scores():
    """Before the causes are listed: the sentence, the score as measured, the score without the fault."""
    page = html.render(sample.report(honest=None))
    hero = text_of(Reader(page[page.index("<main>") : page.index("<nav")]))

    assert "'dep_delay' alone ranks late flights" in hero
    assert "ROC AUC as measured 0.968" in hero
    assert "ROC AUC without the fault 0.712" in hero
    assert all(rung in hero for rung in ("instrument", "data", "pipeline", "model", "training", "evaluation", "operation"))


def test_first_screen_says_what_to_expect(page):
    """The honest score stands beside the reported one, with what was taken out of it."""
    hero = text_of(Reader(page[page.index("<main>") : page.index("<nav")]))

    assert "ROC AUC reported 0.969" in hero
    assert "ROC AUC to expect in use 0.746" in hero
    assert "1,204 training rows left out" in hero


def test_nothing_is_loaded_and_nothing_is_sent(read):
    """No address that a browser would fetch; links lead into the page."""
    loading = [(tag, key) for tag, attrs in read.elements for key in attrs if key in LOADING]
    links = [each for each in read.attributes("href") if not each.startswith("#")]

    assert (loading, links) == ([], [])
    assert not re.search(r"url\(|@import", "".join(read.bodies["style"]))


def test_content_policy_allows_exactly_the_scripts_and_the_style_of_the_page(read):
    policy = next(attrs["content"] for tag, attrs in read.elements if attrs.get("http-equiv") == "Content-Security-Policy")
    digest = lambda body: f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
    *_, charts = [body for body in read.bodies["script"] if body.startswith("[")]
    scripts = [digest(body) for body in read.bodies["script"] if body != charts]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert sorted(scripts) == sorted(re.findall(r"'sha256-[^']+'", policy.partition("script-src")[2].partition(";")[0]))
    assert f"style-src {digest(read.bodies['style'][0])}" in policy


def test_no_inline_handlers_or_styles(read):
    """The policy would refuse them."""
    assert [key for _, attrs in read.elements for key in attrs if key.startswith("on") or key == "style"] == []


def test_text_from_the_table_is_never_markup():
    """The same elements with a hostile name as with a tame one, and the name is shown as it is."""
    tame, hostile = Reader(html.render(sample.hostile("tame"))), Reader(html.render(sample.hostile(HOSTILE)))

    assert [tag for tag, _ in tame.elements] == [tag for tag, _ in hostile.elements]
    assert "img" not in [tag for tag, _ in hostile.elements]
    assert "alert(1)</script>" in text_of(hostile)
    assert "49" not in text_of(hostile).split()


def test_data_of_charts_cannot_leave_its_script_element():
    text = html.render(sample.hostile("</script><script>alert(1)</script><!--"))
    charts = re.search(r'<script type="application/json" id="charts">(.*?)</script>', text, re.DOTALL)[1]

    assert "<" not in charts
    assert "</script><script>alert(1)</script><!--" in json.dumps(json.loads(charts))


def test_control_characters_do_not_reach_the_page():
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", html.render(sample.hostile("\x00\x1b\ud800\u202e")))


def test_every_chart_has_its_numbers_for_those_without_scripts(read):
    places = [int(each) for each in read.attributes("data-chart")]
    behind = [attrs for tag, attrs in read.elements if tag == "details" and attrs.get("class") == "behind"]

    assert list(range(len(places))) == sorted(places)
    assert len(places) == len(behind)
    assert all("open" in attrs for attrs in behind)


def test_controls_that_need_scripts_are_hidden_without(read):
    assert all("hidden" in attrs for tag, attrs in read.elements if attrs.get("class") in ("themes", "filter"))


def test_vega_is_embedded_only_for_charts_and_under_its_licence(page):
    bare = html.render(
        sample.healthy().__class__(
            **{**_fields(sample.healthy()), "case": sample.CaseSummary(rows={"train": 3}), "findings": (), "headroom": None}
        )
    )

    assert "vegaEmbed" in page
    assert page.count("Redistribution and use in source and binary forms") >= 3
    assert len(bare) < 60_000


def _fields(report):
    return {name: getattr(report, name) for name in report.__slots__}


@pytest.mark.parametrize("count", [1, 60, 300])
def test_page_stays_below_two_megabytes(count):
    """However many findings, points and columns."""
    text = html.render(sample.crowded(count))

    assert len(text.encode()) <= 2_000_000
    assert "fault-0" in text


def test_long_texts_cannot_break_the_limit():
    report = sample.hostile("word " * 20_000)

    assert len(html.render(report).encode()) <= 2_000_000


def test_every_rule_stands_in_the_table_with_its_state(page):
    rows = re.findall(r'<tr data-outcome="(\w[\w-]*)"><td><code>(\w+)', page)

    assert [(run.outcome, run.code) for run in sample.runs()] == rows


def test_page_has_a_language_a_title_one_main_heading_and_a_skip_link(read):
    tags = [tag for tag, _ in read.elements]

    assert ("html", {"lang": "en"}) in read.elements
    assert (tags.count("title"), tags.count("h1"), tags.count("main")) == (1, 1, 1)
    assert "#causes" in read.attributes("href")


def test_every_link_and_label_leads_to_an_element(read):
    known = set(read.attributes("id"))
    wanted = {each[1:] for each in read.attributes("href")} | set(read.attributes("aria-labelledby"))

    assert set() == wanted - known
    assert len(known) == len(read.attributes("id"))


def test_headings_skip_no_level(read):
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch("h[1-6]", tag)]

    assert [(above, below) for above, below in pairwise(levels) if below > above + 1] == []


def test_graphics_are_hidden_from_screen_readers_because_text_says_the_same(read):
    assert [attrs for tag, attrs in read.elements if tag == "svg" and attrs.get("aria-hidden") != "true"] == []


def test_severity_is_said_in_words_with_a_sign_of_its_own(page):
    signs = set(re.findall(r'badge s-(\w+)"><svg[^>]*><use href="#i-(\w+)"', page))

    assert {("critical", "critical"), ("warning", "warning")} <= signs


def test_remedies_that_are_code_can_be_copied_and_prose_is_prose(page):
    assert "if name not in {&#34;late&#34;, &#34;dep_delay&#34;}" in page
    assert "<p>Fit again on the same folds" in page
    assert 'data-label="Keep it from coming back"' in page


def test_missing_input_says_how_to_hand_it_over(read):
    assert "Without a test set , 2 rules could not look. Add --test FILE" in text_of(read)
    assert "(--current)" not in text_of(read)
