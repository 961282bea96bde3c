"""`rung.watch`: a training run under observation, judged while it runs and when it is over."""

from __future__ import annotations

import atexit
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from rung.core.errors import BadSetting, RungError
from rung.core.finding import Confidence, Finding, Severity

if TYPE_CHECKING:
    from rung.core.report import Report
    from rung.inputs.history import History
    from rung.record.torch.watching import Watching

OnFinding = Literal["raise", "warn", "print", "ignore"] | Callable[[Finding], object]
FIRST_JUDGED = 4  # steps: by then the wiring is known
LIVE_SHARE = 0.02  # of the elapsed time that judging in mid-run may cost


class FindingRaised(RungError):
    """`on_finding="raise"`: something is certainly wrong, and training on would be a waste."""

    slug = "finding"
    meant = True  # the recorder lets it through to the user's loop

    def __init__(self, finding: Finding) -> None:
        super().__init__(
            f"{finding.code} {finding.name}: {finding.message}", hint=f"{finding.remedy.fix} More: rung explain {finding.code}"
        )
        self.finding = finding


class FindingWarning(UserWarning):
    """`on_finding="warn"`: a finding, as a Python warning."""


def watch(
    *models: Any,
    optimizer: Any = None,
    loss: Any = None,
    on_finding: OnFinding = "print",
    min_severity: str = "warning",
    live: bool | None = None,
    probes: bool = True,
    save: str | Path | None = None,
    flight: str | Path | None = ".rung",
    share: float = 0.05,
    select: str | tuple[str, ...] = (),
    ignore: str | tuple[str, ...] = (),
) -> Watch:
    """Watch a PyTorch training loop from here on, until the `with` block ends or `close()` is called.

        with rung.watch(model, optimizer=optimizer) as run:
            train(model)
        run.report

    models, optimizer, loss : found by themselves where left out; `optimizer` is one or a list, `loss` a loss module of your own.
    on_finding : what happens in mid-run when something is certain or likely: 'print' a line on standard error, 'warn', 'raise'
    FindingRaised at the step (certain ones only), 'ignore', or call a function with the Finding.   min_severity : below it nothing happens.
    live : one status line on a terminal while training; None asks whether standard error is a terminal.
    probes : when the run is over, try the model on a copy (rows mixing, future tokens, one batch learnt by heart ...).
    save : file for the history, written when the run is over.
    flight : folder for a capsule: where a loss is not finite, or the run crashes or is interrupted, the step is kept there so that
    `rung replay` can take it again; None for none.   share : part of the time that close looks may cost at most.
    select, ignore : rules, as in `rung.diagnose`.
    Losses and weights are bit for bit those of an unwatched run. Raises BadSetting for what is no model or optimizer.
    """
    from rung.record.torch.watching import Watching

    given = () if optimizer is None else tuple(optimizer) if isinstance(optimizer, list | tuple) else (optimizer,)
    return Watch(
        Watching(models, given, loss, share=share, probes=probes, flight=flight), on_finding, min_severity, live, save, select, ignore
    ).start()


