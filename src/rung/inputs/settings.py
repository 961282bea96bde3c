"""How a run is made: seed, budget, sizes, and what the user overrides."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rung.core.rule import KnobValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of one run.

    seed : every random draw derives from it and from the name of the fact that draws.
    budget : seconds for the experiments.   sample_rows : rows handed to facts that need values, not aggregates.
    model_rows : rows that rung's own models are fitted on.   experiments : whether they run at all.
    headroom : whether the levers on the score are tried too, within the same budget again.   knobs : rule code -> {knob: value}.
    """

    seed: int = 0
    budget: float = 60.0
    sample_rows: int = 100_000
    model_rows: int = 6_000
    experiments: bool = True
    headroom: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    knobs: Mapping[str, Mapping[str, KnobValue]] = field(default_factory=dict)

    def rng(self, name: str) -> np.random.Generator:
        """A generator for this name alone: adding a fact never changes another's numbers."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])
