"""`rung rules`: the whole book, a line a rule."""

from __future__ import annotations

import json
from typing import Annotated

import typer

HELP = """List every rule: code, rung, slug, severity, summary.

SELECT narrows the list to codes, families (D3), slugs or rungs.
"""


def rules(
    select: Annotated[str, typer.Option(metavar="CODES", help="Codes, families, slugs or rungs, by commas.")] = "",
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="terminal, markdown or json.")] = "terminal",
) -> None:
    """See HELP."""
    from rung.engine.select import refuse_unknown, selected
    from rung.interfaces import api, book

    words = tuple(word.strip() for word in select.split(",") if word.strip())
    refuse_unknown(words, api.rules())
    chosen = [rule for rule in api.rules() if selected(rule, words, ())]
    if form == "json":
        typer.echo(json.dumps([book.as_plain(rule) for rule in chosen], indent=1))
        return
    if form == "markdown":
        typer.echo(book.index_page(tuple(chosen)))
        return
    for rule in chosen:
        typer.echo(f"{rule.code}  {rule.rung:<10} {rule.name:<26} {rule.severity:<8} {rule.summary}")
    typer.echo(f"\n{len(chosen)} rules. Next: rung explain {chosen[0].code if chosen else 'D301'}")
