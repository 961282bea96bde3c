"""`rung explain`: one rule's page."""

from __future__ import annotations

from typing import Annotated

import typer

HELP = """Explain one rule: why it matters, how it decides, when it is wrong, how to fix and prevent it.

RULE is a code (D301) or a slug (target-leakage).
"""


def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Code or slug.")],
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="terminal, markdown or json.")] = "terminal",
) -> None:
    """See HELP."""
    from rung.interfaces import api, book

    found = api.explain(rule)
    pages = {"terminal": book.terminal_page, "markdown": book.markdown_page, "json": book.json_page}
    if form not in pages:
        from rung.core.errors import BadSetting

        raise BadSetting(f"'{form}' is no format of explain.", hint=f"Formats are {', '.join(pages)}.")
    typer.echo(pages[form](found))
