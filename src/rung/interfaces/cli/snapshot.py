"""`rung snapshot`: what production is compared with, in one small file without rows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rung.interfaces.cli import options

HELP = """Keep what a later comparison needs of TRAIN in one small file, without any of its rows.

It holds the schema, a sketch of every column, how columns go together, how far windows of the table lie apart in time, and, with a model, the distribution of its
scores, its calibration and its score. `rung compare reference.json CURRENT` reads it.
"""


def snapshot(
    train: Annotated[Path, typer.Argument(metavar="TRAIN", help="The table that the model was fitted on.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; must end in .json.")] = Path(
        "reference.json"
    ),
    model: options.ModelFile = None,
    trust: options.Trust = False,
    test: options.UnseenTest = None,
    target: options.Target = None,
    time: options.Time = None,
    group: options.Group = None,
    positive: options.Positive = None,
    prediction: options.Prediction = None,
    task: options.Task = None,
    fresh: options.Fresh = False,
    contract: options.ContractFile = None,
    seed: options.Seed = 0,
) -> None:
    """See HELP."""
    from rung.core.errors import BadSetting
    from rung.interfaces.cli.diagnose import ask_trust

    if output.suffix.lower() != ".json":
        raise BadSetting(f"'{output}' does not end in .json, by which `rung compare` knows a snapshot.", hint="Write -o reference.json.")
    trust = trust or (model is not None and ask_trust(model))
    from rung.adapters.snapshots import write_snapshot
    from rung.interfaces import operate
    from rung.interfaces.contract_file import read_contract

    kept = operate.snapshot(
        train, model=model, trust=trust, test=test, target=target, time=time, groups=group, positive=positive, prediction=prediction, task=task,
        fresh=fresh, contract=read_contract(contract) if contract else None, seed=seed,
    )  # fmt: skip
    text = write_snapshot(kept)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    score = (
        f"; {kept.scores.metric} {kept.scores.value:.3f} on {kept.scores.origin}"
        if kept.scores is not None and kept.scores.value is not None
        else ""
    )
    print(
        f"wrote {output} ({len(text.encode()) / 1e3:.0f} kB): {kept.rows:,} rows, {len(kept.columns)} columns, no row of them{score}",
        file=sys.stderr,
    )
    print(f"Next: rung compare {output} CURRENT{f' --model {model}' if model else ''}", file=sys.stderr)
