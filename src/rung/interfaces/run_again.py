"""Runs a script under observation in a process of its own and writes what it found in brief: `python -m rung.interfaces.run_again OUT SCRIPT ARGS...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def brief(script: str, arguments: tuple[str, ...]) -> dict[str, object]:
    """code : the script's own exit code.   findings : [key, severity].   scores : [name, value] in the order the script worked them out."""
    from rung.engine.run import investigate
    from rung.inputs.settings import Settings
    from rung.interfaces.run_case import case_of, reading_of, trace_of, with_rules
    from rung.record.hook import hooks
    from rung.record.program import Program
    from rung.record.runner import run

    settings = with_rules(Settings(experiments=False))
    ran = run(Program.of(script, arguments), hooks())
    case = case_of(ran.inputs, settings, reading_of(ran))
    found = investigate(case, settings).findings
    trace = trace_of(case)
    scores = (
        [(each.metric.name, each.metric.value) for each in trace.events if each.metric is not None and not each.depth]
        if trace is not None
        else []
    )
    return {"code": ran.ended.code, "findings": [(each.key, str(each.severity)) for each in found], "scores": scores}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(brief(sys.argv[2], tuple(sys.argv[3:]))), encoding="utf-8")
