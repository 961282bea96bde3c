"""Run scripts under observation, without a change of their code, and save their histories.

    python -m benchmarks.training.record_one SCRIPT HISTORY [SCRIPT HISTORY ...]

Each script runs in a process of its own, forked after the libraries were loaded: most of the time of a short run is importing them.
"""

from __future__ import annotations

import os
import sys
import traceback

import sklearn.datasets
import sklearn.model_selection
import sklearn.preprocessing
import torch
import torch.utils.data

from rung.inputs.history import History
from rung.inputs.history_file import save_history
from rung.record.program import Program
from rung.record.runner import run
from rung.record.torch import TorchHook

LOADED = (sklearn.datasets, sklearn.model_selection, sklearn.preprocessing, torch.utils.data)


def main() -> None:
    """Record all pairs, one after the other."""
    torch.set_num_threads(1)
    names = sys.argv[1:]
    for script, target in zip(names[::2], names[1::2], strict=True):
        if os.path.exists(target):  # noqa: PTH110 - another process was faster
            continue
        child = os.fork()
        if child == 0:
            os._exit(record(script, target))
        os.waitpid(child, 0)


def record(script: str, target: str) -> int:
    """Exit code 0 where a history was saved; what went wrong is written beside it."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    try:
        ran = run(Program.of(script), [TorchHook()])
        histories = [each for each in ran.inputs if isinstance(each, History)]
        if histories:
            save_history(histories[0], target)
            return 0
        print("nothing was recorded", *ran.running.notes, file=sys.stderr)
    except BaseException:  # noqa: BLE001 - whatever a script does, the next one is recorded
        traceback.print_exc()
    sys.stderr.flush()
    return 1


if __name__ == "__main__":
    main()
