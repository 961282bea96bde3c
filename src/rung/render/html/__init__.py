"""The report as one HTML file that needs nothing else: no network, no server, and to be read no script either.

view.py turns the report into what the page shows, page.html and parts.html lay it out, page.css and page.js dress and move
it. Charts are drawn by the vendored Vega scripts, which are embedded only where there is a chart. The content policy lets
only the scripts and the style of this very page run; text from the user's table passes through autoescape.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rung.core.report import Report
from rung.render import words
from rung.render.html.view import Frugality, page

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent
VEGA = ("vega", "vega-lite", "vega-embed")
LIMIT = 2_000_000  # bytes: opens at once on any machine, and passes through mail
# Tried in turn until the page is small enough.
PLANS = (
    Frugality(chart_bytes=500_000, cells=8_000, figures=8, cards=60, listed=400, text=3_000),
    Frugality(chart_bytes=250_000, cells=3_000, figures=4, cards=30, listed=300, text=1_000),
    Frugality(chart_bytes=0, cells=0, figures=0, cards=20, listed=200, text=600),
)


def render(report: Report) -> str:
    """The report as one self-contained page of at most 2 MB, whatever the size of the table."""
    text = ""
    for plan in PLANS:
        text = _page(report, plan)
        if len(text.encode("utf-8")) <= LIMIT:
            break
    return text


def _page(report: Report, plan: Frugality) -> str:
    context = page(report, plan)
    style = _asset("page.css")
    scripts = [*(_vendored() if context.charts else ()), _asset("page.js")]
    return _template().render(
        page=context,
        report=report,
        style=style,
        scripts=scripts,
        charts=_data(context.charts),
        policy=_policy(style, scripts),
    )


def _data(value: object) -> str:
    """JSON that can stand inside a script element: no character of it can end the element or open a comment."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _policy(style: str, scripts: list[str]) -> str:
    """Nothing may be loaded or sent; only these scripts and this style run."""
    allowed = " ".join(_hash(script) for script in scripts)
    return f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"


@lru_cache(maxsize=8)
def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@lru_cache(maxsize=8)
def _asset(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _vendored() -> tuple[str, ...]:
    """The three scripts, each under its licence; without the last line, which points to a file that is not there."""
    return tuple(f"/*\n{_asset(f'vendor/{name}.LICENSE')}*/\n{_without_map(_asset(f'vendor/{name}.min.js'))}" for name in VEGA)


def _without_map(script: str) -> str:
    return "\n".join(each for each in script.splitlines() if not each.startswith("//# sourceMappingURL"))


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from rung.render.html import filters

    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        finalize=lambda value: words.clean(value) if type(value) is str else value,  # one gate for every text, filtered or not
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters.ALL)
    return environment.get_template("page.html")
