"""The command `rung`: one file a verb beside this one; heavy libraries are imported by the verb that needs them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from rung.core.errors import RungError
from rung.interfaces.cli import check, compare, demo, diagnose, diff, explain, guard, replay, rules, run, snapshot

WRONG_USE = 2
INTERRUPTED = 130

app = typer.Typer(
    name="rung",
    help="The debugger for machine-learning models: root cause, evidence, fix, proof, guard.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"rung {version('rung')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")] = False,
) -> None:
    """Options that stand before the verb."""


app.command("diagnose", help=diagnose.HELP)(diagnose.diagnose)
app.command("check", help=check.HELP)(check.check)
app.command("compare", help=compare.HELP)(compare.compare)
app.command("snapshot", help=snapshot.HELP)(snapshot.snapshot)
app.command("diff", help=diff.HELP)(diff.diff)
app.command("guard", help=guard.HELP)(guard.guard)
app.command("demo", help=demo.HELP)(demo.demo)
app.command("explain", help=explain.HELP)(explain.explain)
app.command("replay", help=replay.HELP)(replay.replay)
app.command("rules", help=rules.HELP)(rules.rules)
app.command("run", help=run.HELP, context_settings=run.CONTEXT)(run.run)


def main() -> None:
    """Run the command; errors meant for people are printed without a traceback."""
    try:
        app()
    except RungError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(WRONG_USE)
    except KeyboardInterrupt:
        print("Interrupted before anything was examined.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


if __name__ == "__main__":
    main()
