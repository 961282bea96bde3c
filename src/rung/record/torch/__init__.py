"""Watches a PyTorch training loop and writes a `History`.

`taps` attach to torch's own functions, `recorder` receives what they report, the other modules keep the books; `build` makes the
history of them and `watching` is the whole of it as one object. Nothing is stored on the user's modules or optimizers, no random number
is drawn, no graph is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rung.record.hook import Hook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from rung.record.hook import Ended, Running
    from rung.record.torch.watching import Watching


class TorchHook(Hook):
    """Watches from the moment at which the program has imported torch; probes run when it is over."""

    modules = ("torch",)

    def __init__(self) -> None:
        self.watching: Watching | None = None
        self.running: Running | None = None

    def begin(self, running: Running) -> None:
        """Remember whose lines are the user's."""
        self.running = running

    def attach(self, module: ModuleType) -> None:
        """Torch has been imported."""
        if self.watching is None and hasattr(module, "nn"):
            from rung.record.torch import places
            from rung.record.torch.watching import Watching

            places.naming = self.running.places if self.running is not None else None
            self.watching = Watching(source="rung run").start()

    def detach(self) -> None:
        """Let go of torch."""
        if self.watching is not None:
            self.watching.recorder.stop()  # probes wait until the program's own output is over

    def finish(self, ended: Ended) -> Sequence[object]:
        """The history, where anything was trained, and the means to take its first steps again."""
        if self.watching is None or not self.watching.recorder.loop.backwards:
            return ()
        self.watching.ended(ended.exception, ended.message)
        self.watching.stop()
        return tuple(each for each in (self.watching.history(), self.watching.rerun) if each is not None)


def hook() -> Hook:
    """What `rung run` asks of a recorder."""
    return TorchHook()
