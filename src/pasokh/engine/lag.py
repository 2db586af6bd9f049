"""Measures how late the event loop runs its timers."""

import asyncio
from collections.abc import Callable


async def measure_lag(observe: Callable[[float], None], every_s: float = 0.1) -> None:
    """Tell `observe` the loop's lag in ms, again and again until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + every_s
        await asyncio.sleep(every_s)
        observe(max(0.0, (loop.time() - due) * 1_000))
