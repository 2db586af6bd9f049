"""Measures how late the event loop runs its timers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


async def measure_lag(observe: Callable[[float], None], every_s: float = 0.1) -> None:
    """Tell `observe` the loop's lag in ms, again and again until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + every_s
        await asyncio.sleep(every_s)
        observe(max(0.0, (loop.time() - due) * 1_000))


@asynccontextmanager
async def lag_told(observe: Callable[[float], None]) -> AsyncIterator[None]:
    """Tell `observe` the loop's lag in ms while the context lasts."""
    task = asyncio.create_task(measure_lag(observe))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
