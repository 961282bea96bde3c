"""Run one script under observation, without a change of its code, and save its history."""

from __future__ import annotations

import sys

import torch

from rung.inputs.history import History
from rung.inputs.history_file import save_history
from rung.record.program import Program
from rung.record.runner import run
from rung.record.torch import TorchHook


def main() -> None:
    """record_one SCRIPT HISTORY"""
    script, target = sys.argv[1:3]
    torch.set_num_threads(1)
    ran = run(Program.of(script), [TorchHook()])
    histories = [each for each in ran.inputs if isinstance(each, History)]
    if not histories:
        print("nothing was recorded", *ran.running.notes, file=sys.stderr)
        raise SystemExit(1)
    save_history(histories[0], target)


if __name__ == "__main__":
    main()
