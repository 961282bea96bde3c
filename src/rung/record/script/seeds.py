"""Global generators and their seeds."""

from __future__ import annotations

import random
from types import ModuleType

from rung.record.script import values
from rung.record.script.parents import Given, Named
from rung.record.script.recorder import Draft, Handler, Recorder, Spec, Work
from rung.record.script.wrap import Installer


def attach(install: Installer) -> None:
    """Notice that the standard library's generator gets a seed."""
    install.function(random, "seed", Spec("seed", "random.seed", seeded("random")))


def attach_torch(module: ModuleType, install: Installer) -> None:
    """Notice that torch's generator gets a seed."""
    install.function(module, "manual_seed", Spec("seed", "torch.manual_seed", seeded("torch")))


def seeded(target: str) -> Handler:
    """The handler of one generator's seed."""

    def handle(recorder: Recorder, draft: Draft, args: Given, kwargs: Named) -> Work:
        value = args[0] if args else next(iter(kwargs.values()), None)
        draft.settings |= {"target": target, "value": values.plain(value)}
        if value is not None:
            recorder.seeds.add(target)
        yield

    return handle
