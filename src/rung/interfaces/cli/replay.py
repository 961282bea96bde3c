"""`rung replay`: take a recorded step again, and show the first tensor that goes wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rung.core.errors import BadInput, BadSetting

if TYPE_CHECKING:
    from rung.inputs.history_probes import NonFinite
    from rung.record.torch.capsule import Capsule
    from rung.record.torch.replay import Replayed

HELP = """Take the last step of a training run again, bit for bit, and show the first tensor that goes wrong.

CAPSULE is a file that rung.watch wrote into .rung/ when a loss was not finite, the run crashed or was interrupted. It holds the model, the batches
and the random state; loading it can run code of whoever wrote it, so that --trust or a yes is asked for.

Exit codes: 0 the step was taken again bit for bit, 1 it came out otherwise, 2 wrong use or unreadable capsule.
"""


def replay(
    capsule: Annotated[Path, typer.Argument(metavar="CAPSULE", help="Capsule written by rung.watch.")],
    trust: Annotated[
        bool, typer.Option("--trust", help="Load the capsule, which can run code. Asked for at the terminal otherwise.")
    ] = False,
    pdb: Annotated[bool, typer.Option("--pdb", help="Open the debugger there, with model, optimizer, result and capsule at hand.")] = False,
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="terminal or json.")] = "terminal",
) -> None:
    """See HELP."""
    if form not in ("terminal", "json"):
        raise BadSetting(f"'{form}' is no format here.", hint="Formats are terminal and json.")
    if not capsule.exists():
        raise BadInput(f"There is no '{capsule}'.")
    if not (trust or _asked(capsule)):
        raise BadInput(f"Loading '{capsule}' can run any code that its author put there.", hint="Add --trust if it is your own.")
    from rung.record.torch.capsule import load_capsule
    from rung.record.torch.replay import replay as taken_again

    loaded = load_capsule(capsule)
    found = taken_again(loaded, stop=_debug if pdb else None)
    sys.stdout.write((_json(loaded, found) if form == "json" else _text(loaded, found)) + "\n")
    raise typer.Exit(1 if found.same is False else 0)


def _asked(capsule: Path) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return typer.confirm(f"Loading '{capsule}' can run any code that its author put there. Do you trust where it comes from?", err=True)


def _debug(found: Replayed, space: dict[str, Any]) -> None:
    import pdb  # noqa: T100 - what --pdb asks for

    print(f"step {found.step}: {_bad(found.first_bad)}", file=sys.stderr)
    print("At hand: " + ", ".join(space), file=sys.stderr)
    debugger = pdb.Pdb()
    debugger.prompt = "(rung) "
    debugger.run("pass  # the step is over; look at what is at hand", globals=dict(space), locals=dict(space))


def _text(capsule: Capsule, found: Replayed) -> str:
    same = {True: "bit for bit", False: "NOT bit for bit", None: "nothing recorded to compare with"}[found.same]
    lines = [
        f"{capsule.why}",
        f"Taken again: {found.steps} step{'s' * (found.steps != 1)} up to step {found.step} in {found.seconds:.2f} s, {same}.",
        f"First bad tensor: {_bad(found.first_bad)}",
    ]
    if found.error:
        lines.append(f"The step raised {found.error}")
    other = [f"{name} {wanted} then, {have} now" for name, wanted in capsule.versions.items() if (have := _versions().get(name)) != wanted]
    if other:
        lines.append("Versions differ: " + "; ".join(other))
    return "\n".join(lines)


def _bad(bad: NonFinite | None) -> str:
    """One sentence on where it is."""
    if bad is None:
        return "none; every tensor is finite"
    what = {
        "input": "the batch's input", "target": "the batch's target", "parameter": f"parameter '{bad.parameter}', before the step",
        "forward": f"the result of {bad.op} in {bad.module or 'the model itself'}", "loss": f"the loss ({bad.op})",
        "backward": f"the gradient of '{bad.parameter}'", "update": f"parameter '{bad.parameter}', after the update",
    }[bad.phase]  # fmt: skip
    rows = f", rows {', '.join(map(str, bad.rows[:8]))}{' ...' if len(bad.rows) > 8 else ''}" if bad.rows else ""
    span = f", from inputs of {bad.input_low:.4g} to {bad.input_high:.4g}" if bad.input_low == bad.input_low else ""
    place = f" ({bad.where.file}:{bad.where.line})" if bad.where is not None else ""
    return f"{bad.value} in {what}{rows}{span}{place}"


def _versions() -> dict[str, str]:
    import torch

    return {"torch": torch.__version__, "python": sys.version.partition(" ")[0]}


def _json(capsule: Capsule, found: Replayed) -> str:
    from dataclasses import asdict

    bad = None if found.first_bad is None else {key: str(value) if isinstance(value, float) and value != value else value  # noqa: PLR0124 - NaN
                                                for key, value in asdict(found.first_bad).items()}  # fmt: skip
    return json.dumps({"why": capsule.why, "step": found.step, "steps": found.steps, "same": found.same, "seconds": round(found.seconds, 3),
                       "first_bad": bad, "error": found.error, "losses": [[str(a), str(b)] for a, b in found.losses[-8:]]}, indent=1)  # fmt: skip
