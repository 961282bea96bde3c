"""`rung demo`: the main job on bundled real data, with a fault as people make it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

HELP = """Debug a real model with a real mistake in it: New York flights of 2013.

Someone predicts before departure whether a flight arrives more than 15 minutes late, trains a boosted model in a pipeline and is
delighted by the score. rung finds what is wrong, proves it, and writes an HTML report.
"""


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where the HTML report goes.")] = Path("rung-report.html"),
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of every random draw.")] = 0,
    honest: Annotated[
        bool, typer.Option("--honest", help="Run on the mended table instead: the same flights without what is only known afterwards.")
    ] = False,
) -> None:
    """See HELP."""
    from dataclasses import replace

    from rung.interfaces import api
    from rung.interfaces.cli.output import deliver
    from rung.interfaces.cli.progress import progress_line
    from rung.interfaces.example import flights_case

    with progress_line() as show:
        show("fitting the model that someone was delighted with", 0.0)
        given = flights_case(honest=honest, seed=seed)
        report = api.diagnose(given.train, test=given.test, target=given.target, model=given.model, seed=seed, progress=show)
    command = ("rung", "demo", *(["--honest"] if honest else []))
    deliver(replace(report, command=command), [("terminal", None), ("html", output)])
