"""A capsule: one file with all that a step needs to be taken again in another process."""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from rung.core.errors import BadInput, MissingExtra
from rung.record.torch.copies import detached

if TYPE_CHECKING:
    from rung.record.torch.flight import Flight, Snapshot, Taken

FORMAT = "rung-capsule"
VERSION = 1


@dataclass(slots=True, kw_only=True)
class Capsule:
    """What was written.

    why : what set it off.   step : the step that is taken again.   model : pickled by value where its class is the script's own.
    snapshot : state at an earlier step.   steps : from there on; the last one may have been broken off (`whole` is then False).
    optimizer : class and constructor values of the optimizer, None where none was seen.   loss : functional name, '' where the loop builds
    its own; relation : from output to loss input; settings : its arguments; inside : the model returns its loss.   scale : the loss is
    multiplied by it before `backward()`.   clip : (kind, limit) of the clipping call, None without one.   weights : digest of all
    parameters after the last whole step.   threads, versions, script, folder, path : of the process.
    """

    why: str
    step: int
    model: bytes
    training: bool
    snapshot: Snapshot
    steps: list[Taken]
    whole: bool
    optimizer: bytes | None
    loss: str = ""
    relation: tuple[Any, ...] | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    inside: bool = False
    scale: float = 1.0
    clip: tuple[str, float] | None = None
    weights: str = ""
    threads: int = 1
    versions: dict[str, str] = field(default_factory=dict)
    script: str = ""
    folder: str = ""
    path: tuple[str, ...] = ()


def save_capsule(flight: Flight, path: Path, why: str, kinds: tuple[str, ...]) -> None:
    """Write what the ring holds. The broken-off step, if there is one, comes last, with the events that it had so far."""
    cloudpickle = _by_value()
    recorder = flight.recorder
    module, kept = recorder.model.main, recorder.rehearsal
    assert module is not None
    assert flight.snapshot is not None
    optimizer = flight.optimizer
    broken = flight.current if flight.current.passes else None
    if broken is not None:
        broken.kinds, broken.rates = kinds, tuple(recorder.movers.rates_of(0)) if optimizer is not None else ()
    clip = next(((book.kind, book.limit) for book in recorder.movers.clips.values() if book.calls > book.after_step), None)
    capsule = Capsule(
        why=why, step=recorder.n_steps + (broken is not None), model=cloudpickle.dumps(bare(module)), training=module.training, snapshot=flight.snapshot,
        steps=[_plain(each) for each in (*flight.steps, *([broken] if broken is not None else []))], whole=broken is None,
        optimizer=cloudpickle.dumps((type(optimizer), _groups(module, optimizer))) if optimizer is not None else None,
        loss=kept.loss if kept is not None else "", relation=kept.steps if kept is not None else None, settings=kept.settings if kept is not None else {},
        inside=kept is not None and kept.inside, scale=_scale(recorder.loop.scales), clip=clip, weights=digest(module), threads=torch.get_num_threads(),
        versions={"torch": torch.__version__, "python": sys.version.partition(" ")[0]}, script=str(getattr(sys.modules.get("__main__"), "__file__", "")),
        folder=os.getcwd(), path=tuple(sys.path),
    )  # fmt: skip
    torch.save({"format": FORMAT, "version": VERSION, "capsule": cloudpickle.dumps(capsule)}, path)


def _by_value() -> Any:
    """cloudpickle, which keeps classes of the script itself; raises MissingExtra without it."""
    try:
        import cloudpickle
    except ImportError as error:
        raise MissingExtra.named("cloudpickle", "torch", "to keep a step for rung replay") from error
    return cloudpickle


def is_capsule(path: str | Path) -> bool:
    """Whether a file looks like a capsule, without running any code of it."""
    try:
        found = torch.load(path, weights_only=True)
    except Exception:
        return False
    return isinstance(found, dict) and found.get("format") == FORMAT


def load_capsule(path: str | Path) -> Capsule:
    """Read a capsule. It can run code of whoever wrote it: load only what you trust. Raises BadInput for other files."""
    import pickle

    if not Path(path).exists():
        raise BadInput(f"There is no '{path}'.")
    if not is_capsule(path):
        raise BadInput(f"'{path}' is no capsule of rung.", hint="Capsules are written by rung.watch into .rung/ when a run goes wrong.")
    found = torch.load(path, weights_only=True)
    if found["version"] != VERSION:
        raise BadInput(f"'{path}' has version {found['version']} of the format; this rung reads version {VERSION}.")
    return pickle.loads(found["capsule"])  # noqa: S301 - said in the docstring, asked by the command


def digest(module: nn.Module) -> str:
    """A hash of every parameter and buffer, bit for bit."""
    total = hashlib.sha256()
    for name, each in (*module.named_parameters(), *module.named_buffers()):
        total.update(name.encode())
        total.update(each.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return total.hexdigest()


def bare(module: nn.Module) -> nn.Module:
    """A copy without gradients, hooks left as they are."""
    import copy

    made = copy.deepcopy(module)
    made.zero_grad(set_to_none=True)
    return made


def _groups(module: nn.Module, optimizer: Any) -> list[dict[str, Any]]:
    """Parameter groups by name, to be built again around the copy's parameters."""
    names = {id(each): name for name, each in module.named_parameters()}
    groups = [{**group, "params": [names.get(id(each), "") for each in group["params"]]} for group in optimizer.param_groups]
    if any(not name for group in groups for name in group["params"]):
        raise ValueError("the optimizer holds parameters that the model does not list")
    return groups


def _plain(taken: Taken) -> Taken:
    for each in taken.passes:
        each.args, each.kwargs = detached(each.args), detached(each.kwargs)
        each.target = each.target.detach() if each.target is not None else None
    return taken


def _scale(scales: list[float]) -> float:
    """The factor between the loss function's value and what backward was called on, where it is always the same."""
    known = [each for each in scales if each == each]  # noqa: PLR0124 - not NaN
    return known[0] if known and max(known) - min(known) < 1e-6 * abs(known[0]) else 1.0
