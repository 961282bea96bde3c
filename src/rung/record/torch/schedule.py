"""When to look closely: the first steps all, later ones ever more sparsely.

The rhythm hangs on the number of the step alone, so that a busy machine sees what an idle one sees. A clock (of this thread's own time)
only stops what would be out of all proportion: a look that costs as much as many steps.
"""

from __future__ import annotations

from time import thread_time

FIRST = 8  # most wiring faults show within two steps; the rest of the start tells its dynamics
GROWTH = 1.2
WIDEST = 1_000  # steps between looks at most, so that a late change is seen; the loss is read at every step
SHARE = 0.05  # of the run's time: far above what the rhythm costs (0.3 to 3 steps a look)
FLAT = 1.0  # seconds that are free


class Schedule:
    """Decides step by step. `share` is the part of the elapsed time that looking may cost at most, beyond the flat allowance."""

    def __init__(self, share: float = SHARE, flat: float = FLAT) -> None:
        self.share, self.flat = share, flat
        self.next = 1
        self.spent = 0.0
        self.started = thread_time()
        self.urgent = 0

    def wants(self, step: int) -> bool:
        """Whether to look closely at this step."""
        if step < self.next and not self.urgent:
            return False
        return step <= FIRST or self.affordable()

    def affordable(self) -> bool:
        """Whether looking has cost less than it may."""
        return self.spent <= self.flat + self.share * (thread_time() - self.started)

    def looked(self, step: int, seconds: float) -> None:
        """A look at this step has cost so much."""
        self.spent += seconds
        self.urgent = max(0, self.urgent - 1)
        gap = 1 if step < FIRST else min(WIDEST, max(1, int(step * (GROWTH - 1))))
        self.next = step + gap

    def alarm(self, steps: int = 3) -> None:
        """Something looks wrong: look at the next steps as they come."""
        self.urgent = max(self.urgent, steps)
