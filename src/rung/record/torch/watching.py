"""Watching one run, as one object: the recorder, the probes on a copy, the origin of NaN, and the history of it all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import torch
from torch import nn
from torch.optim.optimizer import Optimizer

from rung.core.errors import BadSetting
from rung.inputs.history import History
from rung.inputs.history_probes import NonFinite, Probes
from rung.inputs.rerun import Rerun
from rung.record.torch.build import build
from rung.record.torch.flight import Flight
from rung.record.torch.origin import origin_of
from rung.record.torch.probes import probe
from rung.record.torch.recorder import Recorder
from rung.record.torch.rerun import rerun_of
from rung.record.torch.schedule import SHARE


class Watching:
    """A training run under observation, in the thread that made this object.

    models, optimizers, loss : what to watch; found by themselves where left out.   share : part of the time that looking may cost at most.
    probes : whether active tests run on a copy when the run is over.   flight : folder for a capsule, None
    for no flight recorder.   source, framework : see `History`.
    """

    def __init__(
        self, models: tuple[nn.Module, ...] = (), optimizers: tuple[Optimizer, ...] = (), loss: object = None, *, share: float = SHARE,
        probes: bool = True, flight: str | Path | None = None, source: str = "rung.watch", framework: str = "torch",
    ) -> None:  # fmt: skip
        for kind, given in ((nn.Module, models), (Optimizer, optimizers)):
            wrong = next((each for each in given if not isinstance(each, kind)), None)
            if wrong is not None:
                raise BadSetting(f"watch() was given a {type(wrong).__name__} where a torch {kind.__name__} belongs.",
                                 hint="rung.watch(model, optimizer=optimizer), or rung.watch() alone: both are found by themselves.")  # fmt: skip
        self.recorder = Recorder(share=share, models=models)
        self.recorder.loss_module = loss if isinstance(loss, nn.Module) else None
        for each in optimizers:
            self.recorder.movers.number(each, self.recorder.model)
        self.recorder.on_bad.append(self._bad)
        self.source, self.framework, self.wants_probes = source, framework, probes
        self.probes: Probes | None = None
        self.origin: NonFinite | None = None
        self.finished: History | None = None
        self.rerun: Rerun | None = None
        self.capsule: Path | None = None
        if flight is not None:
            self.recorder.flight = Flight(self.recorder, Path(flight))

    def start(self) -> Self:
        """Begin."""
        self.recorder.start()
        return self

    def stop(self, error: BaseException | None = None) -> None:
        """End: let go of torch, then probe."""
        if error is not None and self.recorder.flight is not None and self.recorder.ended == "running":
            self.capsule = self.recorder.flight.write(f"the run ended with {type(error).__name__}")
        self.recorder.stop(error)
        if self.wants_probes and self.probes is None:
            self.probes = probe(self.recorder)
        self.finished = self.history()
        self.rerun = rerun_of(self.recorder, self.finished)
        self.recorder.release()

    def ended(self, exception: str, message: str) -> None:
        """How the run ended, where somebody else saw it."""
        if exception:
            self.recorder.ended = "interrupted" if exception == "KeyboardInterrupt" else "exception"
            self.recorder.exception = f"{exception}: {message}"

    def __enter__(self) -> Self:
        return self if self.recorder.listening else self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop(error)

    def _bad(self, phase: str, loss: torch.Tensor | None) -> None:
        """The first bad value: find where it began while the step is still at hand."""
        self.origin = origin_of(self.recorder, phase, loss)
        if self.recorder.flight is not None:
            self.capsule = self.recorder.flight.write(f"step {self.recorder.n_steps + 1} is not finite")

    def history(self) -> History:
        """All that is known now; a running run can be asked at any time."""
        if self.finished is not None:
            return self.finished
        made = build(self.recorder, probes=self.probes, origin=self.origin, framework=self.framework)
        return replace(made, source=self.source)

    @property
    def n_steps(self) -> int:
        """Steps taken so far."""
        return self.recorder.n_steps


def watching(*models: nn.Module, optimizer: Any = None, loss: object = None, **settings: Any) -> Watching:
    """Watch from here on; `optimizer` is one or several."""
    given = () if optimizer is None else tuple(optimizer) if isinstance(optimizer, list | tuple) else (optimizer,)
    return Watching(models, given, loss, **settings).start()
