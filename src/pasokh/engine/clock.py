"""The engine's clock: UTC milliseconds that never run backwards, whatever the machine's clock does."""

import time
from collections.abc import Callable

from pasokh.kernel.time import Instant


def wall_ms() -> Instant:
    """The machine's UTC time in ms; the composition root passes it in."""
    return time.time_ns() // 1_000_000


class MonotoneClock:
    """Instants that never decrease.

    While the wall clock stands behind what was already told (it was set back, or a predecessor's ran ahead), time
    goes on at half speed, so that timers still fire and the two meet again.
    """

    def __init__(self, wall: Callable[[], Instant] = wall_ms, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._steady = steady
        self._told = 0.0
        self._told_at = steady()

    def now(self) -> Instant:
        """The present instant, not earlier than any told before."""
        steady = self._steady()
        behind = self._told + (steady - self._told_at) * 500.0
        self._told = max(float(self._wall()), behind) if self._told else float(self._wall())
        self._told_at = steady
        return int(self._told)

    def not_before(self, instant: Instant) -> None:
        """Tell nothing earlier than `instant` from now on (the last one in a log just loaded)."""
        if instant > self._told:
            self._told = float(instant)
            self._told_at = self._steady()