class Watch:
    """A watched run. `history` and `report` can be asked at any time."""

    def __init__(
        self, watching: Watching, on_finding: OnFinding = "print", min_severity: str = "warning", live: bool | None = None,
        save: str | Path | None = None, select: str | tuple[str, ...] = (), ignore: str | tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        if not callable(on_finding) and on_finding not in ("raise", "warn", "print", "ignore"):
            raise BadSetting(f"on_finding is {on_finding!r}.", hint="It is 'raise', 'warn', 'print', 'ignore' or a function of a Finding.")
        try:
            self.floor = Severity(min_severity).weight
        except ValueError:
            raise BadSetting(f"min_severity is '{min_severity}'.", hint=f"Severities are {', '.join(Severity)}.") from None
        self.watching, self.on_finding, self.save_to, self.select, self.ignore = watching, on_finding, save, select, ignore
        self.live = sys.stderr.isatty() if live is None else live
        self.told: set[str] = set()
        self.closed = False
        self._report: Report | None = None
        self._next = FIRST_JUDGED
        self._judging, self._begun, self._shown = 0.0, time.perf_counter(), 0.0

    def start(self) -> Self:
        """Begin; `watch` has done so already."""
        if not self.watching.recorder.listening:
            self.watching.start()
            self.watching.recorder.on_step.append(self._step)
            self.watching.recorder.on_bad.append(self._bad)
            atexit.register(self._at_exit)
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close(error)

    def close(self, error: BaseException | None = None) -> None:
        """End the watch: let go of torch, probe, save."""
        if self.closed:
            return
        self.closed = True
        atexit.unregister(self._at_exit)
        self._line("")
        self.watching.stop(error)
        if self.save_to is not None:
            self.save(self.save_to)

    @property
    def history(self) -> History:
        """What was recorded so far."""
        return self.watching.history()

    @property
    def report(self) -> Report:
        """What is wrong with the run: findings ranked, every rule's state. Of a run that is over it is worked out once."""
        if self._report is None or not self.closed:
            from rung.interfaces.training import report_on_history

            self._report = report_on_history(self.history, select=self.select, ignore=self.ignore)
        return self._report

    @property
    def capsule(self) -> Path | None:
        """The file from which `rung replay` takes the bad step again, None where nothing went wrong."""
        return self.watching.capsule

    def try_fixes(self, budget: float = 30.0) -> Report:
        """The report of a run that is over, with its fixes tried: some first steps taken again on a copy, with one thing changed.

        budget : seconds. The model itself is left as it is. Before the run is over, the report is what `report` gives.
        """
        from rung.interfaces.training import report_on_history

        if self.closed:
            rerun = self.watching.rerun
            self._report = report_on_history(self.history, rerun=rerun, select=self.select, ignore=self.ignore, budget=budget)
        return self.report

    def save(self, path: str | Path) -> Path:
        """Write the history to a file that `rung check` reads."""
        from rung.inputs.history_file import save_history

        return save_history(self.history, path)

    def write(self, target: str, folder: str | Path = "runs/rung") -> int:
        """Write losses, gradients, activations and weights to 'tensorboard' (in `folder`), 'wandb' or 'mlflow'. Returns how many numbers."""
        from rung.record.writers import write

        return write(self.history, target, folder)

    def _repr_html_(self) -> str:
        from rung.render.html import render

        return render(self.report)

    # in mid-run

    def _step(self, step: int) -> None:
        now = time.perf_counter()
        self.watching.recorder.wake = step + 16 if self.live else self._next
        if self.live and now - self._shown > 0.5:
            self._shown = now
            self._line(self._status(step))
        if step < self._next:
            return
        if self._judging > LIVE_SHARE * (now - self._begun) + 0.5 and step > FIRST_JUDGED:
            self.watching.recorder.wake = step + 16
            return
        self._next = max(step + 1, int(step * 1.6))
        self.watching.recorder.wake = min(self._next, step + 16) if self.live else self._next
        self.judge()

    def _bad(self, _phase: str, _tensor: object) -> None:
        self._next = self.watching.recorder.wake = 0  # judged at the end of this step

    def judge(self) -> tuple[Finding, ...]:
        """Ask the rules now and act on what is new. Returns the new findings."""
        if self.on_finding == "ignore":
            return ()
        begun = time.perf_counter()
        fresh = [each for each in self.report.findings if each.key not in self.told and _worth_a_word(each, self.floor)]
        self._judging += time.perf_counter() - begun
        for each in fresh:
            self.told.add(each.key)
            self._act(each)
        return tuple(fresh)

    def _act(self, finding: Finding) -> None:
        text = f"step {self.watching.n_steps}: {finding.code} {finding.name}: {finding.message}"
        if callable(self.on_finding):
            self.on_finding(finding)
        elif self.on_finding == "raise" and finding.confidence == Confidence.NEAR_CERTAIN:
            raise FindingRaised(finding)
        elif self.on_finding == "warn":
            warnings.warn(text, FindingWarning, stacklevel=2)
        else:
            self._line("")
            print(f"rung: {text}", file=sys.stderr)

    def _status(self, step: int) -> str:
        values = self.watching.recorder.values
        loss = next((f"loss {series.last:.4g}" for series in values.train.values()), "")
        valid = f"valid {values.valid.last:.4g}" if len(values.valid) else ""
        told = f"{len(self.told)} finding{'s' * (len(self.told) != 1)}"
        return "  ".join(part for part in (f"rung: step {step}", loss, valid, told) if part)

    def _line(self, text: str) -> None:
        """One line that is written over; nothing on a pipe."""
        if self.live:
            sys.stderr.write(f"\r\x1b[2K{text}")
            sys.stderr.flush()

    def _at_exit(self) -> None:
        """The program ends and nobody asked: say what was found."""
        self.close()
        from rung.render.terminal import render

        sys.stderr.write(render(self.report) + "\n")


def _worth_a_word(finding: Finding, floor: int) -> bool:
    return finding.weight >= floor and finding.confidence != Confidence.POSSIBLE
