"""When to look closely: the first steps all, later ones ever more sparsely, and never for more than a share of the time."""

from __future__ import annotations

from time import perf_counter

FIRST = 8  # most wiring faults show within two steps; the rest of the start tells its dynamics
GROWTH = 1.2
WIDEST = 500  # steps between looks at most, so that a late change is seen
FLAT = 0.06  # seconds that are free: a run of seconds may be looked at as often as the growth allows


class Schedule:
    """Decides step by step. `share` is the part of the elapsed time that looking may cost, beyond the flat allowance."""

    def __init__(self, share: float = 0.01, flat: float = FLAT) -> None:
        self.share, self.flat = share, flat
        self.next = 1
        self.spent = 0.0
        self.started = perf_counter()
        self.urgent = 0

    def wants(self, step: int) -> bool:
        """Whether to look closely at this step."""
        if step < self.next and not self.urgent:
            return False
        return step <= FIRST or self.affordable()

    def affordable(self, share: float | None = None) -> bool:
        """Whether looking has cost less than it may."""
        return self.spent <= self.flat + (self.share if share is None else share) * (perf_counter() - self.started)

    def looked(self, step: int, seconds: float) -> None:
        """A look at this step has cost so much."""
        self.spent += seconds
        self.urgent = max(0, self.urgent - 1)
        gap = 1 if step < FIRST else min(WIDEST, max(1, int(step * (GROWTH - 1))))
        self.next = step + gap

    def alarm(self, steps: int = 3) -> None:
        """Something looks wrong: look at the next steps as they come."""
        self.urgent = max(self.urgent, steps)
